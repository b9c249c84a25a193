"""A no travels: from either side to the other, out of every journey, and with its proof."""

import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from connectors.sync import connections
from connectors.sync.flows.consent_from_prima import EVERYTHING
from connectors.sync.flows.consent_from_sfmc import LOOKED_AFTER
from connectors.sync.models import Cursor, Notification, NotificationCallback
from exceptions.models import ExceptionCase
from integration.consent import projection
from integration.consent.models import ConsentEvent, Propagation
from integration.consent.suppression import allowed
from integration.identity import keys
from integration.records.audience import Recipient
from tests.factories.consent import wording
from tests.journeys import consent_desk as desk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SOAP_CALLS = 4
"""A batch: a look, the status of those who are there, those who are not, and reading all back."""
ANN = Recipient("CK-ann", email="ann@example.com")


@pytest.fixture
def estate():
    with desk.estate() as sandbox:
        yield sandbox


def test_a_no_in_the_portal_of_prima_ends_everything_in_marketing_cloud(estate):
    desk.let_in("ann", "ben")
    desk.says_no_in_the_portal(estate, "ann")

    desk.sync("consent_from_prima")
    assert not allowed([ANN], "email", "marketing").cleared
    desk.until_confirmed()

    assert desk.status("ann") == "Unsubscribed"
    assert desk.row_of("ann")["emailconsent"] == "False"
    assert desk.row_of("ann")["consentsource"] == "prima desk"
    assert desk.journeys_of("ann") == []
    assert desk.journeys_of("ben") == sorted(desk.JOURNEYS)
    assert desk.status("ben") == "Active"
    row = Propagation.objects.get(target="sfmc")
    moments = [row.seen_at, row.written_at, row.left_at, row.confirmed_at]
    assert None not in moments
    assert moments == sorted(moments, key=str)
    assert {entry["journey"] for entry in row.journeys} == set(desk.JOURNEYS)
    assert row.contacts == ["CK-ann"]


@pytest.mark.slow
def test_one_run_waits_for_a_journey_that_takes_its_time_to_let_somebody_go():
    with desk.estate(async_seconds=5) as sandbox:
        desk.let_in("ann")
        desk.says_no_in_the_portal(sandbox, "ann")
        desk.sync("consent_from_prima")

        desk.sync("consent_to_sfmc")

        assert desk.journeys_of("ann") == []
        assert desk.steps("sfmc") == ["done"]
        assert Propagation.objects.get(target="sfmc").last_error == ""


def test_a_link_that_was_followed_reaches_prima_and_the_echo_is_no_news(estate):
    desk.let_in("ben")
    desk.follows_the_link("ben")

    desk.until_confirmed()

    assert desk.at_prima_is("ben") == "opt_out"
    assert desk.journeys_of("ben") == []
    assert desk.row_of("ben")["emailconsent"] == "False"
    desk.sync()
    desk.until_confirmed()
    assert ConsentEvent.objects.count() == 1
    assert not ExceptionCase.objects.exists()
    assert projection.differences() == []


def test_a_no_in_prima_does_not_come_back_as_news_from_marketing_cloud(estate):
    desk.says_no_in_the_portal(estate, "ann")

    desk.until_confirmed()
    desk.sync()

    assert ConsentEvent.objects.count() == 1
    assert Propagation.objects.count() == 2


def test_a_no_of_everybody_with_the_same_address_is_written_to_all_of_them():
    twins = [
        {"key": "CK-ann", "email": "ann@example.com"},
        {"key": "CK-ann-2", "email": "Ann@example.com"},
    ]
    with desk.estate(1, subscribers=twins) as sandbox:
        desk.says_no_in_the_portal(sandbox, "ann")
        desk.until_confirmed()

        assert desk.status("ann") == desk.status("ann-2") == "Unsubscribed"


