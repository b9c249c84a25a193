"""The load limit of a connection: one token bucket in its row, shared by all workers."""

import threading
from dataclasses import dataclass
from time import monotonic

from django.db import connection as database

from connectors.errors import CircuitOpen

LONGEST_WAIT = 30.0
"""Seconds a call may wait for its turn. Who would wait longer is told to come back later."""
_MOST_AT_ONCE = 50

_RESERVE = """
UPDATE sync_connection SET
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
_GIVE_BACK = "UPDATE sync_connection SET tokens = tokens + %s WHERE id = %s"
_HOLD = """
UPDATE sync_connection
SET not_before = GREATEST(not_before, clock_timestamp() + make_interval(secs => %s))
WHERE id = %s
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """`seconds` to wait before the reserved calls may go out, and how many calls they were."""

    seconds: float
    calls: int


def reserve(connection_id: int, calls: int) -> Turn:
    """Takes tokens out of the bucket. It may go below zero; then the wait is the way back up."""
    with database.cursor() as cursor:
        cursor.execute(_RESERVE, [calls, connection_id])
        tokens, rate, held = cursor.fetchone()
    return Turn(max(0.0, -float(tokens) / rate, float(held or 0)), calls)


def give_back(connection_id: int, calls: int) -> None:
    with database.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [calls, connection_id])


def hold(connection_id: int, seconds: float) -> None:
    """Nobody calls for so long: the remote asked for a rest."""
    with database.cursor() as cursor:
        cursor.execute(_HOLD, [seconds, connection_id])


class SharedPace:
    """Paces the calls of one process to a connection. Safe to share between threads.

    A few tokens are reserved at a time, so that a fast connection costs few statements.
    """

    def __init__(
        self, connection_id: int, calls_per_second: int, stopping: threading.Event
    ) -> None:
        self._id = connection_id
        self._at_once = max(1, min(_MOST_AT_ONCE, calls_per_second // 10))
        self._stopping = stopping
        self._lock = threading.Lock()
        self._left = 0
        self._ready_at = 0.0

    def wait(self) -> None:
        """Raises CircuitOpen when the turn is too far away, or when the worker is stopping."""
        with self._lock:
            if self._left == 0:
                self._refill()
            self._left -= 1
            ready_at = self._ready_at
        seconds = ready_at - monotonic()
        if seconds > 0 and self._stopping.wait(seconds):
            raise CircuitOpen("The desk is being stopped; nothing was sent.")

    def hold(self, seconds: float) -> None:
        """Obeys a request to slow down, here and in all other workers."""
        with self._lock:
            self._left = 0
            self._ready_at = monotonic() + seconds
        hold(self._id, seconds)

    def _refill(self) -> None:
        turn = reserve(self._id, self._at_once)
        if turn.seconds > LONGEST_WAIT:
            give_back(self._id, turn.calls)
            raise CircuitOpen(
                "The other system asked for a rest; nothing was sent.", retry_after=turn.seconds
            )
        self._left = turn.calls
        self._ready_at = monotonic() + turn.seconds
