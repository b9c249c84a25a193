"""An order that Prima holds, as the trade looks at it. Amounts are minor units."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the order. `gross` after all discounts; `named` is the line as Prima wrote it."""

    ref: str
    quantity: Decimal
    gross: int
    named: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sale:
    """`provider` took `by_gateway` of the gross; without one the customer pays an invoice.

    The rest was paid with vouchers or credit. `key` is the campaign's own key of the order.
    """

    number: str
    key: str
    at: datetime
    currency: str
    gross: int
    parts: tuple[Part, ...]
    charges: tuple[Mapping[str, Any], ...]
    account: str
    email: str
    provider: str
    transaction: str
    by_gateway: int

    @property
    def on_account(self) -> bool:
        return not self.provider and self.by_gateway == self.gross

    @property
    def one_tender(self) -> bool:
        """Paid through one gateway and nothing else."""
        return bool(self.provider) and self.by_gateway == self.gross


def sales(answer: Mapping[str, Any]) -> list[Sale]:
    """From what the control of Prima tells of its open orders, oldest first."""
    found = [_sale(order, answer["emails"]) for order in answer["orders"] if _is_new(order)]
    return sorted(found, key=lambda sale: (sale.at, sale.key))


def minor(amount: Any) -> int:
    """Of a currency with two decimals, as all of these worlds are."""
    return int((Decimal(str(amount)) * 100).to_integral_exact())


def total(amounts: Iterable[Any]) -> int:
    return sum(minor(amount) for amount in amounts)


def _is_new(order: Mapping[str, Any]) -> bool:
    return bool(order["order_status"] == "accepted" and order["invoice_status"] == "none")


def _sale(order: Mapping[str, Any], emails: Mapping[str, str]) -> Sale:
    gross = minor(order["totals"]["gross"])
    payments = order.get("payments") or []
    paid: Mapping[str, Any] = next((one for one in payments if one.get("transaction_id")), {})
    account = (order.get("customer") or {}).get("account_code") or ""
    on_account = not payments
    return Sale(
        number=order["order_number"],
        key=order["external_ref"]["ref"],
        at=_moment(order["order_date"], order["external_ref"]["ref"]),
        currency=order["currency"],
        gross=gross,
        parts=tuple(_part(line) for line in order["lines"]),
        charges=tuple(order.get("charges") or ()),
        account=account,
        email=emails.get(account, ""),
        provider=str(paid.get("provider") or "").lower(),
        transaction=str(paid.get("transaction_id") or ""),
        by_gateway=gross if on_account else minor(paid.get("amount") or 0),
    )


def _moment(day: str, key: str) -> datetime:
    """Prima keeps the day only; the gateway takes the money at some time of it."""
    start = datetime.fromisoformat(day[:10]).replace(hour=8, tzinfo=UTC)
    return start + timedelta(seconds=Random(key).randrange(14 * 3600))


def _part(line: Mapping[str, Any]) -> Part:
    gross = total([line["net_amount"], line["tax_amount"]])
    return Part(line["line_ref"], Decimal(line["quantity"]), gross, line)
