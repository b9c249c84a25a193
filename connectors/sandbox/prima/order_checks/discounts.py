"""Is every discount fully shared out, and no line given more than it has?"""

from collections.abc import Iterator
from decimal import Decimal

from connectors.sandbox.prima.order_checks.draft import Draft, total
from connectors.sandbox.prima.order_checks.ground import Ground
from connectors.sandbox.prima.problem import Issue


def check(order: Draft, ground: Ground) -> Iterator[Issue]:
    yield from _shares(order)
    for line in order.lines:
        full, taken = line.extended(order.unit, ground.rounding), line.allocated
        if full is not None and taken is not None and taken > full:
            yield Issue(
                f"{line.at}/allocations",
                "discount.over_line",
                "The line is discounted by more than it comes to.",
                limit=str(full),
                actual=str(taken),
            )


def _shares(order: Draft) -> Iterator[Issue]:
    shares: dict[str, list[Decimal | None]] = {}
    known: set[str] = set()
    for discount in order.discounts:
        if discount.ref and discount.ref in known:
            yield Issue(
                f"{discount.at}/ref",
                "line.duplicate_ref",
                "Two discounts have this reference.",
                value=discount.ref,
            )
        known.add(discount.ref)
    for part in order.parts:
        for allocation in part.allocations:
            shares.setdefault(allocation.discount_ref, []).append(allocation.amount)
            if allocation.discount_ref and allocation.discount_ref not in known:
                yield Issue(
                    f"{allocation.at}/discount_ref",
                    "discount.unallocated",
                    "The order has no discount with this reference.",
                    value=allocation.discount_ref,
                )
    for discount in order.discounts:
        shared = total(shares.get(discount.ref, []))
        if discount.amount is not None and shared is not None and shared != discount.amount:
            yield Issue(
                f"{discount.at}/amount",
                "discount.unallocated",
                f"The shares of this discount add up to {shared}.",
                value=str(discount.amount),
                limit=str(discount.amount),
                actual=str(shared),
            )
