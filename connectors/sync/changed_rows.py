"""Reads the rows of a data extension that changed, from a little before the last reading."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from connectors.sfmc.values import MalformedValue, as_moment
from connectors.sync.context import Context
from connectors.sync.models import Cursor
from connectors.sync.orders.arrival import Row

OVERLAP = timedelta(minutes=5)
"""Rows may become visible later than they say they changed."""

PagesSince = Callable[[datetime | None, int], Iterator[list[Row]]]
Keep = Callable[[Sequence[Row], datetime | None], None]


def follow_changes(
    pages_since: PagesSince, column: str, keep: Keep, context: Context, start: datetime | None
) -> None:
    """Page by page from `start` (None: all); `keep` stores a page and how far it reaches.

    After each page the question is asked anew from the last moment seen: a row that changes
    meanwhile only comes later, and never falls between two pages.
    """
    asked_from = start - OVERLAP if start else None
    while not context.is_over():
        again_from = None
        for page in pages_since(asked_from, context.setting.batch_size):
            last = moment_in(page[-1], column)
            keep(page, last)
            if context.is_over():
                return
            is_full = len(page) >= context.setting.batch_size
            if is_full and last is not None and (asked_from is None or last > asked_from):
                again_from = last
                break
        if again_from is None:
            return
        asked_from = again_from


def moment_in(row: Row, column: str) -> datetime | None:
    """The moment in the column, None when it is none."""
    try:
        return as_moment(str(row.get(column.lower()) or ""))
    except MalformedValue:
        return None


def reached(name: str) -> datetime | None:
    """How far a reading has come."""
    kept = Cursor.objects.filter(flow=name).values_list("value", flat=True).first()
    return datetime.fromisoformat(kept) if kept else None


def move(name: str, to: datetime) -> None:
    """Never beyond now: a row dated in the future must not hide those of today."""
    now = timezone.now()
    Cursor.objects.update_or_create(
        flow=name, defaults={"value": min(to, now).isoformat(), "moved_at": now}
    )
