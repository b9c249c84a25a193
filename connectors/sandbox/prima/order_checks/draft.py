"""An order as sent, read leniently: what cannot be read is None, and its checks are left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.core import get_global

from connectors.sandbox.prima.item_key import sku_key
from connectors.sandbox.prima.shapes import NUMBER, read_time
from integration.core.money import minor_digits

_CURRENCIES = get_global("all_currencies")


@dataclass(frozen=True, slots=True)
class Allocation:
    at: str
    discount_ref: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Part:
    """A line or a charge: what carries tax. `at` points to it."""

    at: str
    net: Decimal | None
    tax: Decimal | None
    tax_code: str
    allocations: tuple[Allocation, ...]

    @property
    def allocated(self) -> Decimal | None:
        """The sum of the allocations, or None when one cannot be read."""
        return total([allocation.amount for allocation in self.allocations])


@dataclass(frozen=True, slots=True)
class Line(Part):
    line_ref: str
    parent_ref: str
    sku: str
    sku_key: str
    kind: str
    quantity: Decimal | None
    unit_price: Decimal | None
    tax_rate: Decimal | None

    def extended(self, unit: Decimal, rounding: str) -> Decimal | None:
        """Quantity × unit price at the currency's minor unit; None without a quantity."""
        if self.quantity is None or self.unit_price is None or self.quantity <= 0:
            return None
        return (self.quantity * self.unit_price).quantize(unit, rounding=rounding)


@dataclass(frozen=True, slots=True)
class Charge(Part):
    code: str


@dataclass(frozen=True, slots=True)
class Discount:
    at: str
    ref: str
    code: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Draft:
    """`unit` is the smallest amount of the currency, 0.01 while the currency is unknown."""

    body: Mapping[str, Any]
    currency: str
    unit: Decimal
    basis: str
    day: date | None
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    discounts: tuple[Discount, ...]
    payments: tuple[Mapping[str, Any], ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.lines, *self.charges)


def read(body: Mapping[str, Any]) -> Draft:
    currency = text(body, "currency")
    day = read_time(body.get("order_date"), "date")
    return Draft(
        body=body,
        currency=currency,
        unit=Decimal(1).scaleb(-(digits_of(currency) or 0))
        if digits_of(currency) is not None
        else Decimal("0.01"),
        basis=text(body, "price_basis"),
        day=day,
        lines=tuple(_line(at, entry) for at, entry in _entries(body, "lines", "#")),
        charges=tuple(_charge(at, entry) for at, entry in _entries(body, "charges", "#")),
        discounts=tuple(_discount(at, entry) for at, entry in _entries(body, "discounts", "#")),
        payments=tuple(entry for _, entry in _entries(body, "payments", "#")),
    )


def digits_of(currency: Any) -> int | None:
    """Decimals of the currency, None when there is no such currency."""
    if not isinstance(currency, str) or currency not in _CURRENCIES:
        return None
    return minor_digits(currency)


def number(entry: Mapping[str, Any], name: str) -> Decimal | None:
    value = entry.get(name)
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return Decimal(value)
    return None


def text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def total(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def half_up(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, rounding=ROUND_HALF_UP)


def _entries(body: Mapping[str, Any], name: str, at: str) -> list[tuple[str, Mapping[str, Any]]]:
    entries = body.get(name)
    if not isinstance(entries, list):
        return []
    return [
        (f"{at}/{name}/{place}", entry)
        for place, entry in enumerate(entries)
        if isinstance(entry, dict)
    ]


def _allocations(at: str, entry: Mapping[str, Any]) -> tuple[Allocation, ...]:
    return tuple(
        Allocation(where, text(each, "discount_ref"), number(each, "amount"))
        for where, each in _entries(entry, "allocations", at)
    )


def _line(at: str, entry: Mapping[str, Any]) -> Line:
    return Line(
        at=at,
        net=number(entry, "net_amount"),
        tax=number(entry, "tax_amount"),
        tax_code=text(entry, "tax_code"),
        allocations=_allocations(at, entry),
        line_ref=text(entry, "line_ref"),
        parent_ref=text(entry, "parent_line_ref"),
        sku=text(entry, "sku"),
        sku_key=sku_key(entry),
        kind=text(entry, "kind"),
        quantity=number(entry, "quantity"),
        unit_price=number(entry, "unit_price"),
        tax_rate=number(entry, "tax_rate"),
    )


def _charge(at: str, entry: Mapping[str, Any]) -> Charge:
    return Charge(
        at=at,
        net=number(entry, "net_amount"),
        tax=number(entry, "tax_amount"),
        tax_code=text(entry, "tax_code"),
        allocations=_allocations(at, entry),
        code=text(entry, "code"),
    )


def _discount(at: str, entry: Mapping[str, Any]) -> Discount:
    return Discount(at, text(entry, "ref"), text(entry, "code"), number(entry, "amount"))
