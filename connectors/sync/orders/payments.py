"""How the order is paid: vouchers and credit first, the rest by the payment method."""

from dataclasses import dataclass
from decimal import Decimal

from connectors.sync.orders import terms, totals
from connectors.sync.orders.discounting import Worked
from integration.core.money import Money
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder
from integration.records.customer import Customer
from integration.records.item import Code
from integration.records.sales_order import Payment


@dataclass(frozen=True, slots=True)
class Settled:
    payments: tuple[Payment, ...]
    problems: tuple[Problem, ...] = ()


def settle(
    order: CampaignOrder,
    gross: Decimal,
    method: Code | None,
    worked: Worked,
    account: Customer | None,
) -> Settled:
    """The payments cover the gross exactly, or there are none and it goes on the account."""
    paid = sum((payment.amount for payment in worked.payments), Decimal(0))
    rest = gross - paid
    if rest < 0:
        says = (
            f"vouchers and credit of {Money(paid, order.currency)} are more than "
            f"the order's {Money(gross, order.currency)}."
        )
        problem = totals.mismatch(order, "total_paid", gross, paid, says)
        return Settled((), (problem,))
    if rest == 0:
        return Settled(tuple(worked.payments))
    if method is not None:
        return Settled((*worked.payments, _by_method(order, rest, method)))
    if order.payment_method:
        return Settled(())
    if worked.payments:
        says = (
            f"vouchers and credit cover {Money(paid, order.currency)} of "
            f"{Money(gross, order.currency)}, and it does not say how the rest was paid."
        )
        return Settled((), (totals.mismatch(order, "total_paid", gross, paid, says),))
    return Settled((), tuple(terms.credit(order, account, gross)) if account else ())


def _by_method(order: CampaignOrder, amount: Decimal, method: Code) -> Payment:
    return Payment(
        method=method.code,
        amount=amount,
        provider=order.payment_provider,
        transaction_id=order.payment_reference,
    )
