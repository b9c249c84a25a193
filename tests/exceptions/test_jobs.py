"""Background work: begun with its cause, resumed after a crash, one worker at a time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from exceptions import jobs, tasks
from exceptions.models import BulkJob, ExceptionCase, Status
from integration.accounts.models import User
from tests.factories.cases import case_of

pytestmark = pytest.mark.django_db


def test_a_job_and_its_task_appear_together_or_not_at_all(operations: User) -> None:
    with transaction.atomic():
        jobs.begin("Work", "retry", ["a"], actor=operations, args={"step": "orders"})
        transaction.set_rollback(True)

    assert (BulkJob.objects.count(), OrmQ.objects.count()) == (0, 0)

    jobs.begin("Work", "retry", ["a"], actor=operations, args={"step": "orders"})
    assert (BulkJob.objects.count(), OrmQ.objects.count()) == (1, 1)


def test_a_job_without_rows_is_done(operations: User) -> None:
    job = jobs.begin("Work", "retry", [], actor=operations, args={"step": "orders"})

    assert (job.state, OrmQ.objects.count()) == ("done", 0)


def test_a_killed_job_goes_on_where_it_stopped(operations: User) -> None:
    # given a job of several batches whose worker dies in the third
    rows = [f"CO-{n}" for n in range(jobs.BATCH * 3 + 1)]
    job = jobs.begin("Work", "retry", rows, actor=operations, args={"step": "orders"})
    seen: list[Sequence[Any]] = []

    def dies(claimed: BulkJob, batch: Sequence[Any]) -> list[jobs.Result]:
        if len(seen) == 2:
            jobs.show(claimed, 17)
            raise KeyboardInterrupt
        seen.append(batch)
        return [{"record": batch[0], "why": "Still held."}]

    claimed = jobs.claim(job.pk)
    assert claimed is not None
    with pytest.raises(KeyboardInterrupt):
        jobs.work_off(claimed, dies)
    job.refresh_from_db()
    assert (job.state, job.done) == ("running", jobs.BATCH * 2 + 17)

    # when nobody else may have it yet
    assert jobs.claim(job.pk) is None
    assert jobs.lost() == []

    # when its lease has run out
    later = timezone.now() + jobs.LEASE + timedelta(seconds=1)
    assert jobs.lost(later) == [job]
    BulkJob.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    again = jobs.claim(job.pk)
    assert again is not None

    def works(_job: BulkJob, batch: Sequence[Any]) -> list[jobs.Result]:
        seen.append(batch)
        return []

    jobs.work_off(again, works)

    # then every row was settled once
    job.refresh_from_db()
    assert [row for batch in seen for row in batch] == rows
    assert (job.state, job.done, job.healed, job.failed) == ("done", len(rows), len(rows) - 2, 2)
    assert job.results == [
        {"record": "CO-0", "why": "Still held."},
        {"record": f"CO-{jobs.BATCH}", "why": "Still held."},
    ]


def test_a_finished_job_is_not_done_again(operations: User) -> None:
    job = jobs.begin("Work", "retry", ["a"], actor=operations, args={"step": "orders"})
    BulkJob.objects.filter(pk=job.pk).update(state="done")

    tasks.run_job(job.pk)

    job.refresh_from_db()
    assert job.done == 0


def test_a_hopeless_job_ends_in_words(operations: User) -> None:
    job = jobs.begin("Work", "retry", ["a"], actor=operations, args={"step": "orders"})
    for _ in range(jobs.MAX_TRIES):
        assert jobs.claim(job.pk) is not None
        BulkJob.objects.filter(pk=job.pk).update(lease_until=None)

    assert jobs.claim(job.pk) is None

    job.refresh_from_db()
    assert job.state == "failed"
    assert "given up" in job.results[0]["why"]


def test_the_sweep_wakes_cases_and_takes_up_lost_jobs(operations: User) -> None:
    case = case_of("unknown_sku")
    ExceptionCase.objects.filter(pk=case.pk).update(
        status=Status.SNOOZED, snoozed_until=timezone.now() - timedelta(minutes=1)
    )
    job = jobs.begin("Work", "retry", ["a"], actor=operations, args={"step": "orders"})
    BulkJob.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(hours=1))
    OrmQ.objects.all().delete()

    assert tasks.sweep() == 1

    assert OrmQ.objects.count() == 1


def test_pruning_takes_old_jobs_and_old_payloads_and_keeps_the_case(operations: User) -> None:
    case = case_of("unknown_sku")
    long_ago = timezone.now() - timedelta(days=500)
    ExceptionCase.objects.filter(pk=case.pk).update(status=Status.RESOLVED, closed_at=long_ago)
    jobs.begin("Work", "retry", [], actor=operations, args={"step": "orders"})
    BulkJob.objects.update(finished_at=long_ago)

    tasks.prune()

    assert not BulkJob.objects.exists()
    assert case.occurrences.get().source_payload is None