def test_a_no_is_no_change_of_an_address_even_of_a_contact_nobody_has_read_yet():
    two = [
        {"key": "CK-ann", "email": "ann@example.com"},
        {"key": "CK-ann-2", "email": "ann@work.example"},
    ]
    with desk.estate(1, subscribers=two) as sandbox:
        keys.link("CK-ann-2", "A-ANN", method="test", actor=None)
        desk.says_no_in_the_portal(sandbox, "ann")
        desk.until_confirmed()

        assert desk.status("ann") == desk.status("ann-2") == "Unsubscribed"
        assert desk.address("ann") == "ann@example.com"
        assert desk.address("ann-2") == "ann@work.example"


def test_who_is_no_subscriber_yet_is_made_one_that_said_no_and_the_batch_stays_one():
    people = 20
    there = [
        {"key": f"CK-{name}", "email": f"{name}@example.com"}
        for name in map(desk.name_of, range(people))
        if name != "ann"
    ]
    with desk.estate(people, subscribers=there) as sandbox:
        for name in map(desk.name_of, range(people)):
            desk.says_no_in_the_portal(sandbox, name)
        desk.sync("consent_from_prima")
        sandbox.reset_calls()
        desk.sync("consent_to_sfmc")

        soap = {call: many for call, many in sandbox.calls().items() if "/soap/" in call}
        assert list(soap.values()) == [SOAP_CALLS]
        desk.until_confirmed()
        assert {desk.status(desk.name_of(number)) for number in range(people)} == {"Unsubscribed"}
        assert desk.address("ann") == "ann@example.com"


def test_a_subscriber_whose_making_was_not_answered_is_not_made_twice_and_keeps_the_no():
    there = [{"key": "CK-ben", "email": "ben@example.com"}]
    with desk.estate(2, subscribers=there) as sandbox:
        sandbox.fault("server_error", path="/sfmc/soap.*#create", when="after")
        desk.says_no_in_the_portal(sandbox, "ann")
        desk.says_no_in_the_portal(sandbox, "ben")
        desk.sync("consent_from_prima", "consent_to_sfmc")
        assert "write" in desk.steps("sfmc")

        desk.until_confirmed()

        assert desk.status("ann") == desk.status("ben") == "Unsubscribed"
        assert desk.address("ann") == "ann@example.com"
        # What had no answer may have been their own doing; what was answered before was not.
        theirs = ConsentEvent.objects.filter(source_system="sfmc")
        assert [event.source_ref for event in theirs] == ["CK-ann"]


def test_an_evidenced_yes_travels_and_a_flag_does_not(estate):
    wording()
    desk.says_no_in_the_portal(estate, "ann", occurred_at=desk.moment(hours=2))
    desk.until_confirmed()
    evidence = {"method": "form", "wording_version": "newsletter 3", "evidence_ref": "form 9"}
    desk.says_no_in_the_portal(
        estate, "ann", action="opt_in", occurred_at=desk.moment(hours=1), **evidence
    )
    desk.says_no_in_the_portal(
        estate,
        "ben",
        action="opt_in",
        **{**evidence, "wording_version": "nobody kept this"},
    )

    desk.until_confirmed()

    assert desk.status("ann") == "Active"
    assert desk.row_of("ann")["emailconsent"] == "True"
    assert desk.row_of("ben") == {}
    assert ExceptionCase.objects.get().kind == "unsupported_opt_in"


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_no_in_prima_is_heard_although_a_yes_nobody_can_prove_hides_it(order, estate):
    unproven = {"method": "flag", "wording_version": "nobody kept this", "evidence_ref": "none"}
    if order == "after":
        desk.says_no_in_the_portal(estate, "ann", action="opt_in", **unproven)
    desk.says_no_in_the_portal(estate, "ann", occurred_at=desk.moment(minutes=30))
    if order == "before":
        desk.says_no_in_the_portal(estate, "ann", action="opt_in", **unproven)
    assert desk.at_prima_is("ann") == "opt_in"

    desk.sync("consent_from_prima")
    assert not allowed([ANN], "email", "marketing").cleared
    desk.until_confirmed()

    assert desk.status("ann") == "Unsubscribed"
    assert desk.at_prima_is("ann") == "opt_out"
    assert ConsentEvent.objects.filter(action="opt_out").count() == 1


