"""Is there enough of everything for as many as are expected to buy?"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from exceptions.preflight.check import Check, Figure, Found
from exceptions.preflight.ground import Ground
from exceptions.preflight.models import Verdict
from exceptions.preflight.plan import PlannedSku
from exceptions.words import counted
from integration.mirror.models import Stock as StockRow
from integration.records.item import Item


class Stock(Check):
    slug = "stock"
    title = "Stock"
    meaning = (
        "What is kept in stock must last for the expected sales: the number named with the SKU, "
        "or one for every contact who is expected to buy. Services need no stock."
    )
    all_well = "There is enough of everything that is kept in stock."
    order = 30

    def goods(self, ground: Ground) -> Iterable[Found]:
        kept = _kept(ground)
        rows = {
            row.sku_key: row
            for row in StockRow.objects.filter(sku_key__in=[one.sku_key for one in kept.values()])
        }
        for planned in ground.plan.skus:
            item = kept.get(planned.sku)
            if item is not None:
                yield from _judged(planned, item, rows.get(item.sku_key), ground)

    def well(self, ground: Ground) -> str:
        """Of goods that are unknown or not for sale nobody can say whether there is enough."""
        if not _kept(ground):
            return "None of these SKUs is a product Prima sells from stock, so none was counted."
        return self.all_well

    def figures(self, ground: Ground) -> Sequence[Figure]:
        if not ground.plan.audience:
            return []
        uptake = f"{ground.plan.uptake.normalize():f} %"
        return [Figure("Expected to buy", f"{ground.buyers:,} ({uptake} of the audience)")]

    def summary(self, ground: Ground, stops: int, cares: int) -> str:
        short = f"{counted(stops, 'SKU')} would run out" if stops else ""
        unsure = f"of {counted(cares, 'SKU')} Prima does not say how much there is" if cares else ""
        said = ", and ".join(part for part in (short, unsure) if part)
        return f"{said[:1].upper()}{said[1:]}."


def _kept(ground: Ground) -> dict[str, Item]:
    return {sku: item for sku, item in ground.sellable.items() if item.kind in ("stock", "kit")}


def _judged(
    planned: PlannedSku, item: Item, row: StockRow | None, ground: Ground
) -> Iterable[Found]:
    """Unknown stock is not zero: it is worth knowing, and stops nothing."""
    wanted = ground.buyers if planned.units is None else planned.units
    facts = {"sku": planned.sku.upper(), "item": item.sku_key}
    if row is None or row.free_stock is None:
        says = "Prima does not say how much of it there is."
        yield Found(planned.sku, says, "stock_unknown", item.description, Verdict.CARE, facts)
    elif row.free_stock < wanted:
        says = f"Prima has {_number(row.free_stock)}; {wanted:,} are expected to be sold."
        if row.available_on:
            day = row.available_on
            says += f" More is expected on {day.day} {day:%B} {day.year}."
        yield Found(planned.sku, says, "stock_insufficient", item.description, facts=facts)


def _number(amount: Decimal) -> str:
    return f"{int(amount):,}" if amount == int(amount) else f"{amount.normalize():,f}"
