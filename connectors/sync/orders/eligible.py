"""Which lines of its order a promotion is on."""

from connectors.sync.orders.bad_discount import Promoted
from connectors.sync.orders.discount import Flaw


def places_of(one: Promoted) -> tuple[int, ...]:
    """Positions of the lines: those named by number or SKU, else all. Raises Flaw for none.

    SKUs may name goods that are not on the order; line numbers may not.
    """
    promotion, lines = one.promotion, one.order.lines
    if not promotion.line_nos and not promotion.skus:
        return tuple(range(len(lines)))
    numbers = {line.line_no for line in lines}
    missing = [number for number in promotion.line_nos if number not in numbers]
    if missing:
        says = f"is on line {missing[0][:20]}, which the order does not have"
        raise Flaw("incomplete", says, "line_nos")
    skus = {sku.upper() for sku in promotion.skus}
    places = tuple(
        place
        for place, line in enumerate(lines)
        if line.line_no in promotion.line_nos or line.sku.upper() in skus
    )
    if not places:
        raise Flaw("incomplete", "is on goods that are not on the order", "skus")
    return places