def test_a_restored_backup_of_prima_brings_no_yes_back(estate):
    wording()
    evidence = {"method": "form", "wording_version": "newsletter 3", "evidence_ref": "form 9"}
    yes = {
        "event_id": "yes-1",
        "action": "opt_in",
        "occurred_at": desk.moment(days=3),
        **evidence,
    }
    desk.says_no_in_the_portal(estate, "ann", **yes)
    desk.until_confirmed()
    desk.follows_the_link("ann")
    desk.until_confirmed()
    assert desk.at_prima_is("ann") == "opt_out"

    estate.server.front.apps["prima"].reload()
    desk.says_no_in_the_portal(estate, "ann", **yes)
    assert desk.at_prima_is("ann") == "opt_in"
    Cursor.objects.filter(flow=EVERYTHING).update(moved_at=timezone.now() - timedelta(days=2))
    desk.until_confirmed()

    assert not allowed([ANN], "email", "marketing").cleared
    assert desk.status("ann") == "Unsubscribed"
    assert desk.at_prima_is("ann") == "opt_out"
    assert ConsentEvent.objects.filter(action="opt_in").count() == 1


def test_notifications_are_registered_signed_and_taken_once(estate, live_server, capsys):
    call_command("register_notifications", "--url", live_server.url)
    row = NotificationCallback.objects.get()
    assert row.status == "subscribed"
    assert row.signature_key
    assert row.verification_key == ""

    desk.follows_the_link("cy")
    kept = _kept(1)
    assert kept.events == 1
    desk.until_confirmed()

    assert ConsentEvent.objects.get().event_id.startswith("sfmc:told:")
    assert desk.at_prima_is("cy") == "opt_out"


def test_a_registration_that_is_run_again_changes_nothing(estate, live_server):
    call_command("register_notifications", "--url", live_server.url)
    before = NotificationCallback.objects.values().get()

    call_command("register_notifications")

    after = NotificationCallback.objects.values().get()
    assert after == before


def test_a_paused_subscription_is_set_going_again_and_a_lost_one_is_a_case(estate, live_server):
    # given
    call_command("register_notifications", "--url", live_server.url)
    row = NotificationCallback.objects.get()
    client = connections.sfmc()
    (ours,) = client.notifications.subscriptions(row.callback_id)
    client.notifications._calls.send(
        "PUT",
        "/platform/v1/ens-subscriptions",
        [{"subscriptionId": ours.id, "status": "paused"}],
    )

    # when
    desk.sync("consent_from_sfmc")

    # then
    (again,) = client.notifications.subscriptions(row.callback_id)
    assert again.status == "active"

    # when: somebody removes it, and an hour later it is missed
    client.notifications.delete_callback(row.callback_id)
    client.close()
    Cursor.objects.filter(flow__in=[LOOKED_AFTER, "consent_sweep"]).update(
        moved_at=timezone.now() - timedelta(hours=2)
    )
    desk.sync("consent_from_sfmc")
    assert ExceptionCase.objects.get().kind == "consent_subscription"


def test_after_a_new_key_the_notifications_still_come(estate, live_server):
    call_command("register_notifications", "--url", live_server.url)
    call_command("register_notifications", "--new-key")

    desk.follows_the_link("cy")

    assert _kept(1).events == 1


def test_an_address_that_does_not_answer_is_a_case_and_healed_by_the_next_try(estate, live_server):
    with pytest.raises(CommandError):
        call_command("register_notifications", "--url", "http://127.0.0.1:9")
    assert ExceptionCase.objects.get().kind == "consent_subscription"
    assert NotificationCallback.objects.get().status == "broken"

    call_command("register_notifications", "--url", live_server.url)

    assert ExceptionCase.objects.get().status == "resolved"


def _kept(count: int) -> Notification:
    """The newest message, as soon as so many have come."""
    for _ in range(100):
        if Notification.objects.count() >= count:
            break
        time.sleep(0.05)
    return Notification.objects.latest("pk")
