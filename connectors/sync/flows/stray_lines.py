"""Finds order lines in Marketing Cloud whose order never came."""

from connectors.sync import inbox
from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.source_tables import SourceTables
from integration.accounts.roles import Role
from integration.mirror.models import CampaignOrder

PAGE = 2_500


class StrayLines(Flow):
    slug = "stray_lines"
    title = "Order lines without an order"
    meaning = (
        "Looks through the order lines in Marketing Cloud for those whose order header is missing. "
        "When it does not come within the time of grace, the lines become a case."
    )
    owner = Role.MARKETING
    systems = ("sfmc",)
    defaults = Defaults(silent_after_minutes=180)

    def run(self, context: Context) -> None:
        tables = SourceTables.of(context.remotes.sfmc())
        for keys in tables.line_keys(PAGE):
            known = CampaignOrder.objects.filter(key__in=keys).values_list("key", flat=True)
            missing = sorted(keys - set(known))
            # A header that has come meanwhile is read with its lines; the others stay headless.
            headers = list(tables.headers_of(missing)) if missing else []
            stored = inbox.store(tables.assembled(headers, missing), CampaignOrder.Via.POLL)
            context.count(seen=len(keys), sent=stored.new, unchanged=len(keys) - stored.new)
            context.beat()
            if context.is_over():
                return
