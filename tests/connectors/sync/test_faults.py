"""Whatever Prima does, each order is in it exactly once, or somebody is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox
from connectors.sync import items, runner
from connectors.sync.models import Connection, Exchange, FlowSetting, SyncItem, SyncRun
from exceptions.models import Occurrence
from integration.mirror.models import CampaignOrder, PrimaOrder
from tests.connectors.sync.desk import HAPPY_DAY, at_prima, booked_in_prima, hurry, states

pytestmark = pytest.mark.slow

ORDERS = "/prima/v1/main/sales-orders$"
LOOK_UPS = "/sales-orders/by-external"


@pytest.fixture
def arrived(happy_day: RunningSandbox) -> RunningSandbox:
    """The sixty orders are waiting to be sent."""
    for flow in ("prima_reference", "campaign_orders"):
        runner.run(flow)
    happy_day.reset_calls()
    return happy_day


def send() -> SyncRun:
    done = runner.run("orders_to_prima")
    assert done is not None
    return done


def assert_all_once(sandbox: RunningSandbox) -> None:
    keys = set(CampaignOrder.objects.values_list("key", flat=True))
    assert states() == {"sent": 60}
    assert PrimaOrder.objects.count() == 60
    assert sorted(booked_in_prima(sandbox)) == sorted(keys)
    assert not SyncItem.objects.filter(in_doubt=True).exists()
    assert not Occurrence.objects.filter(closed_at__isnull=True).exists()


def test_a_time_out_after_the_effect_is_looked_up_and_not_sent_again(arrived: RunningSandbox):
    # given
    Connection.objects.filter(system="prima").update(timeout_seconds=1)
    arrived.fault("timeout_after", method="POST", path=ORDERS, times=3, seconds=3)

    # when
    first = send()
    doubtful = list(SyncItem.objects.filter(in_doubt=True).values_list("external_id", flat=True))
    hurry()
    send()

    # then
    assert first.status == SyncRun.Status.PARTLY
    assert len(doubtful) == 3
    assert_all_once(arrived)
    found = PrimaOrder.objects.filter(found=True)
    assert {order.campaign_order.key for order in found} == set(doubtful)
    assert sum(n for path, n in arrived.calls().items() if path.endswith("/sales-orders")) == 60
    assert Exchange.objects.filter(item__external_id__in=doubtful, status=None).count() == 3


def test_a_time_out_before_the_effect_is_sent_again_after_asking_twice(arrived: RunningSandbox):
    # given
    Connection.objects.filter(system="prima").update(timeout_seconds=1)
    arrived.fault("timeout_before", method="POST", path=ORDERS, times=1, seconds=3)

    # when
    send()
    hurry()
    arrived.reset_calls()
    send()

    # then
    assert_all_once(arrived)
    asked = [n for path, n in arrived.calls().items() if LOOK_UPS in path]
    assert asked == [2]
    assert not PrimaOrder.objects.filter(found=True).exists()


def test_a_connection_that_breaks_after_the_effect_books_nothing_twice(arrived: RunningSandbox):
    # given
    arrived.fault("reset", method="POST", path=ORDERS, times=2, when="after")
    arrived.fault("reset", method="POST", path=ORDERS, times=2)

    # when
    send()
    hurry()
    send()

    # then
    assert_all_once(arrived)
    assert PrimaOrder.objects.filter(found=True).count() == 2


def test_an_answer_nobody_can_read_leaves_the_order_in_doubt(arrived: RunningSandbox):
    # given
    arrived.fault("wrong_shape", method="POST", path=ORDERS, times=1, when="after", html=True)

    # when
    send()
    doubtful = SyncItem.objects.get(in_doubt=True)
    hurry()
    send()

    # then
    assert doubtful.state == SyncItem.State.WAITING
    assert_all_once(arrived)


def test_a_server_that_fails_for_a_while_is_tried_again_later(arrived: RunningSandbox):
    # given
    arrived.fault("server_error", method="POST", path=ORDERS, times=4)

    # when
    first = send()
    hurry()
    send()

    # then
    assert (first.sent, first.failed) == (56, 4)
    assert_all_once(arrived)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["throttle", "throttle_silent"])
def test_a_system_that_asks_to_slow_down_is_given_the_time(arrived: RunningSandbox, kind: str):
    # given
    arrived.fault(kind, method="POST", path=ORDERS, times=1, retry_after=2)

    # when
    begun = timezone.now()
    send()
    item = SyncItem.objects.exclude(state="sent").get()
    hurry()
    send()

    # then
    assert item.not_before is not None
    assert item.not_before >= begun + timedelta(seconds=2 if kind == "throttle" else 1)
    assert not item.in_doubt
    assert Connection.objects.get(system="prima").failures == 0
    assert_all_once(arrived)


def test_an_expired_token_is_renewed_and_costs_no_order(arrived: RunningSandbox):
    arrived.fault("expired_token", method="POST", path=ORDERS, times=1)
    assert send().status == SyncRun.Status.SUCCEEDED
    assert_all_once(arrived)


def test_a_wrong_secret_stops_the_flow_and_loses_no_order(arrived: RunningSandbox):
    # given
    prima = Connection.objects.get(system="prima")
    prima.client_secret, right = "wrong", prima.client_secret
    prima.save()

    # when
    failed = send()
    prima.client_secret = right
    prima.save()
    send()

    # then
    assert failed.status == SyncRun.Status.FAILED
    assert failed.message == "Prima did not accept the sign-in."
    assert_all_once(arrived)


def test_a_system_that_is_down_is_given_a_rest_and_no_attempt_is_wasted(arrived: RunningSandbox):
    # given
    arrived.fault("server_error", method="POST", path=ORDERS, times=None, status=503)

    # when
    failed = send()

    # then
    assert failed.status == SyncRun.Status.FAILED
    assert "given a rest" in failed.message
    tried = SyncItem.objects.filter(attempts=1).count()
    assert 5 <= tried <= 9
    assert SyncItem.objects.filter(attempts=0, in_doubt=False).count() == 60 - tried
    assert sum(arrived.calls().values()) < 20

    # when
    arrived.clear_faults()
    Connection.objects.update(open_until=timezone.now())
    hurry()
    send()

    # then
    assert Connection.objects.get(system="prima").failures == 0
    assert_all_once(arrived)


@pytest.mark.slow
def test_attempts_that_are_used_up_become_a_case_and_never_silence(arrived: RunningSandbox):
    # given
    others = SyncItem.objects.order_by("id")[1:].values("pk")
    SyncItem.objects.filter(pk__in=others).update(not_before=timezone.now() + timedelta(days=1))
    FlowSetting.objects.update_or_create(flow="orders_to_prima", defaults={"max_attempts": 2})
    arrived.fault("server_error", method="POST", path=ORDERS, times=2)

    # when
    send()
    hurry(limit=1)
    send()

    # then
    item = SyncItem.objects.get(state="held")
    assert (item.attempts, item.in_doubt) == (2, True)
    occurrence = Occurrence.objects.get()
    assert occurrence.case.kind == "delivery_failed"
    assert occurrence.external_id == item.external_id

    # when
    items.requeue("orders_to_prima", [item.external_id], "a person's wish")
    hurry()
    send()

    # then
    assert_all_once(arrived)


def test_an_order_prima_refuses_is_held_with_the_kind_it_belongs_to(arrived: RunningSandbox):
    # given: the item is blocked at Prima, and the mirror does not know yet
    line = CampaignOrder.objects.get(key=HAPPY_DAY[0]).payload["lines"][0]
    at_prima(arrived, "PATCH", f"items/{line['sku']}", status="blocked")

    # when
    done = send()

    # then
    held = set(SyncItem.objects.filter(state="held").values_list("external_id", flat=True))
    assert HAPPY_DAY[0] in held
    assert (done.held, done.sent) == (len(held), 60 - len(held))
    found = Occurrence.objects.get(external_id=HAPPY_DAY[0])
    assert found.case.kind == "item_not_sellable"
    assert found.facts["sku"] == line["sku"]
    assert found.pointers == ["/lines/0/sku"]
    assert (found.target_payload or {})["external_ref"] == HAPPY_DAY[0]

    # when: it is for sale again, and the next reading of Prima says so
    at_prima(arrived, "PATCH", f"items/{line['sku']}", status="active", description="Back again")
    runner.run("prima_reference")
    send()

    # then
    assert_all_once(arrived)
