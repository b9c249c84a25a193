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

BATCH = 50
LEASE = timedelta(minutes=5)
MAX_RESULTS = 1_000
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

    `action` names the step that works off the rows, `args` is what it needs besides.
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


def work_off(pk: int, step: Step) -> None:
    """Works the job off batch by batch, unless another worker has it."""
    job = _claim(pk)
    while job is not None and job.done < job.total:
        rows = job.payload["rows"][job.done : job.done + BATCH]
        failed = step(job, rows)
        _count(job, len(rows), failed)
    if job is not None:
        _finish(job, State.DONE)


def fail(job: BulkJob, why: str) -> None:
    """Ends the job without success, in words."""
    job.results = [*job.results, {"record": job.title, "why": text(why)}]
    _finish(job, State.FAILED)


def lost(now: datetime | None = None) -> list[BulkJob]:
    """Jobs whose worker died, or whose task was lost."""
    moment = now or timezone.now()
    never_begun = Q(state=State.WAITING, created_at__lt=moment - LEASE)
    return list(
        BulkJob.objects.filter(never_begun | Q(state=State.RUNNING))
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=moment))
        .order_by("pk")
    )


def keep(job: BulkJob) -> None:
    """Tells that this worker still has the job."""
    job.lease_until = timezone.now() + LEASE
    BulkJob.objects.filter(pk=job.pk).update(lease_until=job.lease_until)


def _claim(pk: int) -> BulkJob | None:
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
            job.save(update_fields=["state", "started_at", "lease_until"])
    return job


def _count(job: BulkJob, number: int, failed: list[Result]) -> None:
    job.done += number
    job.failed += len(failed)
    job.healed += number - len(failed)
    job.results = [*job.results, *storable(failed)][:MAX_RESULTS]
    job.lease_until = timezone.now() + LEASE
    job.save(update_fields=["done", "failed", "healed", "results", "lease_until", "undo"])


def _finish(job: BulkJob, state: State) -> None:
    job.state = state
    job.finished_at = timezone.now()
    job.lease_until = None
    job.save(update_fields=["state", "finished_at", "lease_until", "results"])
