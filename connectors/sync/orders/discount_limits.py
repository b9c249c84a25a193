"""Is a discount within the limit of its mapping, or else of the order policy?"""

from collections.abc import Iterator
from decimal import Decimal

from connectors.sync.orders.bad_discount import Promoted
from connectors.sync.orders.world import World
from integration.core.money import Money
from integration.core.problems import Problem
from integration.mapping.book import PromotionRule


def is_own(rule: PromotionRule) -> bool:
    """True when the mapping sets a limit of its own."""
    return rule.max_percent is not None or rule.max_amount is not None


def check(
    one: Promoted,
    rule: PromotionRule,
    taken: Decimal,
    before: Decimal,
    goods: Decimal,
    world: World,
) -> Iterator[Problem]:
    """`goods` is the price of all goods before any discount. Finance may have released it.

    The policy's limit is one for the whole order: `before` is what promotions without a limit of
    their own have taken off already.
    """
    policy, currency = world.policy, one.order.currency
    whole = taken + before
    percent, by_percent = rule.max_percent, taken
    if percent is None:
        percent, by_percent = policy.max_discount_percent, whole
    amount, by_amount = rule.max_amount, taken
    if amount is None:
        amount, by_amount = policy.max_discount_amount, whole
    if by_amount > amount:
        limit, over = str(Money(amount, currency)), by_amount
    elif by_percent * 100 > goods * percent:
        limit, over = f"{percent.normalize():f} % of the order", by_percent
    else:
        return
    if world.is_released(one.order.key, one.promotion.code, one.content_hash):
        return
    together = " together with those before it" if over != taken else ""
    says = f"takes off {Money(over, currency)}{together}; above {limit} finance approves first"
    yield one.problem("over_limit", says, "amount", limit=limit, computed=f"{taken:f}")
