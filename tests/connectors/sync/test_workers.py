"""Several workers, killed workers, stopped workers: never a second order, never a lost one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox
from connectors.sync import claims, items, runner
from connectors.sync.delivery import storing
from connectors.sync.delivery.outcome import Delivery, held
from connectors.sync.models import Connection, FlowSetting, SyncItem, SyncRun
from exceptions.models import Occurrence
from integration.core.problems import Problem
from integration.mirror.models import CampaignOrder, PrimaOrder
from tests.connectors.sync.desk import booked_in_prima, hurry, states

A_BATCH = 15
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def arrived(happy_day: RunningSandbox) -> RunningSandbox:
    """The sixty orders are waiting to be sent."""
    for flow in ("prima_reference", "campaign_orders"):
        runner.run(flow)
    happy_day.reset_calls()
    return happy_day


def worker() -> subprocess.Popen[bytes]:
    """Another process that sends orders, on the database of this test."""
    name = str(connection.settings_dict["NAME"])
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "sync", "orders_to_prima"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_NAME": name},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "It never came to that."
        time.sleep(0.05)


def booked(sandbox: RunningSandbox, least: int) -> Callable[[], bool]:
    return lambda: len(booked_in_prima(sandbox)) >= least


def assert_all_once(sandbox: RunningSandbox) -> None:
    keys = CampaignOrder.objects.values_list("key", flat=True)
    assert states() == {"sent": 60}
    assert PrimaOrder.objects.count() == 60
    assert sorted(booked_in_prima(sandbox)) == sorted(keys)
    assert not Occurrence.objects.filter(closed_at__isnull=True).exists()


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing(
    arrived: RunningSandbox,
):
    # given: booked in Prima, and killed before it could store that
    Connection.objects.filter(system="prima").update(calls_per_second=20)
    killed = worker()
    wait_until(booked(arrived, 10))
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    in_prima = len(booked_in_prima(arrived))
    assert states() == {"sending": 60}
    assert PrimaOrder.objects.count() == 0

    # when: the lease runs out
    Connection.objects.filter(system="prima").update(calls_per_second=100_000)
    SyncItem.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    while "waiting" in states() or "sending" in states():
        runner.run("orders_to_prima")

    # then
    assert_all_once(arrived)
    assert PrimaOrder.objects.filter(found=True).count() >= in_prima
    assert set(SyncItem.objects.values_list("crashes", flat=True)) == {0}


@pytest.mark.slow
def test_two_workers_at_once_share_the_orders(arrived: RunningSandbox):
    # given
    FlowSetting.objects.update_or_create(flow="orders_to_prima", defaults={"batch_size": 5})
    Connection.objects.filter(system="prima").update(calls_per_second=30)

    # when
    both = [worker(), worker()]
    codes = [one.wait(timeout=120) for one in both]

    # then
    assert codes == [0, 0]
    assert_all_once(arrived)
    runs = SyncRun.objects.filter(flow="orders_to_prima")
    assert sorted(run.sent > 0 for run in runs) == [True, True]
    assert sum(run.sent for run in runs) == 60


@pytest.mark.slow
def test_a_stopped_worker_finishes_its_calls_and_gives_the_rest_back(arrived: RunningSandbox):
    # given
    Connection.objects.filter(system="prima").update(calls_per_second=10)
    stopped = worker()
    wait_until(booked(arrived, 5))

    # when
    stopped.send_signal(signal.SIGTERM)
    stopped.wait(timeout=20)

    # then
    run = SyncRun.objects.get(flow="orders_to_prima")
    assert run.status == SyncRun.Status.STOPPED
    sent = states()["sent"]
    assert states() == {"sent": sent, "waiting": 60 - sent}
    assert sent == len(booked_in_prima(arrived)) == PrimaOrder.objects.count()
    assert not SyncItem.objects.filter(in_doubt=True).exists()

    # when
    Connection.objects.filter(system="prima").update(calls_per_second=100_000)
    hurry()
    runner.run("orders_to_prima")

    # then
    assert_all_once(arrived)


def test_an_order_that_takes_its_worker_down_twice_is_set_aside(arrived: RunningSandbox):
    # given
    culprit = SyncItem.objects.order_by("id")[3]
    for _ in range(2):
        SyncItem.objects.filter(pk=culprit.pk).update(
            state="working", lease_until=timezone.now() - timedelta(seconds=1), lease_owner="gone"
        )
        claims.take_back("orders_to_prima")

    # when
    runner.run("orders_to_prima")

    # then
    culprit.refresh_from_db()
    assert (culprit.state, culprit.crashes) == ("held", 0)
    assert states() == {"sent": 59, "held": 1}
    assert Occurrence.objects.get().case.kind == "unexpected_failure"


def test_an_item_nudged_while_it_is_judged_is_judged_again(arrived: RunningSandbox):
    # given: every order has a SKU Prima does not know, and it is mapped while they are looked at
    claim = claims.take("orders_to_prima", "me", 1)
    order = CampaignOrder.objects.get(key=claim.items[0].external_id)
    items.requeue("orders_to_prima", [order.key], "a mapping of SKU X")

    # when
    problem = Problem("unknown_sku", "Prima does not know SKU X.", {"sku": "X"})
    storing.store(claim, [held(Delivery(claim.items[0], order), (problem,))])

    # then
    item = SyncItem.objects.get(external_id=order.key)
    assert (item.state, item.reason) == ("waiting", "a mapping of SKU X")
    runner.run("orders_to_prima")
    assert_all_once(arrived)


def test_a_batch_costs_a_dozen_statements_however_large_it_is(arrived: RunningSandbox):
    # given
    def statements(orders: int, batch: int) -> int:
        FlowSetting.objects.update_or_create(flow="orders_to_prima", defaults={"batch_size": batch})
        waiting = SyncItem.objects.filter(state="waiting").order_by("id")
        keys = list(waiting.values_list("external_id", flat=True)[:orders])
        with CaptureQueriesContext(connection) as seen:
            runner.run("orders_to_prima", only=keys)
        assert SyncItem.objects.filter(state="sent", external_id__in=keys).count() == orders
        return len([q for q in seen.captured_queries if not q["sql"].startswith(("BEGIN", "COM"))])

    # when
    one_small, one_large, three = statements(5, 5), statements(25, 25), statements(30, 10)

    # then
    assert one_small == one_large
    assert three - one_large == 2 * A_BATCH
