"""Orders and purchases of Prima are rows of Marketing Cloud, and stay what Prima says."""

from decimal import Decimal
from typing import Any

import pytest

from connectors.sandbox.running import RunningSandbox
from connectors.sync import connections, runner
from connectors.sync.models import OutgoingRow, SyncRun
from exceptions.models import ExceptionCase
from integration.mapping.models import TargetTable
from integration.mirror.models import BookedOrder, PrimaOrder
from tests.connectors.sync.order_events.orders import move, run


@pytest.fixture
def order(booked: RunningSandbox) -> PrimaOrder:
    found = PrimaOrder.objects.order_by("pk").first()
    assert found is not None
    return found


def table(name: str) -> list[dict[str, Any]]:
    client = connections.sfmc()
    try:
        return [
            row.columns() for page in client.data_extensions.read_rows(name) for row in page.rows
        ]
    finally:
        client.close()


def of(order: PrimaOrder, name: str = "PRIMA_Order") -> dict[str, Any]:
    [row] = [row for row in table(name) if row["orderid"] == order.order_number]
    return row


def by_timetable(flow: str) -> SyncRun:
    done = runner.run(flow)
    assert done is not None
    assert (done.status, done.traceback) == ("succeeded", "")
    return done


def test_every_order_and_line_is_a_row(booked, order):
    by_timetable("orders_to_sfmc")

    lines = BookedOrder.objects.values_list("line_count", flat=True)
    assert len(table("PRIMA_Order")) == 12
    assert len(table("PRIMA_OrderLine")) == sum(lines)
    row = of(order)
    assert row["campaignorderkey"] == order.campaign_order.key
    assert row["contactkey"] == order.campaign_order.contact_key
    assert (row["orderstatus"], row["fulfilmentstatus"]) == ("accepted", "none")
    assert Decimal(row["total"]) == order.gross


def test_only_what_changed_goes_again(booked, order):
    by_timetable("orders_to_sfmc")
    booked.reset_calls()
    assert by_timetable("orders_to_sfmc").sent == 0
    assert not [call for call in booked.calls() if call.startswith("PUT")]

    move(booked, order, "despatch", carrier="DPD", tracking="D-1")
    run("prima_documents")
    done = by_timetable("orders_to_sfmc")

    row = of(order)
    assert (row["fulfilmentstatus"], row["carrier"]) == ("despatched", "DPD")
    assert row["trackingnumber"] == "D-1"
    lines = [one for one in table("PRIMA_OrderLine") if one["orderid"] == order.order_number]
    assert all(one["despatched"] == one["quantity"] for one in lines)
    assert done.sent == 1 + len(lines)


def test_columns_go_where_admin_says(booked, order):
    TargetTable.objects.create(
        part="order", data_extension="PRIMA_Order", columns={"carrier": "TrackingNumber",
                                                            "tracking": "Carrier"},
    )  # fmt: skip
    move(booked, order, "despatch", carrier="DPD", tracking="D-1")
    run("prima_documents")
    by_timetable("orders_to_sfmc")

    assert of(order)["carrier"] == "D-1"


@pytest.mark.slow
@pytest.mark.parametrize(
    "trouble",
    [
        {"kind": "throttle", "retry_after": 1, "times": 1, "path": "/async/dataextensions"},
        {"kind": "expired_token", "times": 1, "path": "/async/"},
        {"kind": "server_error", "times": 1, "path": "/async/"},
    ],
    ids=lambda one: str(one["kind"]),
)
def test_passing_troubles_lose_no_row(booked, trouble):
    booked.fault(**trouble)

    by_timetable("orders_to_sfmc")

    assert len(table("PRIMA_Order")) == 12
    assert not ExceptionCase.objects.exists()


def test_the_purchase_history_follows_the_invoices(booked, order):
    for one in PrimaOrder.objects.order_by("pk")[:3]:
        move(booked, one, "invoice")
    run("prima_documents")
    by_timetable("purchase_history")
    contact = order.campaign_order.contact_key
    before = {row["contactkey"]: row for row in table("PRIMA_Purchase")}

    move(booked, order, "credit")
    run("prima_documents")
    by_timetable("purchase_history")

    after = {row["contactkey"]: row for row in table("PRIMA_Purchase")}
    assert len(before) == 3
    assert float(before[contact]["lifetimevalue"]) > 0
    assert int(after[contact]["orders"]) < int(before[contact]["orders"]) or (
        float(after[contact]["lifetimevalue"]) < float(before[contact]["lifetimevalue"])
    )
    assert not OutgoingRow.objects.filter(part="purchase").exclude(refused_hash="").exists()
