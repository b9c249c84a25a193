"""How fast one flow may call: its own limit, and whom it lets go first.

The bucket of the connection comes last, whatever is set here, so no flow adds to the load. While
calls are scarce, flows of a higher priority leave a mark in the connection's row, and the others
wait as long as the mark is fresh; but never so long that they would stand still.
"""

import threading
from time import monotonic

from django.db import connection as database

from connectors.errors import CircuitOpen
from connectors.sync.limits import SharedPace
from connectors.sync.models import FlowSetting

Priority = FlowSetting.Priority
SCARCE_SECONDS = 0.02
"""A call that waited so long for its turn was one of too many."""
FRESH_SECONDS = 1.0
MARK_SECONDS = 0.3
"""A flow that goes on waiting renews its mark so often."""
LONGEST_WAY = 10.0
"""Seconds a call gives way at most."""
_OWN = """
UPDATE sync_flowsetting SET
    tokens = LEAST(
        GREATEST(1, calls_per_second * 0.2),
        tokens + calls_per_second * GREATEST(
            0, EXTRACT(EPOCH FROM clock_timestamp() - COALESCE(refilled_at, clock_timestamp()))
        )
    ) - %s,
    refilled_at = clock_timestamp()
WHERE flow = %s AND calls_per_second IS NOT NULL
RETURNING -tokens / calls_per_second
"""
_MARK = {
    Priority.HIGH: "UPDATE sync_connection SET high_at = clock_timestamp() WHERE id = %s",
    Priority.NORMAL: "UPDATE sync_connection SET normal_at = clock_timestamp() WHERE id = %s",
}
_LOOK = {
    Priority.NORMAL: "SELECT EXTRACT(EPOCH FROM clock_timestamp() - high_at)"
    " FROM sync_connection WHERE id = %s",
    Priority.LOW: "SELECT EXTRACT(EPOCH FROM clock_timestamp() - GREATEST(high_at, normal_at))"
    " FROM sync_connection WHERE id = %s",
}


class FlowPace:
    """Paces the calls of one flow to one connection. Safe to share between threads."""

    def __init__(
        self,
        inner: SharedPace,
        connection_id: int,
        setting: FlowSetting,
        stopping: threading.Event,
    ) -> None:
        self._inner = inner
        self._id = connection_id
        self._flow = setting.flow
        self._is_limited = setting.calls_per_second is not None
        self._priority = Priority(setting.priority)
        self._stopping = stopping
        self._is_scarce = False
        self._marked_at = 0.0

    def wait(self, calls: int = 1) -> None:
        """Raises CircuitOpen when the turn is too far away, or when the worker is stopping."""
        if self._is_limited:
            self._own_turn(calls)
        if self._is_scarce:
            self._give_way()
        began = monotonic()
        self._inner.wait(calls)
        self._is_scarce = monotonic() - began > SCARCE_SECONDS
        if self._is_scarce:
            self._mark()

    def _own_turn(self, calls: int) -> None:
        with database.cursor() as cursor:
            cursor.execute(_OWN, [calls, self._flow])
            found = cursor.fetchone()
        if found and found[0] > 0:
            self._pause(float(found[0]))

    def _give_way(self) -> None:
        look = _LOOK.get(self._priority)
        until = monotonic() + LONGEST_WAY
        while look and monotonic() < until:
            with database.cursor() as cursor:
                cursor.execute(look, [self._id])
                ago = cursor.fetchone()[0]
            if ago is None or ago >= FRESH_SECONDS:
                return
            self._pause(FRESH_SECONDS - max(0.0, float(ago)))

    def _mark(self) -> None:
        """So that the others know, in this process and in all others."""
        mark = _MARK.get(self._priority)
        if mark is None or monotonic() - self._marked_at < MARK_SECONDS:
            return
        self._marked_at = monotonic()
        with database.cursor() as cursor:
            cursor.execute(mark, [self._id])

    def _pause(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise CircuitOpen("The desk is being stopped; nothing was sent.")
