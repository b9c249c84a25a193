"""Is a discount within the limit of its mapping, or else of the order policy?"""

from collections.abc import Iterator
from decimal import Decimal

from connectors.sync.orders.bad_discount import Promoted
from connectors.sync.orders.world import World
from integration.core.money import Money
from integration.core.problems import Problem
from integration.mapping.book import PromotionRule


def check(
    one: Promoted, rule: PromotionRule, taken: Decimal, goods: Decimal, world: World
) -> Iterator[Problem]:
    """`goods` is the price of all goods before any discount. Finance may have released it."""
    policy = world.policy
    percent = policy.max_discount_percent if rule.max_percent is None else rule.max_percent
    amount = policy.max_discount_amount if rule.max_amount is None else rule.max_amount
    currency = one.order.currency
    if taken > amount:
        limit = str(Money(amount, currency))
    elif taken * 100 > goods * percent:
        limit = f"{percent.normalize():f} % of the order"
    else:
        return
    if world.is_released(one.order.key, one.promotion.code, one.content_hash):
        return
    says = f"takes off {Money(taken, currency)}; above {limit} finance approves first"
    yield one.problem("over_limit", says, "amount", limit=limit, computed=f"{taken:f}")
