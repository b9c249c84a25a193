"""May the order be in its currency?"""

from collections.abc import Iterator

from connectors.sync.orders.world import World
from integration.core.money import is_currency
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder
from integration.records.customer import Customer


def check(order: CampaignOrder, account: Customer | None, world: World) -> Iterator[Problem]:
    if not order.currency:
        return
    allowed, known = world.policy.currencies, world.capabilities.currencies
    code = order.currency[:10]
    if not is_currency(order.currency):
        yield _problem(order, "unknown", f"“{code}” is no currency.")
    elif order.currency not in allowed:
        says = f"orders in {code} are not allowed; allowed are {', '.join(allowed)}."
        yield _problem(order, "policy", says)
    elif known and order.currency not in known:
        yield _problem(order, "prima", f"Prima takes no orders in {code}, only {', '.join(known)}.")
    elif account is not None and account.currency and account.currency != order.currency:
        says = f"it is in {code}, but account {account.account_code} trades in {account.currency}."
        yield _problem(order, "account", says, account=account.account_code)


def _problem(order: CampaignOrder, reason: str, says: str, **facts: str) -> Problem:
    return Problem(
        "currency_not_allowed",
        f"Order {order.key}: {says}",
        {"currency": order.currency[:10], "reason": reason, **facts},
        pointers=("/order/currency",),
        target_pointers=("/currency",),
    )
