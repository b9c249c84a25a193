"""Is the order paid for, or within the account's credit?"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from connectors.sandbox.prima.order_checks.draft import Draft, number, text, total
from connectors.sandbox.prima.order_checks.ground import Ground
from connectors.sandbox.prima.order_checks.totals import added_up
from connectors.sandbox.prima.problem import Issue


def check(order: Draft, ground: Ground) -> Iterator[Issue]:
    for place, payment in enumerate(order.payments):
        yield from _voucher(payment, f"#/payments/{place}", order, ground)
    totals, paid = added_up(order), total([number(each, "amount") for each in order.payments])
    if totals is None or paid is None:
        return
    if not order.payments:
        yield from _on_account(totals.gross, ground)
    elif paid != totals.gross:
        code = "payment.insufficient" if paid < totals.gross else "totals.mismatch"
        yield Issue(
            "#/payments",
            code,
            f"The payments come to {paid}, the order to {totals.gross}.",
            limit=str(totals.gross),
            actual=str(paid),
        )


def _on_account(gross: Decimal, ground: Ground) -> Iterator[Issue]:
    customer = ground.customer
    if customer is None or gross == 0:
        return
    limit = customer.get("credit_limit")
    if limit is None:
        yield Issue(
            "#/payments",
            "payment.insufficient",
            "The order is not paid, the account has no credit.",
        )
        return
    owed = Decimal(customer.get("balance") or 0) + gross
    if owed > Decimal(limit):
        yield Issue(
            "#/payments",
            "customer.credit_exceeded",
            f"The account would owe {owed}; its limit is {limit}.",
            limit=str(limit),
            actual=str(owed),
        )


def _voucher(payment: Mapping[str, Any], at: str, order: Draft, ground: Ground) -> Iterator[Issue]:
    method = ground.company.codes("payment-methods").get(text(payment, "method"))
    kind, voucher = method.kind if method else "", text(payment, "voucher_number")
    if kind == "voucher" and not voucher:
        yield Issue(f"{at}/voucher_number", "voucher.invalid", "The voucher's number is missing.")
    if not voucher or not ground.company.codes("vouchers"):
        return
    known, amount = ground.vouchers.get(voucher), number(payment, "amount")
    if known is None:
        reason = "Prima has no such voucher."
    elif order.day and known.get("valid_to") and order.day.isoformat() > known["valid_to"]:
        reason = f"The voucher ran out on {known['valid_to']}."
    elif amount is not None and amount > Decimal(known["balance"]):
        reason = f"The voucher is worth {known['balance']}."
    else:
        return
    yield Issue(f"{at}/voucher_number", "voucher.invalid", reason, value=voucher)
