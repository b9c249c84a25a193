"""Keeps the purchase history of each contact in Marketing Cloud, from Prima's invoices."""

from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.outgoing.sending import send
from connectors.sync.purchases.staging import PART, stage_due
from integration.accounts.roles import Role


class PurchaseHistory(Flow):
    slug = "purchase_history"
    title = "Purchase history to Marketing Cloud"
    meaning = (
        "Works out what each contact has bought, from Prima's invoices and credit notes, and writes "
        "it into the data extension of purchases, so that segments rest on what was really invoiced."
    )
    owner = Role.MARKETING
    systems = ("sfmc",)
    writes = (PART,)
    defaults = Defaults(batch_size=2_500, max_attempts=6, silent_after_minutes=180)

    def run(self, context: Context) -> None:
        stage_due(whole=context.is_by_hand)
        send(context, PART)
