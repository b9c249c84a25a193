"""The load limit of a connection: one token bucket in its row, shared by all workers.

A lane of a connection (`sync_lane`) has a bucket of its own, with the same columns.
"""

import threading
from dataclasses import dataclass
from time import monotonic
from typing import Literal

from django.db import connection as database

from connectors.errors import CircuitOpen

Table = Literal["sync_connection", "sync_lane"]
CONNECTION: Table = "sync_connection"
LANE: Table = "sync_lane"
LONGEST_WAIT = 30.0
"""Seconds a call may wait for its turn. Who would wait longer is told to come back later."""
_MOST_AT_ONCE = 50

_RESERVE = """
UPDATE {table} SET
    tokens = LEAST(
        GREATEST(1, calls_per_second * 0.2),
        tokens + calls_per_second * GREATEST(
            0, EXTRACT(EPOCH FROM clock_timestamp() - COALESCE(refilled_at, clock_timestamp()))
        )
    ) - %s,
    refilled_at = clock_timestamp()
WHERE id = %s
RETURNING tokens, calls_per_second, EXTRACT(EPOCH FROM not_before - clock_timestamp())
"""
_GIVE_BACK = "UPDATE {table} SET tokens = tokens + %s WHERE id = %s"
_HOLD = """
UPDATE {table}
SET not_before = GREATEST(not_before, clock_timestamp() + make_interval(secs => %s))
WHERE id = %s
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """`seconds` to wait before the reserved calls may go out, and how many calls they were."""

    seconds: float
    calls: int


def reserve(row: int, calls: int, table: Table = CONNECTION) -> Turn:
    """Takes tokens out of the bucket. It may go below zero; then the wait is the way back up."""
    with database.cursor() as cursor:
        cursor.execute(_RESERVE.format(table=table), [calls, row])
        tokens, rate, held = cursor.fetchone()
    return Turn(max(0.0, -float(tokens) / rate, float(held or 0)), calls)


def give_back(row: int, calls: int, table: Table = CONNECTION) -> None:
    with database.cursor() as cursor:
        cursor.execute(_GIVE_BACK.format(table=table), [calls, row])


def hold(row: int, seconds: float, table: Table = CONNECTION) -> None:
    """Nobody calls for so long: the remote asked for a rest."""
    with database.cursor() as cursor:
        cursor.execute(_HOLD.format(table=table), [seconds, row])


class SharedPace:
    """Paces the calls of one process to a connection. Safe to share between threads.

    A few tokens are reserved at a time, so that a fast connection costs few statements.
    """

    def __init__(
        self,
        row: int,
        calls_per_second: int,
        stopping: threading.Event,
        table: Table = CONNECTION,
    ) -> None:
        self._id = row
        self._table: Table = table
        self._at_once = max(1, min(_MOST_AT_ONCE, calls_per_second // 10))
        self._stopping = stopping
        self._lock = threading.Lock()
        self._left = 0
        self._ready_at = 0.0

    def wait(self, calls: int = 1) -> None:
        """Raises CircuitOpen when the turn is too far away, or when the worker is stopping."""
        with self._lock:
            if self._left < calls:
                self._refill(calls - self._left)
            self._left -= calls
            ready_at = self._ready_at
        seconds = ready_at - monotonic()
        if seconds > 0 and self._stopping.wait(seconds):
            raise CircuitOpen("The desk is being stopped; nothing was sent.")

    def hold(self, seconds: float) -> None:
        """Obeys a request to slow down, here and in all other workers."""
        with self._lock:
            self._left = 0
            self._ready_at = monotonic() + seconds
        hold(self._id, seconds, self._table)

    def _refill(self, missing: int) -> None:
        turn = reserve(self._id, max(self._at_once, missing), self._table)
        if turn.seconds > LONGEST_WAIT:
            give_back(self._id, turn.calls, self._table)
            raise CircuitOpen(
                "The other system asked for a rest; nothing was sent.", retry_after=turn.seconds
            )
        self._left += turn.calls
        self._ready_at = monotonic() + turn.seconds
