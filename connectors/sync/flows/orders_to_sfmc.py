"""Keeps the orders of Marketing Cloud as Prima has them: states, parcels, lines."""

from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.order_rows.staging import LINE, ORDER, stage_changed
from connectors.sync.outgoing.sending import send
from integration.accounts.roles import Role


class OrdersToSfmc(Flow):
    slug = "orders_to_sfmc"
    title = "Orders to Marketing Cloud"
    meaning = (
        "Writes the state, the parcel and the lines of every order that changed in Prima into the "
        "data extensions of orders, so that journeys and mails show how it stands."
    )
    owner = Role.MARKETING
    systems = ("sfmc",)
    writes = (ORDER, LINE)
    defaults = Defaults(batch_size=2_500, max_attempts=6, silent_after_minutes=30)

    def run(self, context: Context) -> None:
        stage_changed(whole=context.is_by_hand)
        for part in self.writes:
            send(context, part)
