"""The circuit breaker of a connection: state in its row, shared by all workers.

Closed: calls go out, failures in a row are counted. Open: nothing goes out until `open_until`.
Half-open: one worker sends a probe; its outcome closes the circuit or opens it for longer.
"""

import threading
from time import monotonic

from django.db import connection as database

from connectors.errors import CircuitOpen, Throttled, TransientError
from connectors.sync.limits import CONNECTION, SharedPace, Table

OPENS_AFTER = 5
FIRST_REST = 20.0
LONGEST_REST = 300.0
PROBE_SECONDS = 60.0
FRESH_SECONDS = 1.0
UNASKED_HOLD = 5.0
"""Seconds of rest when a system is too busy but does not say for how long."""

_LOOK = """
SELECT failures, EXTRACT(EPOCH FROM open_until - clock_timestamp())
FROM {table} WHERE id = %s
"""
_PROBE = """
UPDATE {table} SET open_until = clock_timestamp() + make_interval(secs => %s)
WHERE id = %s AND open_until <= clock_timestamp()
RETURNING id
"""
_FAILED = """
UPDATE {table} SET
    failures = failures + 1,
    open_until = CASE WHEN failures + 1 < %s THEN NULL ELSE
        clock_timestamp()
        + make_interval(secs => LEAST(%s, %s * power(2, LEAST(failures + 1 - %s, 10)))) END
WHERE id = %s
RETURNING failures, EXTRACT(EPOCH FROM open_until - clock_timestamp())
"""
_CLOSE = "UPDATE {table} SET failures = 0, open_until = NULL WHERE id = %s"


class SharedBreaker:
    """Safe to share between threads. What the row says is believed for a second."""

    def __init__(self, row: int, name: str, pace: SharedPace, table: Table = CONNECTION) -> None:
        self._id = row
        self._table: Table = table
        self._name = name
        self._pace = pace
        self._lock = threading.Lock()
        self._looked_at = 0.0
        self._failures = 0
        self._open_for: float | None = None

    def before(self) -> None:
        """Raises CircuitOpen while the connection rests, unless this call is the probe."""
        with self._lock:
            if monotonic() - self._looked_at > FRESH_SECONDS or self._open_for is not None:
                self._look()
            if self._open_for is None or self._is_probe():
                return
            wait = max(1.0, self._open_for)
        raise CircuitOpen(
            f"{self._name} failed several times and is given a rest; nothing was sent.",
            retry_after=wait,
        )

    def success(self) -> None:
        with self._lock:
            if self._failures == 0 and self._open_for is None:
                return
            with database.cursor() as cursor:
                cursor.execute(_CLOSE.format(table=self._table), [self._id])
            self._failures, self._open_for = 0, None

    def failure(self, error: TransientError) -> None:
        """A system that asks to slow down is not broken: it is given the rest it asked for."""
        if isinstance(error, Throttled):
            self._pace.hold(UNASKED_HOLD if error.retry_after is None else error.retry_after)
            return
        with self._lock, database.cursor() as cursor:
            values = [OPENS_AFTER, LONGEST_REST, FIRST_REST, OPENS_AFTER, self._id]
            cursor.execute(_FAILED.format(table=self._table), values)
            self._keep(cursor.fetchone())

    def _look(self) -> None:
        with database.cursor() as cursor:
            cursor.execute(_LOOK.format(table=self._table), [self._id])
            self._keep(cursor.fetchone())

    def _keep(self, row: tuple[int, float | None]) -> None:
        self._failures = row[0]
        self._open_for = None if row[1] is None else float(row[1])
        self._looked_at = monotonic()

    def _is_probe(self) -> bool:
        """One caller alone moves the end of the rest on, and is the probe."""
        if self._open_for is None or self._open_for > 0:
            return False
        with database.cursor() as cursor:
            cursor.execute(_PROBE.format(table=self._table), [PROBE_SECONDS, self._id])
            return cursor.fetchone() is not None
