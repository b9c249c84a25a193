"""Hints that a flow has something to do: one task however many, and none lost while it runs."""

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ

from connectors.sync import asking, runner
from connectors.sync.flow import setting_of
from connectors.sync.flows.consent_from_prima import ConsentFromPrima
from connectors.sync.models import FlowAsk, SyncRun
from connectors.sync.nudges import hint, nudge_consent
from connectors.sync.pausing import go_on, pause
from connectors.sync.tasks import run_flow
from tests.journeys import consent_desk as desk
from tests.journeys.desk import cluster

pytestmark = pytest.mark.django_db(transaction=True)
FLOW = "consent_from_prima"
SLOW = {FLOW: "/consents/changes", "consent_from_sfmc": "/sfmc/soap/"}


@pytest.fixture
def estate():
    with desk.estate() as sandbox:
        yield sandbox


def waiting():
    return [task.task["args"][0] for task in OrmQ.objects.order_by("pk")]


def started(work):
    """A thread with a database connection of its own."""

    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def under_way(flow):
    """As soon as the flow runs."""
    for _ in range(200):
        if SyncRun.objects.filter(flow=flow, status="running").exists():
            return
        time.sleep(0.02)
    raise AssertionError(f"{flow} does not run.")


def test_a_storm_of_hints_is_one_task_in_the_queue_of_the_lane():
    for _ in range(50):
        hint(FLOW)
    hint("orders_to_prima")

    assert sorted(OrmQ.objects.values_list("key", flat=True)) == ["consent", "desk"]
    assert waiting() == [FLOW, "orders_to_prima"]


def test_once_the_flow_has_begun_the_next_hint_is_a_task_again(estate):
    hint(FLOW)
    assert cluster() == 1
    assert waiting() == []

    hint(FLOW)

    assert waiting() == [FLOW]


def test_a_hint_that_is_not_committed_is_nobodys():
    with transaction.atomic():
        hint(FLOW)
        transaction.set_rollback(True)

    assert not OrmQ.objects.exists()
    assert asking.ask(FLOW)


@pytest.mark.parametrize("flow", SLOW)
def test_a_hint_that_comes_while_the_flow_runs_has_it_run_once_more(estate, flow):
    # given: a run that is in the middle of its work
    estate.fault("slow", path=SLOW[flow], seconds=1, times=1)
    first = started(lambda: run_flow(flow))
    under_way(flow)

    # when: a storm, whose one task finds the flow running
    for _ in range(20):
        hint(flow)
    assert waiting() == [flow]
    task = OrmQ.objects.get()
    task.delete()
    assert run_flow(flow) == "not now"
    for _ in range(20):
        hint(flow)
    assert waiting() == []
    first.join()

    # then
    assert waiting() == [flow]
    assert cluster() == 1
    assert SyncRun.objects.filter(flow=flow, status="succeeded").count() == 2
    assert waiting() == []


def test_a_run_of_the_timetable_that_finds_the_flow_running_asks_for_nothing(estate):
    estate.fault("slow", path=SLOW[FLOW], seconds=1, times=1)
    first = started(lambda: run_flow(FLOW))
    under_way(FLOW)

    assert run_flow(FLOW) == "not now"
    first.join()

    assert waiting() == []


def test_a_run_waits_for_those_who_are_just_asking():
    """So that it reads what they wrote, although no task of theirs comes after it."""
    hint(FLOW)
    took = threading.Event()

    def begin():
        asking.take(FLOW)
        took.set()

    with transaction.atomic():
        hint(FLOW)
        run = started(begin)
        assert not took.wait(0.5)
    assert took.wait(5)
    run.join()
    assert FlowAsk.objects.get().asked_at is None


def test_a_task_that_was_lost_is_made_again_after_a_minute():
    hint(FLOW)
    OrmQ.objects.all().delete()

    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        hint(FLOW)
        assert waiting() == []
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        hint(FLOW)

    assert waiting() == [FLOW]


def test_a_run_of_a_few_records_answers_nobody_else(estate):
    hint(FLOW)

    runner.run(FLOW, only=["nobody"])

    assert not asking.ask(FLOW)


def test_a_paused_flow_forgets_who_asked_and_goes_on_when_it_is_let(estate, operations):
    flow = ConsentFromPrima()
    setting_of(flow)
    pause(flow, actor=operations)
    hint(FLOW)
    assert cluster() == 1
    assert not SyncRun.objects.exists()

    go_on(flow, actor=operations)

    assert cluster() == 1
    assert SyncRun.objects.get().status == "succeeded"


def test_other_nudges_stay_as_many_as_they_were():
    nudge_consent("consent_to_sfmc", "consent_to_sfmc")

    assert waiting() == ["consent_to_sfmc"] * 2
