"""Tells customers what became of their orders: a journey starts for each milestone, once."""

from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.order_events.noting import FLOW
from connectors.sync.order_events.sending import send
from integration.accounts.roles import Role


class OrderEvents(Flow):
    slug = FLOW
    title = "Order events to Marketing Cloud"
    meaning = (
        "Starts the journeys that tell customers what became of their orders: accepted, "
        "despatched, delivered, cancelled, refunded. Each event goes once, and those of an order in "
        "their order."
    )
    owner = Role.MARKETING
    systems = ("sfmc",)
    defaults = Defaults(batch_size=500, silent_after_minutes=15)

    def run(self, context: Context) -> None:
        send(context)
