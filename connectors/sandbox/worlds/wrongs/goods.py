"""Goods that Prima does not know or no longer sells."""

from decimal import Decimal

from connectors.sandbox.worlds import words
from connectors.sandbox.worlds.orders import Order, line_of
from connectors.sandbox.worlds.wrongs.wrong import Stage, Wrong, anybody


def warranty(order: Order, stage: Stage) -> None:
    order.add_line(*words.WARRANTY)


def unknown_sku(order: Order, stage: Stage) -> None:
    order.add_line(*stage.random.choice(words.CAMPAIGN_ONLY))


def unsellable(status: str) -> Wrong:
    def spoil(order: Order, stage: Stage) -> None:
        gone = [item for item in stage.catalogue.unsellable if item.status == status]
        item = stage.random.choice(gone)
        buyer = (order.customer, order.basis, order.currency)
        order.lines.append(line_of(len(order.lines) + 1, item, Decimal(1), buyer))

    return Wrong(f"{status} item", ("item_not_sellable",), spoil, anybody, share=3)


WARRANTY_WANTED = Wrong("WARRANTY-3Y", ("unknown_sku",), warranty)
UNKNOWN_SKU = Wrong("campaign-only SKU", ("unknown_sku",), unknown_sku, share=10)
WRONGS = (UNKNOWN_SKU, unsellable("discontinued"), unsellable("blocked"))
