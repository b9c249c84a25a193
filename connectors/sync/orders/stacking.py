"""Which promotions of an order may not stand beside the others."""

from collections.abc import Iterator, Sequence
from datetime import date

from connectors.sync.orders.bad_discount import Promoted
from connectors.sync.orders.world import World
from integration.core.problems import Problem


def check(discounts: Sequence[Promoted], world: World, day: date) -> Iterator[Problem]:
    """`discounts` in the order they apply; vouchers and credits are payments and no part of it."""
    if len(discounts) < 2:
        return
    others = f"the order has {len(discounts)} promotions"
    most = world.policy.max_promotions
    for place, one in enumerate(discounts):
        rule = world.book.promotion(one.promotion.code, day)
        if one.promotion.exclusive:
            says = f"is exclusive, but {others}"
            yield one.problem("stacking", says, "exclusive")
        elif rule is not None and not rule.may_stack:
            yield one.problem("stacking", f"may not be combined with others, but {others}")
        elif place >= most:
            says = f"is one too many: {others}, {most} are allowed at most"
            yield one.problem("stacking", says)
