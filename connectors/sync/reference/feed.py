"""Reads a change feed of Prima to its end, a page and its cursor at a time."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from django.db import transaction
from django.utils import timezone

from connectors.errors import CursorExpired
from connectors.prima.port import Change, ChangePage
from connectors.sync.context import Context
from connectors.sync.models import Cursor

Record = TypeVar("Record")


class Shelf(Protocol[Record]):
    """Where the records of a feed are kept."""

    name: str
    """The name of the cursor."""

    def read(self, cursor: str) -> ChangePage[Record]: ...

    def write(self, changes: tuple[Change[Record], ...]) -> int:
        """Stores the changes, in the caller's transaction; answers how many were news."""

    def forget_unread(self, since: datetime) -> None:
        """After a snapshot: what it did not hold is gone at Prima."""


def follow(shelf: Shelf[Record], context: Context) -> None:
    """Everything since the last time; a whole snapshot when Prima cannot go on from there."""
    kept = _kept(shelf.name)
    cursor, snapshot = kept.get(shelf.name, ""), kept.get(_snapshot(shelf.name), "")
    more = True
    while more and not context.is_over():
        if not cursor:
            snapshot = timezone.now().isoformat()
        try:
            page = shelf.read(cursor)
        except CursorExpired:
            if not cursor:
                raise
            cursor = ""
            continue
        with transaction.atomic():
            news = shelf.write(page.changes)
            if snapshot and not page.has_more:
                shelf.forget_unread(datetime.fromisoformat(snapshot))
                snapshot = ""
            _keep({shelf.name: page.cursor, _snapshot(shelf.name): snapshot})
        cursor, more = page.cursor, page.has_more
        context.count(seen=len(page.changes), sent=news, unchanged=len(page.changes) - news)
        context.beat()


def latest(
    changes: tuple[Change[Record], ...], key: Callable[[Change[Record]], str]
) -> dict[str, Change[Record]]:
    """One change a record: the last one, as the feed is in order for each record."""
    return {key(change): change for change in changes}


def _snapshot(name: str) -> str:
    """The cursor that says since when a snapshot is being read, while it is."""
    return f"{name}.snapshot"


def _kept(name: str) -> dict[str, str]:
    return dict(
        Cursor.objects.filter(flow__in=[name, _snapshot(name)]).values_list("flow", "value")
    )


def _keep(values: dict[str, str]) -> None:
    now = timezone.now()
    Cursor.objects.bulk_create(
        [Cursor(flow=name, value=value, moved_at=now) for name, value in values.items()],
        update_conflicts=True,
        unique_fields=["flow"],
        update_fields=["value", "moved_at"],
    )
