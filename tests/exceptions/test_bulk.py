"""One action over many cases, chosen by a filter, with a result each, and taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exceptions import bulk, lifecycle, tasks
from exceptions.intake import file_findings
from exceptions.models import BulkJob, ExceptionCase, Status
from exceptions.problems import NotAllowed, NotPossible
from integration.accounts.models import User
from integration.audit.models import AuditEntry
from integration.core.problems import Subject
from tests.factories.cases import case_of
from tests.factories.findings import finding, no_tax_number, unknown_sku

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases() -> list[ExceptionCase]:
    return [case_of("unknown_sku", f"CO-{n}", sku=f"S{n}") for n in range(5)]


def work(job: BulkJob) -> BulkJob:
    tasks.run_job(job.pk)
    job.refresh_from_db()
    return job


def test_a_selection_is_assigned_and_taken_back(
    cases: list[ExceptionCase], operations: User, finance: User
) -> None:
    # when
    everything = ExceptionCase.objects.filter(kind="unknown_sku")
    job = work(bulk.begin("assign", everything, {"to": str(finance.pk)}, actor=operations))

    # then
    assert (job.state, job.total, job.healed, job.failed) == ("done", 5, 5, 0)
    assert set(ExceptionCase.objects.values_list("assignee", flat=True)) == {finance.pk}
    assert AuditEntry.objects.filter(action="case assigned").count() == 5

    # given somebody touches one of them
    lifecycle.assign(cases[0], operations, actor=finance, version=None)

    # when
    undone = work(bulk.undo(job, actor=operations))

    # then the touched one stays, and it is said why
    assert (undone.healed, undone.failed) == (4, 1)
    assert undone.results[0]["record"] == cases[0].title
    assert "changed while you were looking" in undone.results[0]["why"]
    assert ExceptionCase.objects.filter(assignee__isnull=True).count() == 4
    job.refresh_from_db()
    assert bulk.why_not_undo(job, operations) == "There is nothing to take back."


def test_the_form_counts_an_order_behind_several_cases_once(client_for, operations: User) -> None:
    file_findings([finding("CO-1", unknown_sku("A"), unknown_sku("B", 1), no_tax_number("X"))])
    contact = replace(finding("CK-1", unknown_sku("A")), subject=Subject("sfmc", "contact", "CK-1"))
    file_findings([contact])

    page = client_for(operations).post(reverse("bulk"), {"action": "dismiss", "everything": "1"})

    assert "1 order waits behind them." in page.content.decode()


def test_snoozing_many_is_taken_back(cases: list[ExceptionCase], operations: User) -> None:
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    job = work(bulk.begin("snooze", ExceptionCase.objects.all(), {"until": day}, actor=operations))
    assert set(ExceptionCase.objects.values_list("status", flat=True)) == {Status.SNOOZED}

    work(bulk.undo(job, actor=operations))

    assert set(ExceptionCase.objects.values_list("status", "snoozed_until")) == {
        (Status.OPEN, None)
    }


def test_dismissing_many_gives_a_result_each_and_is_taken_back(
    cases: list[ExceptionCase], operations: User
) -> None:
    ExceptionCase.objects.filter(pk=cases[0].pk).update(status=Status.WAITING)
    job = work(
        bulk.begin("dismiss", ExceptionCase.objects.all(), {"reason": "Tests"}, actor=operations)
    )
    assert (job.healed, job.failed) == (4, 1)
    assert job.results == [
        {
            "record": cases[0].title,
            "case": cases[0].pk,
            "why": "“Dismiss” is not possible: the case is awaiting approval.",
        }
    ]

    work(bulk.undo(job, actor=operations))

    assert ExceptionCase.objects.filter(status=Status.OPEN, open_count=1).count() == 4


def test_retrying_many_is_one_job_over_their_orders(
    cases: list[ExceptionCase], operations: User
) -> None:
    case_of("missing_tax_number", "CO-0", "CO-1")

    job = bulk.begin("retry", ExceptionCase.objects.all(), {}, actor=operations)

    assert sorted(job.payload["rows"]) == [f"CO-{n}" for n in range(5)]


def test_a_worker_that_comes_twice_acts_once(
    cases: list[ExceptionCase], operations: User, finance: User
) -> None:
    job = bulk.begin(
        "assign", ExceptionCase.objects.all(), {"to": str(finance.pk)}, actor=operations
    )
    job.refresh_from_db()
    bulk.cases_step(job, job.payload["rows"][:2])

    done = work(job)

    assert done.healed == 5
    assert set(ExceptionCase.objects.values_list("version", flat=True)) == {2}


@pytest.mark.parametrize("slug", ["map_product", "reject_order", "nonsense"])
def test_what_needs_a_look_at_each_case_is_not_done_in_bulk(
    slug: str, cases: list[ExceptionCase], operations: User
) -> None:
    with pytest.raises(NotPossible):
        bulk.begin(slug, ExceptionCase.objects.all(), {}, actor=operations)


def test_who_may_not_is_refused_and_nothing_is_begun(
    cases: list[ExceptionCase], auditor: User
) -> None:
    with pytest.raises(NotAllowed):
        bulk.begin("dismiss", ExceptionCase.objects.all(), {"reason": "x"}, actor=auditor)

    assert not BulkJob.objects.exists()


def test_a_form_that_is_not_filled_in_is_refused(
    cases: list[ExceptionCase], operations: User
) -> None:
    with pytest.raises(NotPossible, match="required"):
        bulk.begin("dismiss", ExceptionCase.objects.all(), {"reason": ""}, actor=operations)


def test_taking_back_has_an_end(
    cases: list[ExceptionCase], operations: User, finance: User
) -> None:
    job = work(
        bulk.begin("assign", ExceptionCase.objects.all(), {"to": str(finance.pk)}, actor=operations)
    )
    BulkJob.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(hours=25))

    with pytest.raises(NotPossible, match="24 hours"):
        bulk.undo(job, actor=operations)
