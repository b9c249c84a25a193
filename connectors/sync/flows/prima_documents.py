"""Reads what became of orders in Prima: states, parcels, invoices, credit notes and receipts."""

from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.reference.booked_orders import BookedOrderShelf
from connectors.sync.reference.documents import DocumentShelf
from connectors.sync.reference.feed import follow
from connectors.sync.reference.shipments import ShipmentShelf
from integration.accounts.roles import Role


class PrimaDocuments(Flow):
    slug = "prima_documents"
    title = "Orders and documents from Prima"
    meaning = (
        "Reads orders, parcels, invoices, credit notes and receipts from Prima as they change, so "
        "that customers are told and finance can compare them with what was ordered and paid out."
    )
    owner = Role.FINANCE
    systems = ("prima",)
    defaults = Defaults(silent_after_minutes=60)

    def run(self, context: Context) -> None:
        prima = context.remotes.prima()
        follow(BookedOrderShelf(prima), context)
        follow(ShipmentShelf(prima), context)
        for shelf in (
            DocumentShelf(prima, "invoice"),
            DocumentShelf(prima, "credit_note"),
            DocumentShelf(prima, "receipt"),
        ):
            follow(shelf, context)
