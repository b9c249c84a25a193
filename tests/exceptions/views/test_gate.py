"""Every address of the desk is gated, and whoever may not act changes nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exceptions import intake
from exceptions.models import CaseEvent, ExceptionCase
from exceptions.urls import urlpatterns
from integration.audit.models import AuditEntry
from tests.factories.findings import finding, unknown_sku

ARGS: dict[str, list[Any]] = {
    "case": [1],
    "case-of": ["difference", "1"],
    "act": [1, "assign"],
    "queue": ["unknown_sku"],
    "job": [1],
    "job-body": [1],
    "job-part": [1],
    "job-undo": [1],
    "approval": [1],
    "approve": [1],
    "refuse": [1],
    "withdraw": [1],
    "order": ["CO-1"],
    "run": [1],
    "run-now": ["orders_to_prima"],
    "run-body": [1],
    "pause-flow": ["orders_to_prima"],
    "continue-flow": ["orders_to_prima"],
    "mapping-preview": ["productmapping"],
    "manual-page": ["cases"],
}
NAMES = [str(pattern.name) for pattern in urlpatterns]
READING = [
    "home",
    "cases",
    "queue",
    "orders",
    "approvals",
    "jobs",
    "search",
    "syncs",
    "sync-load",
    "manual",
]


@pytest.fixture
def case(db: None) -> ExceptionCase:
    intake.file_findings([finding("CO-1", unknown_sku("WARRANTY-3Y"))])
    return ExceptionCase.objects.get()


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_nobody_gets_in_without_signing_in(name):
    response = Client().get(reverse(name, args=ARGS.get(name, [])))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("who", ["operations", "finance", "marketing", "admin_person", "auditor"])
@pytest.mark.parametrize("name", READING)
def test_every_role_may_read(name, who, request, client_for):
    client = client_for(request.getfixturevalue(who))

    assert client.get(reverse(name, args=ARGS.get(name, []))).status_code == 200


@pytest.mark.parametrize(
    "name", ["approve", "refuse", "withdraw", "job-undo", "run-now", "pause-flow", "continue-flow"]
)
def test_what_changes_something_answers_only_to_post(name, client_for, operations):
    client = client_for(operations)

    assert client.get(reverse(name, args=ARGS.get(name, []))).status_code == 405


@pytest.mark.parametrize("action", ["assign", "snooze", "dismiss", "retry", "comment"])
def test_an_auditor_changes_nothing(action, client_for, auditor, case):
    response = client_for(auditor).post(
        reverse("act", args=[case.pk, action]), {"version": case.version, "reason": "x"}
    )

    assert response.status_code == 403
    case.refresh_from_db()
    assert case.version == 1
    assert CaseEvent.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_an_auditor_may_not_act_on_many(client_for, auditor, case):
    response = client_for(auditor).post(
        reverse("bulk"), {"action": "dismiss", "pk": [case.pk], "confirm": "1", "reason": "x"}
    )

    assert response.status_code == 403
    assert ExceptionCase.objects.get().status == "open"


def test_a_post_without_its_token_is_refused(operations, case):
    client = Client(enforce_csrf_checks=True)
    client.force_login(operations)

    response = client.post(reverse("act", args=[case.pk, "comment"]), {"text": "hello"})

    assert response.status_code == 403
    assert not CaseEvent.objects.filter(action__startswith="comment").exists()


def test_pages_forbid_inline_code_and_framing(client_for, operations):
    response = client_for(operations).get(reverse("home"))

    policy = response["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert " style=" not in response.content.decode()
