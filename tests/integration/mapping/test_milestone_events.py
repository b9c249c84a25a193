"""Which milestone starts which journey is set in admin, dated, audited, and never for marketing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from integration.accounts.models import User
from integration.audit.models import AuditEntry
from integration.mapping.milestones import MilestoneBook
from integration.mapping.models import MilestoneEvent
from integration.records.milestones import Milestone

ADD = "admin:mapping_milestoneevent_add"


def form(**changes: Any) -> dict[str, Any]:
    told = {
        "milestone": "despatched",
        "event_definition": "order-despatched",
        "columns": "{}",
        "latest_after_hours": "72",
        "wait_minutes": "120",
        "service_only": "on",
        "valid_from": "2026-01-01",
        "valid_to": "",
        "note": "",
        **changes,
    }
    return {name: value for name, value in told.items() if value is not None}


def test_an_admin_sets_an_event_and_the_trail_says_so(
    client_for: Callable[[User], Client], admin_person: User
) -> None:
    answer = client_for(admin_person).post(reverse(ADD), form(columns='{"tracking": "TrackNo"}'))

    assert answer.status_code == 302
    rule = MilestoneBook.load().rule(Milestone.DESPATCHED, date(2026, 6, 1))
    assert rule is not None
    assert rule.event_definition == "order-despatched"
    assert (rule.columns["tracking"], rule.columns["carrier"]) == ("TrackNo", "Carrier")
    assert AuditEntry.objects.filter(action="milestone event added").exists()


def test_a_journey_that_advertises_is_refused(
    client_for: Callable[[User], Client], admin_person: User
) -> None:
    answer = client_for(admin_person).post(reverse(ADD), form(service_only=None))

    assert answer.status_code == 200
    assert "service messages only" in answer.content.decode()
    assert not MilestoneEvent.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        MilestoneEvent.objects.create(milestone="accepted", event_definition="sale")


def test_two_events_of_a_milestone_never_overlap(
    client_for: Callable[[User], Client], admin_person: User
) -> None:
    client = client_for(admin_person)
    client.post(reverse(ADD), form(valid_to="2026-06-30"))

    overlapping = client.post(reverse(ADD), form(event_definition="new", valid_from="2026-06-30"))
    after = client.post(reverse(ADD), form(event_definition="new", valid_from="2026-07-01"))

    assert overlapping.status_code == 200
    assert after.status_code == 302
    book = MilestoneBook.load()
    found = [book.rule(Milestone.DESPATCHED, date(2026, month, 30)) for month in (6, 7)]
    assert [rule and rule.event_definition for rule in found] == ["order-despatched", "new"]
    assert book.rule(Milestone.DESPATCHED, date(2025, 12, 31)) is None


@pytest.mark.parametrize("who", ["marketing", "auditor", "operations"])
def test_others_set_nothing(
    request: pytest.FixtureRequest, client_for: Callable[[User], Client], who: str
) -> None:
    answer = client_for(request.getfixturevalue(who)).post(reverse(ADD), form())

    assert answer.status_code in (302, 403)
    assert not MilestoneEvent.objects.exists()
