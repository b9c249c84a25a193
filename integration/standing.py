"""Whether the background work goes on: what is due is begun, and what waits is taken.

A cluster looks at the timetable twice a minute and at its queue every second. What is late by
minutes is late because nobody works: the cluster is not running, or has stopped doing so. What runs
once a day tells nothing: it counts its days from last night when the timetable is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min
from django.utils import timezone
from django.utils.formats import date_format
from django_q.models import OrmQ, Schedule

DUE = timedelta(minutes=3)
"""Past its time by so much, nobody reads the timetable."""
TAKEN = timedelta(minutes=20)
"""Waiting for so long, nobody takes anything: longer than any task may keep all workers busy."""
CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Standing:
    """A queue whose work stands still. `since` is None where it has never begun."""

    queue: str
    since: datetime | None

    @property
    def title(self) -> str:
        work = "background work of opt-outs" if self.queue == CONSENT else "background work"
        if self.since is None:
            return f"The {work} has never begun"
        at = date_format(timezone.localtime(self.since), "DATETIME_FORMAT")
        return f"The {work} stands still since {at}"

    @property
    def meaning(self) -> str:
        if self.queue == CONSENT:
            return (
                "Whoever said no here is written to no more, but neither system is told of it, "
                "and what people say there is not heard."
            )
        return "No order is read, nothing goes to Prima or Marketing Cloud, nothing is compared."


def still(now: datetime | None = None) -> list[Standing]:
    """The queues that stand still, in two queries; nothing when all is well."""
    now = now or timezone.now()
    usual = str(settings.Q_CLUSTER["name"])
    often = Schedule.objects.exclude(repeats=0).exclude(schedule_type=Schedule.DAILY)
    due = _earliest(often.values_list("cluster").annotate(Min("next_run")))
    if not due:
        return [Standing(usual, None)]
    waiting = _earliest(OrmQ.objects.filter(lock__lte=now).values_list("key").annotate(Min("lock")))
    found: dict[str, datetime] = {}
    for since, longest in ((due, DUE), (waiting, TAKEN)):
        for queue, at in since.items():
            if at < now - longest:
                found[queue or usual] = min(at, found.get(queue or usual, at))
    return [Standing(queue, found[queue]) for queue in sorted(found)]


def _earliest(rows: Iterable[tuple[str | None, datetime | None]]) -> dict[str | None, datetime]:
    return {queue: at for queue, at in rows if at is not None}
