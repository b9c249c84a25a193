"""The posts that booked the desk's orders, written down so that they can be made again without it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import GenericAlias
from typing import Any, get_args, get_origin, get_type_hints

from connectors.body import json_body
from connectors.management.measuring.report import Tell
from connectors.prima.rest.order_payload import order_payload
from integration.mirror.models import PrimaOrder
from integration.records.sales_order import SalesOrder


@dataclass(frozen=True, slots=True)
class Body:
    """One post: the idempotency key and what was sent."""

    key: str
    content: bytes


def write(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Given the file `bodies`, writes the posts of all booked orders, in the order they were made."""
    path, count = Path(given["bodies"]), 0
    with path.open("wb") as file:
        for kept in _kept():
            order = read_back(SalesOrder, kept)
            body = json_body(order_payload(order), "Prima")
            file.write(order.external_ref.encode() + b"\t" + body + b"\n")
            count += 1
            tell(f"{count:,} orders")
    return {"orders": count}


def read_bodies(path: Path) -> list[Body]:
    """In JSON no tab and no line end stands for itself, so they may separate."""
    bodies = []
    with path.open("rb") as file:
        for line in file:
            key, _, content = line.rstrip(b"\n").partition(b"\t")
            bodies.append(Body(key.decode(), content))
    return bodies


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


def _kept() -> Iterator[Any]:
    rows = PrimaOrder.objects.order_by("id").values_list("payload", flat=True)
    return rows.iterator(chunk_size=500)


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
