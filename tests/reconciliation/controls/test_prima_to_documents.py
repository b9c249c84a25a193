"""Prima's orders against their invoices and credit notes."""

from decimal import Decimal

import pytest
from django.utils import timezone

from integration.mirror.models import BookedOrder, PrimaDocument
from reconciliation import running, totals
from reconciliation.control import control_of
from reconciliation.models import ControlRun, Difference
from tests.factories.books import CARRIAGE, LINE, booked, document

pytestmark = pytest.mark.django_db


def run(**how: object) -> ControlRun:
    return running.run(control_of("prima_to_documents"), **how)  # type: ignore[arg-type]


def found() -> list[tuple[str, str, int]]:
    rows = Difference.objects.filter(closed_at__isnull=True).order_by("key", "category")
    return list(rows.values_list("key", "category", "amount"))


HALF = {**LINE, "quantity": "1", "net": "40.00", "tax": "8.00"}


def test_an_order_invoiced_as_ordered_is_no_difference() -> None:
    booked("SO-1", invoice_status="full")
    document("INV-1", "SO-1")

    run()

    assert found() == []


def test_a_part_shipment_is_no_difference_until_the_order_is_complete() -> None:
    booked("SO-1", invoice_status="part")
    document("INV-1", "SO-1", gross="52.80", data={"lines": [HALF], "charges": [CARRIAGE]})
    run()
    assert found() == []

    BookedOrder.objects.update(invoice_status="full", read_at=timezone.now())
    run()
    assert found() == [("SO-1", "invoiced_less", 4800)]

    document(
        "INV-2",
        "SO-1",
        gross="48.00",
        data={"lines": [HALF], "charges": []},
        read_at=timezone.now(),
    )
    run()
    assert found() == []
    assert Difference.objects.get().closed_by == "The invoices come to what was ordered"


def test_each_way_to_differ_is_a_category_of_its_own() -> None:
    booked("SO-1", invoice_status="full")
    document("INV-1", "SO-1", gross="148.80", data={"lines": [{**LINE, "quantity": "3"}]})
    booked("SO-2", invoice_status="full")
    dear = {**LINE, "net": "90.00", "tax": "18.00"}
    document("INV-2", "SO-2", gross="112.80", data={"lines": [dear], "charges": [CARRIAGE]})
    booked("SO-3", order_status="cancelled")
    document("INV-3", "SO-3")
    booked("SO-4", invoice_status="credited")
    document("INV-4", "SO-4")
    document("CN-4", "SO-4", gross="110.00", kind="credit_note", data={"lines": []})
    booked("SO-5", invoice_status="full")
    document("INV-5", "SO-5", gross="96.00", data={"lines": [LINE]})
    booked("SO-6", fulfilment_status="despatched")
    document("INV-7", "SO-7")

    run()

    assert found() == [
        ("SO-1", "invoiced_more", -4800),
        ("SO-2", "price_changed", -1200),
        ("SO-3", "cancelled_but_invoiced", -10080),
        ("SO-4", "credited_more", 920),
        ("SO-5", "charges_missing", 480),
        ("SO-6", "not_invoiced", 10080),
        ("SO-7", "no_order", -10080),
    ]
    assert Difference.objects.get(key="SO-5").cause == "POST"


def test_one_invoice_over_two_orders_is_compared_with_both() -> None:
    booked("SO-1", invoice_status="full")
    booked("SO-2", invoice_status="full")
    document(
        "INV-1",
        "SO-1",
        "SO-2",
        gross="201.60",
        data={"lines": [LINE, LINE], "charges": [CARRIAGE, CARRIAGE]},
    )
    run()
    assert found() == []

    BookedOrder.objects.filter(order_number="SO-2").update(gross=Decimal("90.00"))
    run(full=True)
    assert found() == [("SO-1", "invoiced_more", -1080)]


def test_a_cancelled_order_whose_invoice_is_credited_is_settled() -> None:
    booked("SO-1", order_status="cancelled", invoice_status="credited")
    document("INV-1", "SO-1")
    document("CN-1", "SO-1", kind="credit_note")

    run()

    assert found() == []


def test_amounts_of_two_currencies_are_never_compared() -> None:
    booked("SO-1", invoice_status="full")
    document("INV-1", "SO-1", currency="EUR")
    booked("SO-2", invoice_status="full")
    document("INV-2", "SO-2")
    document("CRN-2", "SO-2", currency="EUR", kind="credit_note", gross="200.00")

    run()

    assert found() == [("SO-1", "other_currency", 10080), ("SO-2", "other_currency", 0)]
    told = {row.key: row.right["other"] for row in Difference.objects.all()}
    assert told == {"SO-1": "INV-1, 100.80 EUR", "SO-2": "CRN-2, -200.00 EUR"}

    PrimaDocument.objects.update(currency="GBP", read_at=timezone.now())
    run()
    assert [row[:2] for row in found()] == [("SO-2", "credited_more")]


def test_orders_of_one_invoice_agree_together_or_not_at_all() -> None:
    for number in ("SO-1", "SO-2"):
        booked(number, invoice_status="full")
    document("INV-1", "SO-1", "SO-2", gross="199.00", data={"lines": [], "charges": []})
    run()
    assert found()

    (line,) = totals.by_control(totals.Narrowed())[:1]

    assert (line.control.slug, line.agreed, line.open) == ("prima_to_documents", 0, len(found()))
