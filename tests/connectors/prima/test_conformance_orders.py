"""What every adapter of Prima must do alike with orders. It is given only the port."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.errors import (
    DuplicateReference,
    Rejected,
    TransientError,
)
from connectors.prima.port import Prima
from connectors.sandbox.running import RunningSandbox
from integration.records.item import Item
from tests.connectors.prima.adapters import sales_order
from tests.connectors.prima.test_conformance import followed, inside


def test_an_order_is_booked_and_found_again(prima: Prima) -> None:
    placed = prima.create_order(sales_order(), idempotency_key="R-1")

    assert placed.external_ref == "R-1"
    assert placed.account_code == "ACME01"
    assert (placed.gross, placed.currency) == (Decimal("60.00"), "GBP")
    assert placed.order_status == "accepted"
    assert placed.order_number
    assert not placed.replayed
    assert prima.find_order("sfmc", "R-1") == placed


def test_an_order_is_priced_without_being_booked(prima: Prima) -> None:
    priced = prima.price_order(sales_order())

    assert (priced.gross, priced.tax_total) == (Decimal("60.00"), sales_order().totals.tax_total)
    assert prima.find_order("sfmc", "R-1") is None


def test_an_order_prima_would_refuse_is_not_priced(prima: Prima) -> None:
    order = sales_order()
    wrong = replace(order, totals=replace(order.totals, gross=Decimal("61.00")))

    with pytest.raises(Rejected):
        prima.price_order(wrong)


def test_there_is_no_order_under_an_unused_reference(prima: Prima) -> None:
    assert prima.find_order("sfmc", "R-1") is None


@pytest.mark.parametrize("reference", ["a/b", "50% off?", "ü#1", "..", "a b+c"])
def test_any_reference_finds_its_order(prima: Prima, reference: str) -> None:
    placed = prima.create_order(sales_order(reference), idempotency_key="K-1")
    assert placed.external_ref == reference
    assert prima.find_order("sfmc", reference) == placed
    assert prima.find_order("other", reference) is None


@pytest.mark.parametrize("second_key", ["K-1", "K-2"])
def test_the_same_order_again_is_the_order_that_is_there(prima: Prima, second_key: str) -> None:
    first = prima.create_order(sales_order(), idempotency_key="K-1")
    again = prima.create_order(sales_order(), idempotency_key=second_key)
    assert again == replace(first, replayed=True)


def test_another_order_under_a_used_reference_is_refused(prima: Prima) -> None:
    placed = prima.create_order(sales_order(), idempotency_key="K-1")

    with pytest.raises(DuplicateReference) as caught:
        prima.create_order(sales_order(customer_po="PO 8"), idempotency_key="K-2")

    assert caught.value.existing_number == placed.order_number
    assert caught.value.existing_hash == placed.content_hash


def test_every_reason_for_a_refusal_is_told_with_where_it_stands(prima: Prima) -> None:
    order = sales_order(account_code="HELD01")
    bad = replace(order.lines[0], sku="GHOST")
    with pytest.raises(Rejected) as caught:
        prima.create_order(replace(order, lines=(bad,), source_media="RADIO"), idempotency_key="K")

    found = {(issue.code, issue.pointer) for issue in caught.value.issues}
    assert ("item.not_found", "/lines/0/sku") in found
    assert ("customer.on_hold", "/customer/account_code") in found
    assert any(pointer == "/source_media" for _, pointer in found)
    assert prima.find_order("sfmc", "R-1") is None


def test_an_order_that_does_not_add_up_is_refused(prima: Prima) -> None:
    order = sales_order()
    wrong = replace(order.totals, gross=Decimal("60.01"))
    with pytest.raises(Rejected) as caught:
        prima.create_order(replace(order, totals=wrong), idempotency_key="K-1")
    assert "totals.mismatch" in {issue.code for issue in caught.value.issues}


def test_an_order_is_cancelled_once(prima: Prima) -> None:
    placed = prima.create_order(sales_order(), idempotency_key="K-1")

    gone = prima.cancel_order(placed.id, reason="Changed", idempotency_key="K-2")

    assert (gone.order_status, gone.order_number) == ("cancelled", placed.order_number)
    again = prima.cancel_order(placed.id, reason="Changed", idempotency_key="K-2")
    assert again.order_status == "cancelled"
    found = prima.find_order("sfmc", "R-1")
    assert found is not None
    assert found.order_status == "cancelled"


@pytest.mark.parametrize(
    ("fault", "is_booked"),
    [
        ({"kind": "timeout_before"}, False),
        ({"kind": "timeout_after"}, True),
        ({"kind": "reset", "when": "before"}, False),
        ({"kind": "reset", "when": "after"}, True),
        ({"kind": "server_error", "when": "after"}, True),
    ],
)
def test_after_any_doubt_the_reference_tells_whether_the_order_was_booked(
    installation: RunningSandbox, prima: Prima, fault: dict[str, str], is_booked: bool
) -> None:
    prima.capabilities()
    installation.fault(path="sales-orders", **fault)

    with pytest.raises(TransientError) as caught:
        prima.create_order(sales_order(), idempotency_key="K-1")

    assert caught.value.outcome_unknown
    found = prima.find_order("sfmc", "R-1")
    assert (found is not None) is is_booked
    assert prima.create_order(sales_order(), idempotency_key="K-1").replayed is is_booked


@pytest.mark.parametrize("key", ["x" * 200, "🐢\r\nX-Evil: 1", "ü", ""])
def test_any_text_may_be_an_idempotency_key(prima: Prima, key: str) -> None:
    first = prima.create_item(Item("GIFT", "Gift", "service", "S"), idempotency_key=key)
    assert prima.create_item(Item("GIFT", "Gift", "service", "S"), idempotency_key=key) == first


def test_half_a_character_is_refused_before_it_is_sent(prima: Prima) -> None:
    with pytest.raises(Rejected) as caught:
        prima.create_order(sales_order(customer_po="PO \ud83d"), idempotency_key="K-1")
    assert [issue.code for issue in caught.value.issues] == ["text.unrepresentable"]
    assert prima.find_order("sfmc", "R-1") is None


def test_an_order_comes_back_as_it_stands_with_its_documents(
    prima: Prima, installation: RunningSandbox
) -> None:
    # given
    placed = prima.create_order(sales_order("CO-DOC"), idempotency_key="CO-DOC")
    for step in ("despatch", "invoice", "credit"):
        inside(installation, "POST", f"orders/{placed.order_number}/{step}")

    # when
    orders, _ = followed(prima.order_changes)
    invoices, _ = followed(lambda cursor: prima.document_changes("invoice", cursor))
    notes, _ = followed(lambda cursor: prima.document_changes("credit_note", cursor))

    # then
    [order] = [one.record for one in orders if one.record and one.record.external_ref == "CO-DOC"]
    [invoice] = [one.record for one in invoices if one.record]
    [credit] = [one.record for one in notes if one.record]
    assert order.gross == invoice.gross == placed.gross == Decimal("60.00")
    assert credit.gross == Decimal("54.00")  # the goods; the carriage was delivered
    assert order.gross == order.net + order.tax
    assert order.invoice_status == "credited"
    assert invoice.order_numbers == (placed.order_number,)
    assert credit.invoice_number == invoice.number
    assert (
        sum(line.gross for line in order.lines)
        + sum(charge.net + charge.tax for charge in order.charges)
        == order.gross
    )


def test_parcels_say_where_they_are(prima: Prima, installation: RunningSandbox) -> None:
    # given two boots in two parcels, the first of them delivered
    placed = prima.create_order(sales_order("CO-BOX"), idempotency_key="CO-BOX")
    one_boot = {"lines": [{"line_ref": "1", "quantity": "1"}]}
    inside(installation, "POST", f"orders/{placed.order_number}/despatch", **one_boot)
    inside(installation, "POST", f"orders/{placed.order_number}/deliver")
    inside(installation, "POST", f"orders/{placed.order_number}/despatch", tracking="T-2")

    # when
    changes, _ = followed(prima.shipment_changes)
    orders, _ = followed(prima.order_changes)

    # then
    parcels = sorted((one.record for one in changes if one.record), key=lambda one: one.number)
    assert [parcel.order_numbers for parcel in parcels] == [(placed.order_number,)] * 2
    assert [parcel.lines[0].quantity for parcel in parcels] == [Decimal(1), Decimal(1)]
    assert [parcel.delivered_at is not None for parcel in parcels] == [True, False]
    assert parcels[1].tracking == "T-2"
    assert parcels[1].carrier == "Royal Mail"
    [order] = [one.record for one in orders if one.record and one.record.external_ref == "CO-BOX"]
    assert (order.lines[0].shipped, order.lines[0].description) == (Decimal(2), "Boot")
    assert order.status_changed_at is not None
