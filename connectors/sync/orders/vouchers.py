"""Vouchers and store credit: they pay for an order, and never make it cheaper or less taxed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.sync.orders.bad_discount import Promoted
from connectors.sync.orders.codes import known
from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.mapping.book import PromotionRule
from integration.records.campaign_order import PromotionType
from integration.records.sales_order import Payment

TYPES = (PromotionType.VOUCHER, PromotionType.STORE_CREDIT)


@dataclass(frozen=True, slots=True)
class Redeemed:
    payment: Payment | None
    problems: tuple[Problem, ...] = ()


def is_payment(one: Promoted, rule: PromotionRule | None) -> bool:
    """By its type, or an amount that is mapped as a payment."""
    if one.promotion.type in TYPES:
        return True
    paid = rule is not None and rule.treatment == "payment"
    return paid and one.promotion.type == PromotionType.AMOUNT


def redeem(one: Promoted, rule: PromotionRule | None, world: World, day: date) -> Redeemed:
    promotion = one.promotion
    amount = promotion.value if promotion.amount is None else promotion.amount
    method = _method(one, rule, world, day)
    problems = [*_flaws(one, amount), *([method] if isinstance(method, Problem) else [])]
    if problems or isinstance(method, Problem) or amount is None:
        return Redeemed(None, tuple(problems))
    is_credit = promotion.type == PromotionType.STORE_CREDIT
    payment = Payment(
        method=method,
        amount=amount,
        voucher_number="" if is_credit else promotion.reference,
        credit_note_number=promotion.reference if is_credit else "",
    )
    return Redeemed(payment)


def _method(one: Promoted, rule: PromotionRule | None, world: World, day: date) -> str | Problem:
    """Prima's payment method: by the mapping of the code, else by the word for its type."""
    if rule is None:
        code = known("payment_method", one.promotion.type, world, day)
        return code.code if code else one.problem("unmapped", "is not mapped to a payment method")
    if rule.treatment != "payment":
        says = "is a payment, but is mapped as a discount; map it to a payment method"
        return one.problem("unmapped", says)
    method = world.reference.code("payment_method", rule.prima_code)
    if method is None or not method.valid_on(day):
        says = f"is mapped to the payment method {rule.prima_code}, which Prima does not have"
        return one.problem("unknown_in_prima", says, prima_code=rule.prima_code)
    return method.code


def _flaws(one: Promoted, amount: Decimal | None) -> Iterator[Problem]:
    promotion = one.promotion
    if amount is None:
        yield one.problem("incomplete", "has no amount", "amount")
    elif promotion.value is not None and amount > promotion.value:
        says = f"is worth {promotion.value:f}, but {amount:f} were taken off"
        yield one.problem("amount_differs", says, "amount", computed=f"{promotion.value:f}")
    if not promotion.reference:
        yield one.problem("incomplete", "has no voucher or credit number", "reference")
