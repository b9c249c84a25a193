"""Who opens the desk is told that its background work stands still, and what to do first."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import Schedule

from connectors.sync import timetable
from connectors.sync.flow import ORDERS
from connectors.sync.models import Connection, SyncItem
from integration.accounts.models import User
from integration.mapping.models import ValueMapping
from tests.factories.people import PersonFactory

SignIn = Callable[[User], Client]


@pytest.fixture
def going(db: None) -> None:
    timetable.synchronise()
    Schedule.objects.update(next_run=timezone.now())


def page(client_for: SignIn, person: User, name: str) -> str:
    return client_for(person).get(reverse(name)).content.decode()


@pytest.mark.usefixtures("going")
@pytest.mark.parametrize("name", ["home", "syncs", "consent"])
def test_nothing_is_said_while_the_work_goes_on(
    client_for: SignIn, operations: User, name: str
) -> None:
    assert "stands still" not in page(client_for, operations, name)


@pytest.mark.usefixtures("going")
@pytest.mark.parametrize("name", ["home", "syncs", "consent"])
def test_whoever_looks_is_told_since_when_nothing_moves(
    client_for: SignIn, operations: User, name: str
) -> None:
    Schedule.objects.update(next_run=timezone.now() - timedelta(minutes=5))

    shown = page(client_for, operations, name)

    assert "The background work stands still since" in shown
    assert "The background work of opt-outs stands still since" in shown
    assert "Tell whoever runs the desk." in shown


def test_work_that_never_began_is_said_to(client_for: SignIn, auditor: User) -> None:
    assert "The background work has never begun" in page(client_for, auditor, "syncs")


def test_a_desk_that_has_just_begun_says_what_to_do_first(
    client_for: SignIn, admin_person: User
) -> None:
    shown = page(client_for, admin_person, "home")
    assert "This desk has just begun" in shown
    for model in ("sync_connection", "mapping_valuemapping", "accounts_user"):
        assert reverse(f"admin:{model}_changelist") in shown


def test_what_is_done_is_ticked_off(client_for: SignIn, admin_person: User, going: None) -> None:
    # given
    Connection.objects.create(system="prima", base_url="https://x.example/", client_id="c")
    ValueMapping.objects.create(domain="country", source="Blighty", target="GB")
    PersonFactory.create()

    # then
    steps = client_for(admin_person).get(reverse("home")).context["beginning"]
    assert {step.what: step.done for step in steps} == {
        "Start the background work": True,
        "Let people in": True,
        "Connect Marketing Cloud": False,
        "Connect Prima": True,
        "Say what the words of the campaigns mean in Prima": True,
    }


def test_who_cannot_do_it_sees_no_way_into_admin(client_for: SignIn, marketing: User) -> None:
    steps = client_for(marketing).get(reverse("home")).context["beginning"]
    assert [step.url for step in steps if step.url] == []


def test_once_an_order_has_come_nothing_is_said_of_beginning(
    client_for: SignIn, operations: User
) -> None:
    now = timezone.now()
    SyncItem.objects.create(
        flow=ORDERS, external_id="CO-1", state="held", created_at=now, changed_at=now
    )
    assert "This desk has just begun" not in page(client_for, operations, "home")
