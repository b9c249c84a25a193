"""Work over many records in the background: begun with its cause, resumed when a worker dies.

A job is a row, and the task only says "look at the row". What is done is counted after every batch
in the transaction of the batch, so a job goes on where it stopped, and two workers never share one.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_q.tasks import async_task

from exceptions.models import BulkJob, ExceptionCase
from exceptions.storable import payload as storable
from exceptions.storable import text
from integration.accounts.models import User

BATCH = 200
LEASE = timedelta(minutes=5)
PAUSE = timedelta(minutes=1)
MAX_RESULTS = 1_000
MAX_TRIES = 30
State = BulkJob.State
Result = dict[str, Any]
"""A record that did not go through: {"record": its name, "why": …, "case" or "order": its key}."""
Step = Callable[[BulkJob, Sequence[Any]], list[Result]]
"""Works off one batch; gives the results of those that did not go through."""


def begin(
    title: str,
    action: str,
    rows: Sequence[Any],
    *,
    actor: User | None,
    case: ExceptionCase | None = None,
    args: Mapping[str, Any] | None = None,
) -> BulkJob:
    """Writes the job and its task in the caller's transaction: both appear together or not at all.

    `args` are kept with the rows; "step" in them names what works the rows off.
    """
    now = timezone.now()
    with transaction.atomic():
        job = BulkJob.objects.create(
            title=text(title, 250),
            action=action,
            payload=storable({"rows": list(rows), **(args or {})}),
            actor=actor,
            case=case,
            total=len(rows),
            created_at=now,
            state=State.WAITING if rows else State.DONE,
            finished_at=None if rows else now,
        )
        if rows:
            enqueue(job)
    return job


def enqueue(job: BulkJob) -> None:
    async_task("exceptions.tasks.run_job", job.pk)


def claim(pk: int) -> BulkJob | None:
    """The job for this worker alone; None when it is finished or another worker has it."""
    now = timezone.now()
    with transaction.atomic():
        job = (
            BulkJob.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("actor", "case")
            .filter(pk=pk, state__in=[State.WAITING, State.RUNNING])
            .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))
            .first()
        )
        if job is not None:
            job.state = State.RUNNING
            job.started_at = job.started_at or now
            job.lease_until = now + LEASE
            job.payload = _tried(job)
            job.save(update_fields=["state", "started_at", "lease_until", "payload"])
    if job is not None and job.payload["tries"] > MAX_TRIES:
        fail(job, "It stopped at the same place every time, so it was given up. Do it again later.")
        return None
    return job


def _tried(job: BulkJob) -> dict[str, Any]:
    """Counts how often the job was begun at the same place: a hopeless one must end."""
    at = [job.payload.get("step"), _position(job)]
    tries = job.payload.get("tries", 0) if job.payload.get("at") == at else 0
    return {**job.payload, "at": at, "tries": tries + 1}


def work_off(job: BulkJob, step: Step) -> None:
    """Works the claimed job off batch by batch."""
    while _position(job) < job.total:
        rows = job.payload["rows"][_position(job) :][:BATCH]
        failed = step(job, rows)
        _count(job, len(rows), failed)
    _finish(job, State.DONE)


def fail(job: BulkJob, why: str) -> None:
    """Ends the job without success, in words."""
    job.results = [*job.results, {"record": job.title, "why": text(why)}]
    _finish(job, State.FAILED)


def go_on_with(job: BulkJob, because: str, step: str = "orders") -> None:
    """The other system has done its part: the same job tries what is behind the case again."""
    rows = job.payload["rows"]
    job.payload = {**job.payload, "step": step, "because": because}
    job.total, job.lease_until, job.state = len(rows), None, State.WAITING
    job.save(update_fields=["payload", "total", "lease_until", "state"])
    if rows:
        enqueue(job)
    else:
        _finish(job, State.DONE)


def postpone(job: BulkJob) -> None:
    """Has the job taken up again in a minute."""
    job.state, job.lease_until = State.RUNNING, timezone.now() + PAUSE
    job.save(update_fields=["state", "lease_until"])


def lost(now: datetime | None = None) -> list[BulkJob]:
    """Jobs whose worker died, or whose task was lost."""
    moment = now or timezone.now()
    never_begun = Q(state=State.WAITING, created_at__lt=moment - LEASE)
    return list(
        BulkJob.objects.filter(never_begun | Q(state=State.RUNNING))
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=moment))
        .order_by("pk")
    )


def show(job: BulkJob, number: int) -> None:
    """Moves the progress bar within a batch, and tells that this worker still has the job.

    Only the bar moves: a worker that goes on with the job begins the batch again.
    """
    told = min(_position(job) + number, job.total)
    BulkJob.objects.filter(pk=job.pk).update(done=told, lease_until=timezone.now() + LEASE)


def _position(job: BulkJob) -> int:
    """How many rows are settled. `done` may be ahead of it within a batch."""
    return job.healed + job.failed


def _count(job: BulkJob, number: int, failed: list[Result]) -> None:
    job.failed += len(failed)
    job.healed += number - len(failed)
    job.done = _position(job)
    job.results = [*job.results, *storable(failed)][:MAX_RESULTS]
    job.lease_until = timezone.now() + LEASE
    job.save(update_fields=["done", "failed", "healed", "results", "lease_until", "undo"])


def _finish(job: BulkJob, state: State) -> None:
    job.state = state
    job.finished_at = timezone.now()
    job.lease_until = None
    job.save(update_fields=["state", "finished_at", "lease_until", "results"])
