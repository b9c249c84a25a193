"""Refused rows are sent again from their case."""

import pytest
from django_q.models import OrmQ

from connectors.sync.models import OutgoingRow
from connectors.sync.outgoing import staging
from exceptions.action import actions
from exceptions.intake import file_findings
from exceptions.models import ExceptionCase
from exceptions.problems import NotAllowed, NotPossible
from integration.accounts.models import User
from integration.core.problems import Finding, Problem, Subject
from tests.journeys.desk import cluster


@pytest.fixture
def refused(db: None) -> ExceptionCase:
    """Two products that Marketing Cloud refused with the same words."""
    staging.stage("product", [{"sku": sku, "name": "Far too long"} for sku in ("A", "B")])
    for row in OutgoingRow.objects.all():
        OutgoingRow.objects.filter(pk=row.pk).update(refused_hash=row.content_hash)
        problem = Problem("row_refused", "Too long.", {"table": "PRIMA_Product", "reason": "long"})
        file_findings([Finding(Subject("sfmc", "product row", row.key), (problem,), "product")])
    return ExceptionCase.objects.get()


def test_all_rows_of_the_case_go_again(refused: ExceptionCase, marketing: User) -> None:
    done = actions()["send_rows_again"].take(refused, {}, actor=marketing, version=refused.version)

    assert done.message == "Sending 2 rows again in the background."
    assert not OutgoingRow.objects.filter(refused_hash="again").exists()
    cluster()
    assert not OutgoingRow.objects.exclude(refused_hash="again").exists()


def test_who_only_looks_cannot(refused: ExceptionCase, auditor: User) -> None:
    with pytest.raises(NotAllowed):
        actions()["send_rows_again"].take(refused, {}, actor=auditor, version=refused.version)

    assert not OutgoingRow.objects.filter(refused_hash="again").exists()
    assert not OrmQ.objects.exists()


def test_nothing_is_sent_when_no_row_waits(refused: ExceptionCase, marketing: User) -> None:
    refused.occurrences.all().delete()

    with pytest.raises(NotPossible):
        actions()["send_rows_again"].take(refused, {}, actor=marketing, version=None)
