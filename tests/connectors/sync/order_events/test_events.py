"""Customers are told what becomes of their orders, each thing once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from connectors.sandbox.running import RunningSandbox
from connectors.sync.models import Connection, OrderEvent
from exceptions.models import ExceptionCase, Occurrence
from integration.consent import addresses, rules, suppression
from integration.consent.models import Suppression
from integration.identity.models import CustomerLink
from integration.mapping.models import MilestoneEvent
from integration.mirror.models import BookedOrder, CampaignOrder, PrimaCustomer, PrimaOrder
from integration.records.audience import Recipient
from tests.connectors.sync.desk import at_prima
from tests.connectors.sync.order_events.orders import (
    entries,
    heard,
    hurry,
    listen,
    move,
    row_of,
    run,
)


@pytest.fixture
def order(booked: RunningSandbox) -> PrimaOrder:
    """One with a line of at least two pieces, so that it may leave in parts."""
    for found in PrimaOrder.objects.order_by("pk"):
        lines = BookedOrder.objects.get(order_number=found.order_number).data["lines"]
        if len(lines) > 1:
            return found
    raise AssertionError("No order has two lines.")


def parts(order: PrimaOrder) -> list[dict[str, str]]:
    data = BookedOrder.objects.get(order_number=order.order_number).data
    return [{"line_ref": line["line_ref"]} for line in data["lines"]]


def states(order: PrimaOrder) -> dict[str, str]:
    rows = OrderEvent.objects.filter(order_number=order.order_number)
    return {f"{row.milestone} {row.parcel}".strip(): row.state for row in rows}


def test_every_customer_is_told_that_the_order_is_accepted(booked):
    assert heard() == ["accepted"] * 12
    assert sum(entries().values()) == 12
    assert set(OrderEvent.objects.values_list("state", flat=True)) == {"sent"}
    assert not ExceptionCase.objects.exists()


def test_reading_everything_again_tells_nothing_twice(booked):
    booked.fault("duplicate_changes", times=10)
    at_prima(booked, "POST", "cursors/expire")
    booked.reset_calls()

    again = listen()

    assert again.seen == 0
    assert sum(entries().values()) == 12
    assert not [call for call in booked.calls() if "async/events" in call and "POST" in call]


def test_an_order_is_told_of_step_by_step_with_its_parcels(booked, order):
    first, *rest = parts(order)
    move(booked, order, "despatch", lines=[first], carrier="DPD", tracking="D-1")
    listen()
    move(booked, order, "despatch", lines=rest, carrier="DPD", tracking="D-2")
    listen()
    move(booked, order, "deliver")
    listen()

    assert heard(of=order) == ["accepted", "part_despatched", "despatched", "delivered"]
    part, whole = row_of(order, "part_despatched"), row_of(order, "despatched")
    assert (part["carrier"], part["trackingnumber"]) == ("DPD", "D-1")
    assert whole["trackingnumber"] == "D-2"
    assert whole["contactkey"] == order.campaign_order.contact_key
    assert whole["campaignorderkey"] == order.campaign_order.key
    assert Decimal(whole["total"]) == order.gross


def test_what_an_event_tells_is_the_order_and_nothing_that_advertises(booked, order):
    told = set(OrderEvent.objects.get(order_number=order.order_number).data)
    assert told == {
        "event", "order_number", "campaign_order", "contact_key", "milestone", "reached_at",
        "currency", "total",
    }  # fmt: skip
    assert row_of(order, "accepted")["emailaddress"] == order.campaign_order.email


def test_skipped_milestones_are_passed_over_and_never_told_late(booked, order):
    first, *rest = parts(order)
    move(booked, order, "despatch", lines=[first])
    move(booked, order, "despatch", lines=rest)
    move(booked, order, "deliver")

    listen()

    assert heard(of=order) == ["accepted", "delivered"]
    assert sorted(states(order).values()) == ["passed", "passed", "sent", "sent"]


def test_a_cancelled_and_a_refunded_order_are_told_of(booked, order):
    move(booked, order, "refund")
    move(booked, order, "cancel")

    listen()

    assert heard(of=order)[0] == "accepted"
    assert sorted(heard(of=order)[1:]) == ["cancelled", "refunded"]


def test_a_despatch_waits_for_its_tracking_number(booked, order):
    move(booked, order, "despatch", tracking=" ")
    run("prima_documents")
    event = OrderEvent.objects.get(order_number=order.order_number, milestone="despatched")
    assert event.state == "waiting"


def test_a_contact_who_opted_out_of_marketing_is_told_of_the_order(booked, order):
    set_status(booked, order.campaign_order.contact_key, "Unsubscribed")
    move(booked, order, "despatch")

    listen()

    assert entries()[("despatched", order.campaign_order.contact_key)] == 1


def test_suppression_stops_marketing_and_not_the_news_of_an_order(booked, order):
    who = Recipient(order.campaign_order.contact_key, email=order.campaign_order.email)
    Suppression.objects.create(
        channel="email",
        purpose="marketing",
        address_hash=addresses.address_hash("email", who.email),
        reason="opt_out",
        since=timezone.now(),
        added_at=timezone.now(),
    )
    move(booked, order, "despatch")

    listen()

    assert who.key in suppression.allowed([who], "email", rules.MARKETING).refused
    assert entries()[("despatched", who.key)] == 1


def test_a_contact_without_an_address_becomes_a_case(booked, order):
    CampaignOrder.objects.filter(pk=order.campaign_order_id).update(email="")
    PrimaCustomer.objects.update(email="")
    move(booked, order, "despatch")

    listen()

    case = ExceptionCase.objects.get()
    assert (case.kind, case.facts["said"]) == ("event_refused", "No address for this channel.")
    assert heard(of=order) == ["accepted"]


def test_without_an_event_for_the_milestone_it_is_noted_only(booked, order):
    MilestoneEvent.objects.filter(milestone="despatched").delete()
    move(booked, order, "despatch")

    listen()

    assert heard(of=order) == ["accepted"]
    event = OrderEvent.objects.get(order_number=order.order_number, milestone="despatched")
    assert (event.state, event.reason) == (
        "passed",
        "No event was set for this milestone on that day.",
    )


def test_the_event_in_force_on_that_day_tells_it(booked, order):
    MilestoneEvent.objects.filter(milestone="despatched").update(
        valid_to=timezone.localdate() - timedelta(days=1)
    )
    MilestoneEvent.objects.create(
        milestone="despatched",
        event_definition="order-delivered",
        valid_from=timezone.localdate(),
        service_only=True,
    )
    move(booked, order, "despatch")

    listen()

    event = OrderEvent.objects.get(order_number=order.order_number, milestone="despatched")
    assert event.event_definition == "order-delivered"
    assert ("order-delivered".removeprefix("order-"), event.contact_key) in entries()


def test_what_happened_long_before_the_desk_learned_of_it_is_not_told(booked, order):
    move(booked, order, "despatch", despatched_at="2026-01-05T09:00:00Z")

    listen()

    assert heard(of=order) == ["accepted"]
    assert states(order)["despatched"] == "passed"


def test_a_campaign_order_without_contact_becomes_a_case_and_goes_when_one_is_known(booked, order):
    contact = order.campaign_order.contact_key
    links = CustomerLink.objects.filter(system="sfmc", key=contact)
    CampaignOrder.objects.filter(pk=order.campaign_order_id).update(contact_key="")
    links.update(state="retired", retired_at=timezone.now())
    move(booked, order, "despatch")
    listen()

    case = ExceptionCase.objects.get()
    assert case.kind == "event_without_contact"
    assert states(order)["despatched"] == "held"

    CampaignOrder.objects.filter(pk=order.campaign_order_id).update(contact_key=contact)
    run("order_events")

    case.refresh_from_db()
    assert heard(of=order) == ["accepted", "despatched"]
    assert (case.status, case.open_count) == ("resolved", 0)


def test_an_order_no_campaign_sold_needs_nobody_to_tell(booked, order):
    account = BookedOrder.objects.get(order_number=order.order_number).account_code
    CustomerLink.objects.filter(system="prima", key=account).update(
        state="retired", retired_at=timezone.now()
    )
    PrimaOrder.objects.filter(pk=order.pk).delete()
    move(booked, order, "despatch")

    listen()

    event = OrderEvent.objects.get(order_number=order.order_number, milestone="despatched")
    assert event.state == "passed"
    assert not ExceptionCase.objects.exists()


def test_events_that_could_not_be_told_in_time_become_a_case(booked, order):
    move(booked, order, "despatch")
    run("prima_documents")
    OrderEvent.objects.filter(state="waiting").update(
        reached_at=timezone.now() - timedelta(hours=80)
    )

    run("order_events")

    assert ExceptionCase.objects.get().kind == "event_late"
    assert heard(of=order) == ["accepted"]


def test_an_unknown_event_definition_is_one_case_with_one_call(booked):
    orders = list(PrimaOrder.objects.order_by("pk"))
    MilestoneEvent.objects.filter(milestone="despatched").update(event_definition="no-such")
    for one in orders:
        move(booked, one, "despatch")
    booked.reset_calls()

    done = listen()

    case = ExceptionCase.objects.get()
    assert (case.kind, case.open_count) == ("event_refused", 12)
    assert "no-such" in case.title
    assert done.held == 12
    assert booked.calls()["POST /sfmc/rest/interaction/v1/async/events"] <= 2


def test_a_refused_contact_does_not_keep_the_others_from_being_told(booked):
    one, two, *_ = PrimaOrder.objects.order_by("pk")
    set_status(booked, one.campaign_order.contact_key, "Held")
    move(booked, one, "despatch")
    move(booked, two, "despatch")

    listen()

    assert "despatched" in heard(of=two)
    occurrence = Occurrence.objects.get(closed_at__isnull=True)
    assert occurrence.case.kind == "event_refused"
    assert occurrence.external_id == f"{one.order_number}:despatched"


def test_a_held_event_is_passed_over_when_the_order_moves_on(booked, order):
    MilestoneEvent.objects.filter(milestone="despatched").update(event_definition="no-such")
    move(booked, order, "despatch")
    listen()
    move(booked, order, "deliver")

    listen()

    assert heard(of=order) == ["accepted", "delivered"]
    assert states(order)["despatched"] == "passed"
    assert ExceptionCase.objects.get().status == "resolved"


@pytest.mark.slow
@pytest.mark.parametrize(
    "trouble",
    [
        {"kind": "timeout_before", "seconds": 3},
        {"kind": "timeout_after", "seconds": 3},
        {"kind": "reset", "when": "after"},
        {"kind": "reset", "when": "before"},
        {"kind": "server_error", "when": "after"},
        {"kind": "wrong_shape", "html": True, "when": "after"},
        {"kind": "throttle", "retry_after": 1},
        {"kind": "throttle_silent", "times": 1},
        {"kind": "expired_token"},
    ],
    ids=lambda one: " ".join(map(str, one.values())),
)
def test_whatever_happens_to_a_call_everybody_is_told_once(booked, trouble):
    Connection.objects.filter(system="sfmc").update(timeout_seconds=1)
    before = entries()
    for one in PrimaOrder.objects.order_by("pk")[:8]:
        move(booked, one, "despatch")
    run("prima_documents")
    fault = {"times": 2, "method": "POST", "path": "/async/events$", **trouble}
    booked.fault(**fault)

    for _ in range(4):
        run("order_events")
        hurry()

    new = entries() - before
    assert sum(new.values()) == 8
    assert OrderEvent.objects.filter(milestone="despatched", state="sent").count() == 8
    assert not OrderEvent.objects.filter(in_doubt=True).exists()
    assert not ExceptionCase.objects.exists()


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "not told"])
def test_a_worker_lost_while_it_told_asks_before_it_tells_again(booked, order, is_told):
    """It is lost behind the call, or before it."""
    move(booked, order, "despatch")
    run("prima_documents")
    if is_told:
        run("order_events")
    event = OrderEvent.objects.get(order_number=order.order_number, milestone="despatched")
    OrderEvent.objects.filter(pk=event.pk).update(
        state="sending",
        lease_until=timezone.now() - timedelta(minutes=1),
        sending_at=timezone.now() - timedelta(minutes=10),
        event_id="",
        contact_key=order.campaign_order.contact_key,
        event_definition="order-despatched",
    )

    run("order_events")

    assert heard(of=order) == ["accepted", "despatched"]
    assert entries()[("despatched", order.campaign_order.contact_key)] == 1
    event.refresh_from_db()
    assert (event.state, event.in_doubt) == ("sent", False)
    assert event.event_id != ""


def set_status(sandbox: RunningSandbox, contact_key: str, status: str) -> None:
    """Unsubscribed, or Held because mails came back once too often."""
    app: Any = sandbox.server.front.apps["sfmc"]
    with app.cloud.store.write() as db:
        db.execute("UPDATE contacts SET status = ? WHERE key = ?", (status, contact_key))
