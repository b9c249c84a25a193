"""Long lists sent while they are read: one moment of the database, a few rows in memory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

_AT_ONCE = 2_000
# The first rows are wanted soon, whatever all of them together would take.
_SOON = "SET LOCAL cursor_tuple_fraction = 0.001"


@contextmanager
def one_moment() -> Iterator[None]:
    """Reads what is in it as of one moment, and lets the first rows go before the last are found.

    Outside a transaction PostgreSQL works a list out to its end before it gives a row.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_SOON)
        yield


def rows(sql: str, asked: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """What the statement finds, some thousand rows at a time."""
    with one_moment(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, asked)
        while found := cursor.fetchmany(_AT_ONCE):
            yield from found
