"""Rows under way to a data extension: what is to go, taken a call's worth at a time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection as database

from connectors.sfmc.async_rows import AsyncRequest

_NEXT = """
SELECT id, key, values, content_hash, changed_at, attempts, refused_hash <> '',
    confirmed_hash <> ''
FROM sync_outgoingrow
WHERE part = %s AND id > %s AND content_hash <> confirmed_hash AND content_hash <> refused_hash
  AND not_before <= clock_timestamp()
ORDER BY id LIMIT %s
"""
_WAITING = """
SELECT count(*) FROM sync_outgoingrow
WHERE part = %s AND content_hash <> confirmed_hash AND content_hash <> refused_hash
  AND not_before <= clock_timestamp()
"""
# Until the new content is confirmed nobody knows which of the two Marketing Cloud has.
_LEAVE = (
    "UPDATE sync_outgoingrow SET confirmed_hash = '' WHERE id = ANY(%s) AND confirmed_hash <> ''"
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row as it is sent. `was_refused`: a case may be open for it; `replaces`: other content
    of it was confirmed before.
    """

    id: int
    key: str
    values: dict[str, Any]
    content_hash: str
    changed_at: datetime
    attempts: int
    was_refused: bool
    replaces: bool


@dataclass(slots=True)
class Parcel:
    """Rows of one request, in its order. `tries` are those of the whole request."""

    rows: list[Outgoing]
    request: AsyncRequest
    submitted_at: float


def due(part: str, most: int) -> Iterator[list[Outgoing]]:
    """The rows that are to go now, each once, in lists of at most so many."""
    last = 0
    while rows := _next(part, last, most):
        last = rows[-1].id
        yield rows


def mark_leaving(rows: Sequence[Outgoing]) -> None:
    """Before they are handed over: content that goes back to what was confirmed must go as well."""
    ids = [row.id for row in rows if row.replaces]
    if ids:
        with database.cursor() as cursor:
            cursor.execute(_LEAVE, [ids])


def waiting(part: str) -> int:
    with database.cursor() as cursor:
        cursor.execute(_WAITING, [part])
        return int(cursor.fetchone()[0])


def _next(part: str, last: int, most: int) -> list[Outgoing]:
    with database.cursor() as cursor:
        cursor.execute(_NEXT, [part, last, most])
        return [
            Outgoing(number, key, json.loads(values), *rest)
            for number, key, values, *rest in cursor.fetchall()
        ]
