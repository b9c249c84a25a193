"""The desk end to end: everything read, checked, translated, sent and stored, in this process."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db.models import Count

from connectors.management.measuring.memory import peak_mb
from connectors.management.measuring.report import Tell
from connectors.management.measuring.turns import Leader, Stopwatch
from connectors.sync import runner
from connectors.sync.context import Progress
from connectors.sync.flow import ORDERS
from connectors.sync.models import Connection, SyncItem, SyncRun
from connectors.sync.orders.world_loader import load_reference

A_TURN = 1_000
READING = ("prima_reference", "campaign_orders")
NO_LIMIT = 100_000
"""Calls a second: what is measured is the desk, not the load limit an admin has set."""


class DeskFailed(Exception):
    """A run did not do its work; the text says what it said."""


def measure(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """The `seconds` until all is done, the `connections` it sent over, and `peak_mb`.

    With a folder of `turns`, the floor has one after each thousand orders; the clock stops then.
    """
    Connection.objects.update(calls_per_second=NO_LIMIT)
    bench = _Clocked(Leader(Path(given["turns"])) if given.get("turns") else None, tell)
    for slug in READING:
        bench.run(slug)
    bench.pause()
    reading = bench.watch.seconds
    while bench.run(ORDERS).sent and _waiting():
        continue
    bench.pause()
    bench.close()
    states = dict(SyncItem.objects.order_by().values_list("state").annotate(Count("id")))
    return {
        "seconds": bench.watch.seconds,
        "reading": reading,
        "sending": bench.watch.seconds - reading,
        "sent": states.get(SyncItem.State.SENT, 0),
        "not_sent": sum(states.values()) - states.get(SyncItem.State.SENT, 0),
        "connections": load_reference().capabilities.limits.concurrency,
        "peak_mb": peak_mb(),
    }


class _Clocked:
    """Runs flows by the clock, which stands still while the floor has its turn."""

    def __init__(self, leader: Leader | None, tell: Tell) -> None:
        self.watch = Stopwatch()
        self._leader = leader
        self._tell = tell
        self._paused_at = 0

    def run(self, slug: str) -> SyncRun:
        self._tell(slug)
        self._paused_at = 0
        self.watch.start()
        row = runner.run(slug, started_by="bench", watch=self._seen if slug == ORDERS else _skip)
        self.watch.stop()
        if row is None or row.status in (SyncRun.Status.FAILED, SyncRun.Status.STOPPED):
            raise DeskFailed(f"{slug}: {row.message if row else 'it is switched off'}")
        return row

    def pause(self) -> None:
        if self._leader is not None:
            self._leader.give()

    def close(self) -> None:
        if self._leader is not None:
            self._leader.close()

    def _seen(self, progress: Progress) -> None:
        """Called between batches, when no call is under way."""
        self._tell(f"{progress.done:,} of {progress.total or 0:,}")
        if progress.done - self._paused_at >= A_TURN:
            self._paused_at = progress.done
            self.watch.stop()
            self.pause()
            self.watch.start()


def _skip(progress: Progress) -> None:
    """Reading is one turn, however much there is."""


def _waiting() -> bool:
    return SyncItem.objects.filter(flow=ORDERS, state=SyncItem.State.WAITING).exists()
