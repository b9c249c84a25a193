"""Reads from Prima what can be sold of each item."""

from connectors.sync.context import Context
from connectors.sync.flow import Defaults, Flow
from connectors.sync.reference.feed import follow
from connectors.sync.stock.shelf import StockShelf, ask_for_the_rest
from integration.accounts.roles import Role


class PrimaStock(Flow):
    slug = "prima_stock"
    title = "Stock from Prima"
    meaning = (
        "Reads from Prima how much can be sold of each item, as it changes. What Prima does not know "
        "stays unknown and is never taken for zero."
    )
    owner = Role.OPERATIONS
    systems = ("prima",)
    defaults = Defaults(silent_after_minutes=30)

    def run(self, context: Context) -> None:
        prima = context.remotes.prima()
        follow(StockShelf(prima), context)
        ask_for_the_rest(prima, context)
