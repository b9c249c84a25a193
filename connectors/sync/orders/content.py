"""What an order says, however it was written: polled and pushed, the same order is the same."""

import re
from collections.abc import Mapping
from typing import Any

from connectors.sfmc.values import MalformedValue, as_moment

_MOMENTS = frozenset({"ordered_at"})
_NUMBERS = frozenset(
    {
        "total_paid", "tax_total", "shipping_amount", "line_count", "quantity", "unit_price",
        "value", "amount", "buy_quantity", "get_quantity", "sequence",
    }
)  # fmt: skip
_WRITTEN_VARIOUSLY = _NUMBERS | _MOMENTS | {"exclusive"}
_UNTOLD = frozenset({"modified_at", "extra"})
"""The time of change, and columns the desk does not know: an order is no other for them."""
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,12})?", re.ASCII)


def told(payload: Any) -> Any:
    """The payload with one way of writing a moment and a number, and without what is empty."""
    if not isinstance(payload, dict) or not isinstance(payload.get("order"), dict):
        return payload
    return {
        **payload,
        "order": _part(payload["order"]),
        "lines": _parts(payload.get("lines")),
        "promotions": _parts(payload.get("promotions")),
    }


def _parts(parts: Any) -> Any:
    return [_part(one) for one in parts] if isinstance(parts, list) else parts


def _part(part: Any) -> Any:
    if not isinstance(part, Mapping):
        return part
    return {
        name: _value(name, value) if name in _WRITTEN_VARIOUSLY else value
        for name, value in part.items()
        if name not in _UNTOLD and value not in ("", None)
    }


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in _NUMBERS and _NUMBER.fullmatch(value):
        return value.rstrip("0").rstrip(".") if "." in value else value
    if name in _MOMENTS:
        return _moment(value)
    return value.lower() if name == "exclusive" else value


def _moment(text: str) -> str:
    try:
        return as_moment(text).isoformat()
    except MalformedValue:
        return text
