"""Background tasks. Each only looks at rows, so each may run twice, and at the same time too."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from exceptions import bulk, events, jobs, lifecycle, rework, rows
from exceptions.action import actions
from exceptions.models import BulkJob, ExceptionCase, Occurrence, Status
from exceptions.prima_action import PrimaAction
from exceptions.problems import Refused

STEPS: Mapping[str, jobs.Step] = {
    "orders": rework.orders_step,
    "contacts": rework.contacts_step,
    "reject": rework.reject_step,
    "cases": bulk.cases_step,
    "undo": bulk.undo_step,
    "rows": rows.rows_step,
    "tell": events.tell_step,
    "leave": events.leave_step,
}
KEEP_JOBS = timedelta(days=180)
KEEP_PAYLOADS = timedelta(days=400)
"""Payloads hold personal data; a year and a bit after a case closed nobody needs them."""


def run_job(pk: int) -> None:
    """Works off one job, or goes on where a lost worker stopped."""
    job = jobs.claim(pk)
    if job is None:
        return
    if job.payload["step"] == "prima":
        _ask_prima(job)
    else:
        jobs.work_off(job, STEPS[job.payload["step"]])


def sweep() -> int:
    """Takes up lost jobs and wakes snoozed cases whose time has come."""
    for job in jobs.lost():
        jobs.enqueue(job)
    return lifecycle.wake_due()


def prune() -> None:
    """Removes finished jobs and the payloads of cases closed long ago."""
    now = timezone.now()
    BulkJob.objects.filter(finished_at__lt=now - KEEP_JOBS).delete()
    closed = ExceptionCase.objects.filter(
        status__in=[Status.RESOLVED, Status.DISMISSED], closed_at__lt=now - KEEP_PAYLOADS
    )
    Occurrence.objects.filter(case__in=closed, source_payload__isnull=False).update(
        source_payload=None, target_payload=None
    )


def _ask_prima(job: BulkJob) -> None:
    action = actions().get(job.action)
    if not isinstance(action, PrimaAction):
        jobs.fail(job, "This can no longer be done.")
        return
    try:
        action.carry_on(job)
    except Refused:  # The job says why: nobody waits for the answer here.
        return
