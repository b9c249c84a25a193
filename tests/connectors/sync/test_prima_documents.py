"""What became of orders in Prima arrives in the mirror."""

from decimal import Decimal

import pytest
import requests

from connectors.sandbox.running import RunningSandbox
from connectors.sync import runner
from connectors.sync.models import Cursor, SyncRun
from integration.mirror.models import BookedOrder, PrimaDocument, PrimaOrder, Shipment

CONTROL = "/prima/__control__"


def run(flow: str) -> SyncRun:
    done = runner.run(flow)
    assert done is not None
    assert (done.status, done.traceback) == (SyncRun.Status.SUCCEEDED, "")
    return done


@pytest.fixture
def booked(happy_day: RunningSandbox) -> RunningSandbox:
    """Sixty orders in Prima."""
    for flow in ("prima_reference", "campaign_orders", "orders_to_prima"):
        run(flow)
    return happy_day


def step(sandbox: RunningSandbox, order: str, what: str, **wanted: object) -> None:
    answer = requests.post(
        f"{sandbox.base_url}{CONTROL}/orders/{order}/{what}", json=wanted, timeout=5
    )
    assert answer.status_code < 300, answer.text


def test_every_booked_order_is_mirrored_to_the_penny(booked):
    run("prima_documents")

    assert BookedOrder.objects.count() == 60
    for order in PrimaOrder.objects.all():
        mirrored = BookedOrder.objects.get(order_number=order.order_number)
        assert mirrored.external_ref == order.campaign_order.key
        assert mirrored.gross == order.gross == mirrored.net + mirrored.tax
        assert mirrored.line_count == len(mirrored.data["lines"])


def test_invoices_credit_notes_and_receipts_follow_their_order(booked):
    order = PrimaOrder.objects.filter(campaign_order__payload__order__price_basis="gross").first()
    assert order is not None
    step(booked, order.order_number, "despatch")
    step(booked, order.order_number, "invoice")
    step(booked, order.order_number, "credit")

    run("prima_documents")

    documents = PrimaDocument.objects.filter(order_number=order.order_number)
    invoice = documents.get(kind="invoice")
    credit = documents.get(kind="credit_note")
    assert invoice.gross == order.gross
    assert invoice.minor == int(order.gross * 100)
    assert credit.minor < 0
    assert credit.invoice_number == invoice.number
    assert documents.filter(kind="receipt").count() >= 1
    assert invoice.customer_email != ""
    assert BookedOrder.objects.get(order_number=order.order_number).invoice_status == "credited"


def test_parcels_are_mirrored_with_their_tracking(booked):
    order = PrimaOrder.objects.order_by("pk").first()
    assert order is not None
    step(booked, order.order_number, "despatch", carrier="DPD", tracking="D-1")
    run("prima_documents")
    step(booked, order.order_number, "deliver")

    run("prima_documents")

    parcel = Shipment.objects.get()
    assert parcel.order_numbers == [order.order_number]
    assert (parcel.carrier, parcel.tracking) == ("DPD", "D-1")
    assert parcel.delivered_at is not None
    mirrored = BookedOrder.objects.get(order_number=order.order_number)
    assert mirrored.data["lines"][0]["shipped"] == mirrored.data["lines"][0]["quantity"]


def test_reading_again_changes_nothing(booked):
    run("prima_documents")
    before = list(BookedOrder.objects.order_by("pk").values_list("pk", "read_at"))

    again = run("prima_documents")

    assert again.sent == 0
    assert list(BookedOrder.objects.order_by("pk").values_list("pk", "read_at")) == before


def test_a_cursor_prima_has_forgotten_leads_to_a_whole_snapshot(booked):
    run("prima_documents")
    order = PrimaOrder.objects.order_by("pk").first()
    assert order is not None
    step(booked, order.order_number, "invoice")
    requests.post(f"{booked.base_url}{CONTROL}/cursors/expire", timeout=5).raise_for_status()

    run("prima_documents")

    assert BookedOrder.objects.filter(deleted_at__isnull=True).count() == 60
    assert PrimaDocument.objects.filter(kind="invoice").count() == 1


def test_what_a_snapshot_does_not_hold_is_gone(booked):
    run("prima_documents")
    BookedOrder.objects.create(
        prima_id="ghost",
        order_number="SO-GHOST",
        currency="GBP",
        gross=Decimal(1),
        data={},
        read_at="2020-01-01T00:00:00Z",
        confirmed_at="2020-01-01T00:00:00Z",
    )
    Cursor.objects.filter(flow__startswith="prima_orders").delete()

    run("prima_documents")

    assert BookedOrder.objects.get(order_number="SO-GHOST").deleted_at is not None
    assert BookedOrder.objects.filter(deleted_at__isnull=True).count() == 60
