"""The lane of opt-outs: nothing that happens to the connection holds it up."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from django_q.models import OrmQ, Schedule

from connectors.errors import CircuitOpen, ServerFailed
from connectors.sync import connections
from connectors.sync.breaker import OPENS_AFTER, SharedBreaker
from connectors.sync.flow import CONSENT, flows
from connectors.sync.limits import SharedPace, hold
from connectors.sync.models import Connection, Lane
from connectors.sync.nudges import nudge, nudge_consent
from connectors.sync.timetable import synchronise
from integration.schedules import TIMETABLE
from tests.journeys import consent_desk as desk

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]
OURS = {slug for slug, flow in flows().items() if flow.lane == CONSENT}


@pytest.fixture
def estate():
    with desk.estate() as sandbox:
        yield sandbox


def test_the_four_flows_are_in_the_lane_and_their_timetable_in_its_queue():
    assert set(desk.FLOWS) == OURS
    assert {entry.flow for entry in TIMETABLE if entry.cluster == CONSENT} == OURS


def test_an_opt_out_goes_through_while_the_breaker_of_the_connection_is_open(estate):
    for row in Connection.objects.all():
        _break(row)
    desk.says_no_in_the_portal(estate, "ann")

    desk.until_confirmed()

    assert desk.steps("sfmc") == desk.steps("prima") == ["done"]
    client = connections.sfmc()
    with pytest.raises(CircuitOpen):
        client.who_am_i()


def test_an_opt_out_goes_through_while_a_bulk_sync_has_used_up_all_calls(estate):
    Connection.objects.update(calls_per_second=1, tokens=-100_000)
    for row in Connection.objects.all():
        hold(row.pk, 3_600)
    desk.says_no_in_the_portal(estate, "ann")

    desk.until_confirmed()

    assert desk.steps("sfmc") == ["done"]


def test_a_lane_that_rests_does_not_rest_the_connection(estate):
    desk.sync()
    lane = Lane.objects.get(connection__system="sfmc", name=CONSENT)
    Lane.objects.filter(pk=lane.pk).update(failures=9)
    hold(lane.pk, 60, "sync_lane")

    client = connections.sfmc()

    assert client.who_am_i()
    client.close()


def test_a_nudge_goes_into_the_queue_of_the_lane(db):
    nudge_consent("consent_to_sfmc")
    nudge("orders_to_prima")

    assert sorted(OrmQ.objects.values_list("key", flat=True)) == ["consent", "desk"]


def test_the_timetable_names_the_queue(db):
    synchronise()

    ours = Schedule.objects.filter(args__contains="consent_")
    assert {row.cluster for row in ours} == {CONSENT}
    assert ours.count() == 4


def _break(row):
    pace = SharedPace(row.pk, 100, threading.Event())
    breaker = SharedBreaker(row.pk, "it", pace)
    for _ in range(OPENS_AFTER):
        breaker.failure(ServerFailed("It failed."))


@pytest.mark.slow
def test_the_cluster_of_opt_outs_works_off_its_own_queue_and_no_other(estate):
    desk.says_no_in_the_portal(estate, "ann")
    nudge("orders_to_prima")
    nudge_consent("consent_from_prima")
    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "consent_cluster"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_NAME": str(connection.settings_dict["NAME"])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + 60
        while (desk.steps("sfmc"), _waiting()) != (["done"], ["desk"]):
            assert time.monotonic() < end
            assert worker.poll() is None
            time.sleep(0.2)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    assert desk.status("ann") == "Unsubscribed"


def _waiting():
    return list(OrmQ.objects.values_list("key", flat=True))
