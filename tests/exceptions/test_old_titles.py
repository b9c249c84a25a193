"""Titles that named customers, from before they were made by key, are made anew once."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from exceptions import intake
from exceptions.models import BulkJob, CaseEvent, ExceptionCase
from integration.core.problems import Problem
from tests.factories.findings import finding, unknown_sku

pytestmark = pytest.mark.django_db
MIGRATION = import_module("exceptions.migrations.0005_titles_by_key")
FACTS = {"contact_key": "CK-1", "name": "Ruth Thompson", "email": "ruth@example.com"}
OLD = "Ruth Thompson (contact CK-1) has no account in Prima"


@pytest.fixture
def old_case() -> ExceptionCase:
    problem = Problem("customer_not_found", "No account.", FACTS)
    intake.file_findings([finding("CO-1", problem), finding("CO-2", unknown_sku("W"))])
    cases = ExceptionCase.objects.filter(kind="customer_not_found")
    cases.update(title=OLD)
    return cases.get()


def migrate() -> None:
    with connection.schema_editor() as editor:
        MIGRATION.by_key(apps, editor)


def work(case: ExceptionCase, action: str, title: str, request: dict[str, Any]) -> BulkJob:
    CaseEvent.objects.create(
        case=case, at=timezone.now(), actor_name="Olive", action="acted", note=title
    )
    job: BulkJob = BulkJob.objects.create(
        title=title, action=action, case=case, created_at=timezone.now(),
        payload={"request": request, "rows": []}, results=[{"record": title, "why": "Given up."}],
    )  # fmt: skip
    return job


def test_cases_are_called_by_key_and_the_others_stay(old_case, client_for, auditor):
    told = list(ExceptionCase.objects.exclude(pk=old_case.pk).values())
    before = old_case.version

    migrate()

    old_case.refresh_from_db()
    assert old_case.title == "Contact CK-1 has no account in Prima"
    assert old_case.version == before
    assert list(ExceptionCase.objects.exclude(pk=old_case.pk).values()) == told
    page = client_for(auditor).get(reverse("queue", args=["customer_not_found"]))
    assert "Thompson" not in page.content.decode()


def test_a_title_of_a_kind_that_is_gone_stays(old_case):
    ExceptionCase.objects.update(kind="kind_of_before")

    migrate()

    assert ExceptionCase.objects.filter(title=OLD).count() == 1


def test_cases_go_in_batches_and_one_statement_each(old_case, django_assert_num_queries):
    row: dict[str, Any] = {**ExceptionCase.objects.filter(pk=old_case.pk).values().get()}
    del row["id"]
    ExceptionCase.objects.bulk_create(
        ExceptionCase(**{**row, "fingerprint": f"{number:064}"}) for number in range(2_000)
    )

    # Three batches are read and written, a fourth is empty, and the work of before is one more.
    with django_assert_num_queries(3 * 2 + 1 + 1):
        MIGRATION.by_key(apps, type("Editor", (), {"connection": connection}))

    assert not ExceptionCase.objects.filter(title__contains="Thompson").exists()


def test_what_was_asked_of_prima_is_called_by_key(old_case, client_for, auditor):
    opened = work(
        old_case, "create_account", "Open an account for Ruth Thompson",
        {"contact": "CK-1", "account": {"account_name": "Ruth Thompson"}},
    )  # fmt: skip
    number = work(
        old_case, "set_tax_number", "Set tax number GB980780684 at account A1",
        {"account": "A1", "number": "GB980780684"},
    )  # fmt: skip
    other = work(old_case, "link_customer", "Link contact CK-1 to A1", {"account": "A1"})

    migrate()

    for job in (opened, number, other):
        job.refresh_from_db()
        assert job.results[0]["record"] == job.title
    assert opened.title == "Open an account for contact CK-1"
    assert number.title == "Set the tax number of account A1"
    assert other.title == "Link contact CK-1 to A1"
    notes = set(CaseEvent.objects.filter(action="acted").values_list("note", flat=True))
    assert notes == {opened.title, number.title, other.title}
    for address in (reverse("jobs"), reverse("job", args=[opened.pk]),
                    reverse("case", args=[old_case.pk])):  # fmt: skip
        assert "Ruth" not in client_for(auditor).get(address).content.decode(), address
