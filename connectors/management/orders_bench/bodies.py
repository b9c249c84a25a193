"""The posts that booked the desk's orders, to be made again without it."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import GenericAlias
from typing import Any, get_args, get_origin, get_type_hints

from connectors.body import json_body
from connectors.prima.rest.order_payload import order_payload
from integration.mirror.models import PrimaOrder
from integration.records.sales_order import SalesOrder


@dataclass(frozen=True, slots=True)
class Body:
    """One post: the idempotency key and what was sent."""

    key: str
    content: bytes


def booked_after(last: int) -> tuple[list[Body], int]:
    """The posts of the orders booked since, in the order they were made, and the last of them."""
    found = list(PrimaOrder.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "payload"))
    return [body_of(kept) for _, kept in found], found[-1][0] if found else last


def body_of(kept: Any) -> Body:
    """The post of an order as the desk keeps it."""
    order: SalesOrder = read_back(SalesOrder, kept)
    return Body(order.external_ref, json_body(order_payload(order), "Prima"))


def read_back(kind: Any, data: Any) -> Any:
    """A record from the JSON in which the desk keeps it."""
    if kind in _READERS:
        return _READERS[kind](data)
    if get_origin(kind) is tuple:
        return _tuple(kind, data)
    if not isinstance(data, dict):
        return data
    hints = _hints(kind)
    return kind(**{name: read_back(hints[name], member) for name, member in data.items()})


def _tuple(kind: GenericAlias, data: list[Any]) -> tuple[Any, ...]:
    kinds = get_args(kind)
    if kinds[-1] is Ellipsis:
        return tuple(read_back(kinds[0], one) for one in data)
    return tuple(read_back(each, one) for each, one in zip(kinds, data, strict=True))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    known = get_type_hints(kind)
    return {field.name: known[field.name] for field in fields(kind)}


_READERS: dict[Any, Callable[[str], Any]] = {
    Decimal: Decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    datetime | None: datetime.fromisoformat,
}
