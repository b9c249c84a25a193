"""Tells contacts who asked for it that a product can be had again."""

from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.source_tables import SourceTables
from connectors.sync.stock import requests
from connectors.sync.stock.telling import tell
from integration.accounts.roles import Role
from integration.mapping.models import BackInStock


class BackInStockRequests(Flow):
    slug = "back_in_stock"
    title = "Back in stock"
    meaning = (
        "Reads who asked to be told when a product is there again, and lets each of them into the "
        "journey once it is. Contacts who do not want to be written to are left out."
    )
    owner = Role.MARKETING
    systems = ("sfmc",)
    defaults = Defaults(batch_size=1_000, silent_after_minutes=60)

    def run(self, context: Context) -> None:
        setting = BackInStock.objects.first()
        if setting is None or not setting.event_key:
            context.note("No journey is named yet in Admin, Back in stock.")
            return
        requests.read(SourceTables.of(context.remotes.sfmc()), context)
        if not context.is_over():
            tell(context, setting)
