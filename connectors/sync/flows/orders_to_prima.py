"""Sends campaign orders to Prima: each once, complete to the penny, or held with its problems."""

from connectors.sync import claims
from connectors.sync.context import Context
from connectors.sync.delivery.batch import due
from connectors.sync.delivery.line import Line
from connectors.sync.delivery.senders import Senders
from connectors.sync.flow import ORDERS, Defaults, Flow
from connectors.sync.models import FlowSetting
from connectors.sync.orders.world_loader import WorldCache
from integration.accounts.roles import Role


class OrdersToPrima(Flow):
    slug = ORDERS
    title = "Orders to Prima"
    meaning = (
        "Checks every waiting campaign order and books it in Prima, once. An order with a problem "
        "is held, and a case says what is wrong."
    )
    owner = Role.OPERATIONS
    systems = ("prima",)
    alone = False
    defaults = Defaults(batch_size=200, silent_after_minutes=15, priority=FlowSetting.Priority.HIGH)

    def run(self, context: Context) -> None:
        claims.take_back(self.slug)
        prima, cache = context.remotes.prima(), WorldCache()
        context.total = due(self.slug) if context.only is None else len(context.only)
        concurrency = cache.reference().capabilities.limits.concurrency
        with Senders(concurrency) as senders:
            Line(context, prima, senders, cache, self.slug).work_off()
