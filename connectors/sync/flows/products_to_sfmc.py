"""Keeps the products of Marketing Cloud as Prima has them: price, stock, in range or not."""

from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.models import FlowSetting
from connectors.sync.outgoing.sending import send
from connectors.sync.stock.products import PART, stage_due
from integration.accounts.roles import Role


class ProductsToSfmc(Flow):
    slug = "products_to_sfmc"
    title = "Products and stock to Marketing Cloud"
    meaning = (
        "Writes price, stock and availability of every product that changed into the data extension "
        "of products, so that journeys and segments offer only what can be sold. Each class of items "
        "has its own cadence."
    )
    owner = Role.MARKETING
    systems = ("sfmc",)
    writes = (PART,)
    defaults = Defaults(
        batch_size=2_500, max_attempts=6, silent_after_minutes=30, priority=FlowSetting.Priority.LOW
    )

    def run(self, context: Context) -> None:
        stage_due(whole=context.is_by_hand)
        send(context, PART)
