"""Prima says that something changed, and the desk looks at once; when it does not, the poll finds it."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.models import OrmQ

from connectors.sandbox.running import running
from connectors.sync.connections import Remotes
from connectors.sync.flows.consent_from_prima import LOOKED_AFTER
from connectors.sync.models import Cursor, Exchange, NotificationCallback, PrimaSubscription
from connectors.sync.subscribing import MOST_UNHEARD, NOT_ARRIVING
from exceptions.models import ExceptionCase
from integration.audit.models import AuditEntry
from integration.consent.models import ConsentEvent
from tests.journeys import consent_desk as desk
from tests.journeys.desk import cluster

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def estate():
    with desk.estate() as sandbox:
        yield sandbox


def register(url="", **options):
    said = StringIO()
    given = ["--url", url] if url else []
    call_command("register_notifications", *given, **options, stdout=said)
    return said.getvalue()


@contextmanager
def prima():
    remotes = Remotes(None, threading.Event())
    try:
        yield remotes.prima()
    finally:
        remotes.close()


def subscriptions():
    with prima() as one:
        return one.subscriptions()


def hinted(seconds=5.0):
    """Whether a hint waits, as soon as there is one."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if OrmQ.objects.exists():
            return True
        time.sleep(0.02)
    return False


def heard(seconds=5.0):
    """Whether a notification has been taken, as soon as there is one."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if PrimaSubscription.objects.filter(last_received_at__isnull=False).exists():
            return True
        time.sleep(0.02)
    return False


def looked_after_again():
    Cursor.objects.filter(flow=LOOKED_AFTER).update(moved_at=timezone.now() - timedelta(hours=1))
    desk.sync("consent_from_prima")


def test_a_no_in_the_portal_reaches_marketing_cloud_although_nobody_polls(estate, live_server):
    register(live_server.url)
    desk.let_in("ann")

    desk.says_no_in_the_portal(estate, "ann")
    assert hinted()
    while desk.status("ann") != "Unsubscribed" or desk.journeys_of("ann"):
        assert cluster()

    assert desk.steps("sfmc") == ["done"]
    assert ConsentEvent.objects.get().source_system == "prima"
    row = PrimaSubscription.objects.get()
    assert row.last_received_at is not None
    assert row.refused == 0


def test_a_no_whose_notification_is_lost_is_found_by_the_next_poll(estate, live_server):
    register(live_server.url)
    estate.fault("lost_notes", times=None)

    desk.says_no_in_the_portal(estate, "ann")
    assert not hinted(0.5)
    desk.sync("consent_from_prima")
    while cluster():
        pass

    assert desk.status("ann") == "Unsubscribed"
    assert PrimaSubscription.objects.get().unheard == 1


def test_a_storm_of_notifications_is_a_look_or_two(estate, live_server):
    register(live_server.url)

    for name in desk.PEOPLE * 3:
        desk.says_no_in_the_portal(estate, name)
    assert hinted()
    time.sleep(0.3)
    assert OrmQ.objects.count() == 1
    while cluster():
        pass

    assert estate.calls()["GET /prima/v1/main/consents/changes"] <= 2
    assert {desk.status(name) for name in desk.PEOPLE} == {"Unsubscribed"}


def test_a_registration_that_is_run_again_changes_nothing(estate, live_server):
    said = register(live_server.url)
    assert "Prima: The address is registered" in said
    assert "Marketing Cloud: Unsubscriptions are notified." in said
    before, there = PrimaSubscription.objects.values().get(), subscriptions()
    assert [one.id for one in there] == [before["remote_id"]]
    assert there[0].resources == ("consents",)

    register()

    assert PrimaSubscription.objects.values().get() == before
    assert subscriptions() == there


def test_one_system_may_be_registered_alone_and_the_other_later_at_the_same_address(
    estate, live_server
):
    register(live_server.url, system="sfmc")
    assert not PrimaSubscription.objects.exists()

    register(system="prima")

    assert PrimaSubscription.objects.get().url == f"{live_server.url}/api/v1/inbound/prima"
    assert AuditEntry.objects.filter(action="notifications registered").count() == 2


def test_without_any_address_known_it_asks_for_one(estate):
    with pytest.raises(CommandError, match="--url"):
        register()
    assert not PrimaSubscription.objects.exists()


def test_a_new_address_takes_the_place_of_the_old_one(estate, live_server):
    register("https://old.example", system="prima")
    register(live_server.url, system="prima")

    assert [one.url for one in subscriptions()] == [f"{live_server.url}/api/v1/inbound/prima"]


def test_without_a_registration_there_is_no_key_to_renew(estate):
    with pytest.raises(CommandError, match="Nothing is registered at Prima yet"):
        register(system="prima", new_key=True)
    assert subscriptions() == ()


def test_a_company_the_desk_is_connected_to_no_more_may_hint_at_nothing(estate, live_server):
    PrimaSubscription.objects.create(
        company="before", url=live_server.url, secret="s", created_at=timezone.now()
    )

    register(live_server.url, system="prima")

    assert [row.company for row in PrimaSubscription.objects.all()] == ["main"]


def test_a_new_secret_signs_from_then_on(estate, live_server):
    register(live_server.url)
    before = PrimaSubscription.objects.get()

    register(system="prima", new_key=True)

    after = PrimaSubscription.objects.get()
    assert after.secret != before.secret == after.previous_secret
    assert len(subscriptions()) == 1
    desk.says_no_in_the_portal(estate, "ann")
    assert heard()
    assert PrimaSubscription.objects.get().refused == 0


def test_after_a_restored_backup_of_prima_the_desk_registers_again_by_itself(estate, live_server):
    register(live_server.url)
    desk.sync("consent_from_prima")
    before = PrimaSubscription.objects.get()
    estate.server.front.apps["prima"].reload()
    assert subscriptions() == ()

    looked_after_again()

    (again,) = subscriptions()
    after = PrimaSubscription.objects.get()
    assert after.remote_id == again.id != before.remote_id
    assert after.secret != before.secret
    assert AuditEntry.objects.filter(action="notifications registered again").count() == 1
    assert not ExceptionCase.objects.exists()
    desk.says_no_in_the_portal(estate, "ann")
    assert heard()
    assert not Exchange.objects.filter(request_body__contains=after.secret).exists()


@pytest.mark.parametrize("prima_is", ["well", "down as the desk registers again"])
def test_what_the_feed_of_a_restored_backup_skips_is_read_within_minutes_and_not_within_a_day(
    prima_is, estate, live_server
):
    # given: two changes were read, and a backup without them is brought back
    register(live_server.url)
    for name in ("ann", "dee"):
        desk.says_no_in_the_portal(estate, name)
    desk.until_confirmed()
    estate.server.front.apps["prima"].reload()

    # when: as many changes later, the feed goes on behind them
    for name in ("ben", "cy"):
        desk.says_no_in_the_portal(estate, name)
    desk.sync("consent_from_prima")
    assert ConsentEvent.objects.count() == 2
    if prima_is != "well":
        estate.fault("server_error", path="/subscriptions", method="POST", times=None)
        looked_after_again()
        assert subscriptions() == ()
        estate.clear_faults()
    looked_after_again()
    while cluster():
        pass

    # then
    assert {desk.status(name) for name in desk.PEOPLE} == {"Unsubscribed"}


def test_a_second_subscription_to_our_address_is_ended(estate, live_server):
    register(live_server.url)
    url = PrimaSubscription.objects.get().url
    with prima() as one:
        one.subscribe(url, ["consents"], secret="nobody knows", idempotency_key="stray")
    assert len(subscriptions()) == 2

    looked_after_again()

    assert [one.id for one in subscriptions()] == [PrimaSubscription.objects.get().remote_id]


def test_a_registration_that_stopped_half_way_is_finished_by_itself(estate, live_server):
    register(live_server.url, system="sfmc")
    estate.fault("reset", path="/subscriptions", method="POST", when="after")
    with pytest.raises(CommandError, match="Prima"):
        register(system="prima")
    assert PrimaSubscription.objects.get().status == "broken"
    assert ExceptionCase.objects.get().kind == "consent_subscription"

    looked_after_again()

    assert PrimaSubscription.objects.get().status == "subscribed"
    assert len(subscriptions()) == 1
    assert ExceptionCase.objects.get().status == "resolved"


def test_while_prima_is_down_nothing_is_said_about_the_subscription(estate, live_server):
    register(live_server.url)
    before = PrimaSubscription.objects.values().get()
    estate.fault("server_error", path="/subscriptions")

    looked_after_again()

    assert PrimaSubscription.objects.values().get() == before
    assert not ExceptionCase.objects.exists()


def test_a_prima_that_notifies_nobody_is_polled_and_no_case(live_server):
    told = desk.scenario()
    told["prima"]["capabilities"] = {"resources": {"subscriptions": []}}
    with running(told) as sandbox:
        desk.know(sandbox)
        assert "does not notify" in register(live_server.url, system="prima")
        assert not AuditEntry.objects.filter(action="notifications registered").exists()

        looked_after_again()
        desk.says_no_in_the_portal(sandbox, "ann")
        desk.until_confirmed()

    assert PrimaSubscription.objects.get().status == "not_offered"
    assert ConsentEvent.objects.count() == 1
    assert not ExceptionCase.objects.exists()


def test_one_that_does_not_know_the_call_is_taken_for_one_that_notifies_nobody(estate, live_server):
    estate.fault("server_error", path="/subscriptions", status=501)

    assert "does not notify" in register(live_server.url, system="prima")

    assert PrimaSubscription.objects.get().status == "not_offered"
    register(system="prima")
    assert PrimaSubscription.objects.get().status == "subscribed"


def test_notifications_that_never_arrive_are_a_case_and_the_first_that_does_closes_it(
    estate, live_server
):
    # given: Prima is subscribed to, but cannot reach the desk
    register(live_server.url)
    estate.fault("lost_notes", times=None)
    for name in range(MOST_UNHEARD):
        desk.says_no_in_the_portal(estate, "ann", occurred_at=desk.moment(minutes=name))
        desk.sync("consent_from_prima")

    looked_after_again()

    # then
    case = ExceptionCase.objects.get()
    assert (case.kind, case.status) == ("consent_subscription", "open")
    assert PrimaSubscription.objects.get().message == NOT_ARRIVING

    # when
    estate.clear_faults()
    desk.says_no_in_the_portal(estate, "ben")
    assert heard()
    looked_after_again()

    case.refresh_from_db()
    assert case.status == "resolved"
    assert PrimaSubscription.objects.get().status == "subscribed"


def test_both_systems_are_asked_although_the_first_refuses(estate, live_server):
    estate.fault("server_error", path="/sfmc/.*ens-callbacks", times=2)

    with pytest.raises(CommandError, match="Marketing Cloud"):
        register(live_server.url)

    assert not NotificationCallback.objects.exists()
    assert PrimaSubscription.objects.get().status == "subscribed"
