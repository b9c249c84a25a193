"""What lists and look-ups need of a payload, read leniently: what cannot be read is empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.sfmc.values import MalformedValue, as_decimal, as_moment

_MOST = Decimal(10) ** 13


@dataclass(frozen=True, slots=True)
class Summary:
    """The columns of a kept campaign order besides its payload, cut to what they hold."""

    contact_key: str
    email: str
    customer_name: str
    campaign: str
    journey: str
    currency: str
    total_paid: Decimal | None
    ordered_at: datetime | None
    modified_at: datetime | None


def summary(payload: object) -> Summary:
    header = payload.get("order") if isinstance(payload, dict) else None
    order: Mapping[str, Any] = header if isinstance(header, dict) else {}
    person = f"{_text(order, 'first_name', 100)} {_text(order, 'last_name', 99)}".strip()
    return Summary(
        contact_key=_text(order, "contact_key", 120),
        email=_text(order, "email", 254),
        customer_name=_text(order, "company_name", 200) or person,
        campaign=_text(order, "campaign", 120),
        journey=_text(order, "journey", 120),
        currency=_text(order, "currency", 10),
        total_paid=_amount(_text(order, "total_paid", 40)),
        ordered_at=_moment(_text(order, "ordered_at", 40)),
        modified_at=_moment(_text(order, "modified_at", 40)),
    )


def _text(order: Mapping[str, Any], name: str, length: int) -> str:
    value = order.get(name)
    return value.strip()[:length] if isinstance(value, str) else ""


def _amount(text: str) -> Decimal | None:
    try:
        amount = as_decimal(text)
    except MalformedValue:
        return None
    return amount if abs(amount) < _MOST else None


def _moment(text: str) -> datetime | None:
    try:
        return as_moment(text)
    except MalformedValue:
        return None
