"""Which classes of items are due, and how the database tells which item is in which."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from connectors.sync.models import Cursor
from integration.mapping.stock_classes import StockClass, listed

REST_MINUTES = 60
"""How often the items of no class go."""
_SLACK = timedelta(seconds=30)
"""The timetable ticks in minutes; a run that begins a little early is on time."""
_SOLD = """
upper(item.sku_key) IN (
    SELECT upper(line ->> 'sku') FROM mirror_bookedorder AS booked
    CROSS JOIN LATERAL jsonb_array_elements(booked.data -> 'lines') AS line
    WHERE booked.order_date >= %s AND booked.deleted_at IS NULL)
"""
_LISTS = (
    ("skus", "upper(item.sku_key)"),
    ("seasons", "upper(item.data ->> 'season')"),
    ("brands", "upper(item.data ->> 'brand')"),
    ("kinds", "upper(item.kind)"),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A condition on `item` in SQL, and the cursors to move with the rows it stands for.

    With the items of no other class it is also looked for what has left the range.
    """

    condition: str
    params: list[Any] = field(default_factory=list)
    cursors: tuple[str, ...] = ()
    has_the_rest: bool = False


def due(*, whole: bool, now: datetime | None = None) -> Chosen | None:
    """The items whose turn it is; None when it is nobody's. `whole` takes them all."""
    now = now or timezone.now()
    classes = list(StockClass.objects.all())
    places: list[tuple[int, str, int]] = [
        (place, _cursor(one), one.every_minutes) for place, one in enumerate(classes, 1)
    ]
    if not any(one.takes_the_rest for one in classes):
        places.append((0, _cursor(None), REST_MINUTES))
    moved = dict(
        Cursor.objects.filter(flow__startswith="stock_class.").values_list("flow", "moved_at")
    )
    turn = [
        (place, cursor)
        for place, cursor, minutes in places
        if whole or _is_due(moved.get(cursor), minutes, now)
    ]
    if not turn:
        return None
    cursors = tuple(cursor for _, cursor in turn)
    if len(turn) == len(places):
        return Chosen("true", [], cursors, has_the_rest=True)
    case, params = _case(classes, now)
    numbers = [place for place, _ in turn]
    rest = next((n for n, one in enumerate(classes, 1) if one.takes_the_rest), 0)
    return Chosen(f"{case} = ANY(%s)", [*params, numbers], cursors, rest in numbers)


def done(chosen: Chosen) -> None:
    """In the transaction that staged the rows."""
    now = timezone.now()
    Cursor.objects.bulk_create(
        [Cursor(flow=name, value="", moved_at=now) for name in chosen.cursors],
        update_conflicts=True,
        unique_fields=["flow"],
        update_fields=["moved_at"],
    )


def _case(classes: Sequence[StockClass], now: datetime) -> tuple[str, list[Any]]:
    """The place of an item's class: the first that fits. A class without rules takes the rest."""
    branches, params, rest = [], list[Any](), 0
    for place, one in enumerate(classes, 1):
        if one.takes_the_rest:
            rest = place
            continue
        conditions, values = _conditions(one, now)
        branches.append(f"WHEN {' OR '.join(conditions)} THEN {place}")
        params += values
    return (f"CASE {' '.join(branches)} ELSE {rest} END" if branches else str(rest)), params


def _conditions(one: StockClass, now: datetime) -> tuple[list[str], list[Any]]:
    conditions, params = [], list[Any]()
    for name, column in _LISTS:
        if values := listed(getattr(one, name)):
            conditions.append(f"{column} = ANY(%s)")
            params.append(values)
    if one.sold_within_days is not None:
        conditions.append(_SOLD)
        params.append(timezone.localdate(now) - timedelta(days=one.sold_within_days))
    return conditions or ["false"], params


def _is_due(moved_at: datetime | None, minutes: int, now: datetime) -> bool:
    return moved_at is None or moved_at + timedelta(minutes=minutes) <= now + _SLACK


def _cursor(one: StockClass | None) -> str:
    return f"stock_class.{one.pk if one else 'rest'}"
