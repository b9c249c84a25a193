"""Customers of a small shop hear of their orders, and people help where nobody could be told."""

import pytest

from connectors.sandbox.scenarios import happy_day
from connectors.sync.models import OrderEvent
from exceptions.models import ExceptionCase
from integration.audit.models import AuditEntry
from integration.mapping.models import MilestoneEvent
from integration.mirror.models import PrimaOrder
from tests.connectors.sync.order_events.orders import heard, listen, move
from tests.journeys.desk import case_of, cluster, desk, sync

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stuck(transactional_db: None):
    """Three orders are despatched, and admin has a wrong key for that."""
    with desk(happy_day.build(orders=6)) as sandbox:
        sync()
        listen()
        MilestoneEvent.objects.filter(milestone="despatched").update(event_definition="wrong")
        for order in PrimaOrder.objects.order_by("pk")[:3]:
            move(sandbox, order, "despatch")
        listen()
        yield sandbox


def test_a_corrected_key_and_one_click_tell_everybody(stuck, marketing, at):
    case = case_of("event_refused")
    assert case.open_count == 3
    MilestoneEvent.objects.filter(milestone="despatched").update(
        event_definition="order-despatched"
    )

    said = at(marketing).act(case, "tell_customers")
    cluster()

    assert said == "Telling of 3 order events in the background."
    case.refresh_from_db()
    assert (case.status, case.open_count) == ("resolved", 0)
    assert heard().count("despatched") == 3
    assert heard().count("accepted") == 6


def test_what_is_of_no_use_any_more_is_left_with_a_reason(stuck, marketing, at):
    case = case_of("event_refused")

    at(marketing).act(case, "pass_events", reason="Told by telephone")
    cluster()

    case.refresh_from_db()
    assert case.status == "resolved"
    assert "despatched" not in heard()
    reasons = set(
        OrderEvent.objects.filter(milestone="despatched").values_list("reason", flat=True)
    )
    assert len(reasons) == 1
    assert "Told by telephone" in reasons.pop()
    assert AuditEntry.objects.filter(action="order event passed over").count() == 3


def test_who_may_not_work_on_cases_changes_nothing(stuck, auditor, client_for):
    case = ExceptionCase.objects.get()
    before = list(OrderEvent.objects.order_by("pk").values())

    for action in ("tell_customers", "pass_events"):
        page = client_for(auditor).post(
            f"/cases/{case.pk}/do/{action}/", {"version": case.version, "reason": "No"}
        )
        assert page.status_code == 403

    assert list(OrderEvent.objects.order_by("pk").values()) == before
