"""How far a run is, how fast it goes and how long it still takes."""

from dataclasses import dataclass
from datetime import datetime

from connectors.sync.models import SyncRun
from exceptions.syncs.figure import Figure

LEAST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """`rate` is records a second; `left` seconds, None while nobody can say; `percent` as well.

    A run that succeeded has done all there was to do; what it left was not due yet.
    """

    seconds: float
    rate: float
    left: float | None
    percent: int | None


def figures_of(run: SyncRun) -> list[Figure]:
    return [
        Figure("Seen", run.seen),
        Figure("Sent or stored", run.sent),
        Figure("Unchanged", run.unchanged),
        Figure("Held", run.held),
        Figure("Failed", run.failed),
        Figure("Calls", run.calls),
    ]


def pace_of(run: SyncRun, now: datetime) -> Pace:
    """By the records seen until the last heartbeat."""
    at = run.finished_at or run.heartbeat_at or now
    seconds = max((at - run.started_at).total_seconds(), 0.0)
    rate = run.seen / max(seconds, LEAST_SECONDS)
    was_not_due = run.status == SyncRun.Status.SUCCEEDED and run.seen < (run.total or 0)
    if not run.total or was_not_due:
        return Pace(seconds, rate, None, None)
    open_records = max(run.total - run.seen, 0)
    left = None if run.finished_at or not rate else open_records / rate
    return Pace(seconds, rate, left, min(100, round(100 * run.seen / run.total)))
