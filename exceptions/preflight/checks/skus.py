"""Does Prima know everything that is offered, and may it be sold?"""

from collections.abc import Iterable, Sequence

from exceptions.preflight.check import Check, Figure, Found
from exceptions.preflight.ground import Ground
from exceptions.words import counted


class Skus(Check):
    slug = "skus"
    title = "Products"
    meaning = "Every SKU of the campaign must be a product that Prima sells on the day of sending."
    all_well = "Prima knows every product and sells it."
    order = 10

    def goods(self, ground: Ground) -> Iterable[Found]:
        for sku, item in ground.items.items():
            mapped = ground.reference.book.product(sku, ground.plan.send_on)
            if item is None:
                yield _unknown(sku, mapped)
            elif item.status != "active":
                why = f": {item.blocked_reason}" if item.blocked_reason else ""
                yield Found(
                    subject=sku,
                    label=item.description,
                    message=f"{item.sku_key} is {item.status} in Prima{why}.",
                    code="item_not_sellable",
                    facts={"sku": sku.upper(), "item": item.sku_key},
                )

    def figures(self, ground: Ground) -> Sequence[Figure]:
        return [
            Figure("SKUs", str(len(ground.items))),
            Figure("Prima would sell", str(len(ground.sellable))),
        ]

    def summary(self, ground: Ground, stops: int, cares: int) -> str:
        return f"Orders for {counted(stops, 'SKU')} would be held."


def _unknown(sku: str, mapped: str | None) -> Found:
    says = (
        f"It is mapped to {mapped}, which Prima does not have."
        if mapped
        else "It is mapped to no product on that day, and Prima has no product of that code."
    )
    return Found(sku, says, "unknown_sku", facts={"sku": sku.upper(), "mapped_to": mapped or ""})
