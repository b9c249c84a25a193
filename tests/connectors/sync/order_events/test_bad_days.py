"""Days on which nothing comes as it should, and what many orders cost."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from connectors.sandbox.running import RunningSandbox
from connectors.sync.models import OrderEvent, OutgoingRow
from connectors.sync.order_events.noting import note
from exceptions.models import ExceptionCase
from integration.mirror.models import PrimaOrder
from tests.connectors.sync.desk import at_prima
from tests.connectors.sync.order_events.orders import entries, heard, listen, move, run

pytestmark = pytest.mark.slow


def test_repeats_and_latecomers_tell_each_milestone_once_and_in_order(booked: RunningSandbox):
    order = PrimaOrder.objects.order_by("pk").first()
    assert order is not None
    for step in ("despatch", "deliver"):
        move(booked, order, step)
        booked.fault("duplicate_changes", times=2)
        booked.fault("late_changes", times=2, entries=20)
        listen()
        at_prima(booked, "POST", "cursors/expire")
        listen()

    assert heard(of=order) == ["accepted", "despatched", "delivered"]
    contact = order.campaign_order.contact_key
    told = {milestone for milestone, who in entries() if who == contact}
    assert {entries()[(milestone, contact)] for milestone in told - {"accepted"}} == {1}
    assert sum(entries().values()) == 12 + 2


def test_a_row_that_met_a_deadlock_goes_again_in_the_same_run(booked: RunningSandbox):
    booked.fault("deadlock_row", row=3)

    done = run("orders_to_sfmc")

    assert done.status in ("succeeded", "partly")
    rows = OutgoingRow.objects.filter(part__in=["order", "order_line"])
    assert not [row for row in rows if row.content_hash != row.confirmed_hash]
    assert not ExceptionCase.objects.exists()


def test_noting_takes_the_same_queries_for_one_order_as_for_many(booked: RunningSandbox):
    numbers = list(PrimaOrder.objects.order_by("pk").values_list("order_number", flat=True))
    OrderEvent.objects.all().delete()
    with transaction.atomic(), CaptureQueriesContext(connection) as one:
        note(numbers[:1])
    with transaction.atomic(), CaptureQueriesContext(connection) as many:
        note(numbers[1:])

    assert OrderEvent.objects.count() == 12
    assert len(many) == len(one) <= 9


def test_a_round_of_telling_takes_the_same_queries_for_two_as_for_ten(booked: RunningSandbox):
    orders = list(PrimaOrder.objects.order_by("pk"))
    counts = []
    for some in (orders[:2], orders[2:]):
        for order in some:
            move(booked, order, "despatch")
        run("prima_documents")
        with CaptureQueriesContext(connection) as captured:
            run("order_events")
        counts.append(len(captured))

    assert heard().count("despatched") == 12
    # Contacts with several orders take a further call.
    assert counts[1] <= counts[0] + 12


@pytest.fixture(autouse=True)
def _well(booked: RunningSandbox) -> None:
    booked.clear_faults()
