"""Batches in line: one is made ready while another is being sent."""

import pytest

from connectors.sandbox.running import RunningSandbox
from connectors.sync import runner
from connectors.sync.models import FlowSetting, SyncItem, SyncRun
from tests.connectors.sync.desk import booked_in_prima, states


@pytest.fixture
def small_batches(happy_day: RunningSandbox) -> RunningSandbox:
    """Sixty orders wait; they go in batches of seven."""
    for flow in ("prima_reference", "campaign_orders"):
        runner.run(flow)
    FlowSetting.objects.update_or_create(
        flow="orders_to_prima", defaults={"batch_size": 7, "every_minutes": 1}
    )
    return happy_day


def test_every_batch_is_sent_once(small_batches: RunningSandbox):
    run = runner.run("orders_to_prima")
    assert run is not None
    assert (run.status, run.seen, run.sent) == (SyncRun.Status.SUCCEEDED, 60, 60)
    assert len(set(booked_in_prima(small_batches))) == 60
    assert states() == {"sent": 60}


def test_a_batch_that_was_made_ready_waits_again_when_the_run_ends_before_its_turn(
    small_batches: RunningSandbox,
):
    # given: Prima fails for good
    small_batches.fault("server_error", path="/prima/v1/main/sales-orders*", times=1000)
    # when
    run = runner.run("orders_to_prima")
    # then: nobody holds an order, and no order is blamed
    assert run is not None
    assert run.status == SyncRun.Status.FAILED
    assert states() == {"waiting": 60}
    assert not SyncItem.objects.exclude(lease_owner="").exists()
    assert not SyncItem.objects.filter(crashes__gt=0).exists()
    assert SyncItem.objects.filter(in_doubt=True).count() <= 7
