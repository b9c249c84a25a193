"""The order as Prima gets it."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.prima.rest.order_payload import amount_text, order_payload
from integration.records.address import Address
from integration.records.sales_order import Payment
from tests.connectors.prima.adapters import sales_order


def test_the_whole_order_is_in_the_payload() -> None:
    assert order_payload(sales_order()) == {
        "external_ref": {"system": "sfmc", "ref": "R-1"},
        "channel": "campaign",
        "order_date": "2026-11-20",
        "customer": {"account_code": "ACME01"},
        "currency": "GBP",
        "price_basis": "gross",
        "lines": [
            {
                "line_ref": "1",
                "sku": "BOOT",
                "kind": "stock",
                "description": "Boot",
                "quantity": "2",
                "unit_price": "30.00",
                "net_amount": "45.00",
                "tax_code": "S",
                "tax_rate": "20",
                "tax_amount": "9.00",
                "allocations": [{"discount_ref": "D1", "amount": "6.00"}],
            }
        ],
        "charges": [
            {
                "code": "CARR",
                "description": "Carriage",
                "net_amount": "5.00",
                "tax_code": "S",
                "tax_amount": "1.00",
            }
        ],
        "discounts": [
            {
                "ref": "D1",
                "code": "SPRING10",
                "name": "Spring offer",
                "target": "order",
                "value_type": "percentage",
                "value": "10",
                "allocation": "across",
                "sequence": 1,
                "stacking": "stack",
                "amount": "6.00",
            }
        ],
        "payments": [{"method": "CARD", "amount": "60.00", "transaction_id": "T-1"}],
        "totals": {
            "goods_net": "45.00",
            "discount_total": "6.00",
            "charges_net": "5.00",
            "tax_total": "10.00",
            "gross": "60.00",
            "tax_summary": [{"code": "S", "rate": "20", "base": "50.00", "tax": "10.00"}],
        },
        "expected_totals": {"gross": "60.00"},
        "totals_policy": "reject",
        "invoice_address": {
            "name": "Acme Ltd",
            "lines": ["1 High Street"],
            "city": "Leeds",
            "postcode": "LS1 4DL",
            "country": "GB",
        },
        "delivery_address": {
            "name": "Acme Ltd",
            "lines": ["1 High Street"],
            "city": "Leeds",
            "postcode": "LS1 4DL",
            "country": "GB",
        },
        "source_media": "EMAIL",
        "attribution": {"campaign_id": "Spring 2026", "journey_key": "spring-journey"},
        "customer_po": "PO 7",
    }


@pytest.mark.parametrize(
    ("amount", "digits", "text"),
    [
        ("12.5", 2, "12.50"),
        ("12.5000", 2, "12.50"),
        ("12.505", 2, "12.505"),
        ("12.5050", 2, "12.505"),
        ("1E+3", 2, "1000.00"),
        ("1E-7", 2, "0.0000001"),
        ("0", 2, "0.00"),
        ("-0.00", 2, "0.00"),
        ("1500", 0, "1500"),
        ("1500.00", 0, "1500"),
        ("2.500", 0, "2.5"),
        ("1.5", 3, "1.500"),
    ],
)
def test_an_amount_is_written_exactly_and_always_alike(amount: str, digits: int, text: str) -> None:
    assert amount_text(Decimal(amount), digits) == text


def test_equal_orders_have_equal_payloads() -> None:
    order = sales_order()
    same = replace(
        order,
        lines=(replace(order.lines[0], quantity=Decimal("2.000"), unit_price=Decimal("30")),),
    )
    assert same == order
    assert json.dumps(order_payload(same)) == json.dumps(order_payload(order))


def test_what_is_empty_is_left_out() -> None:
    bare = replace(
        sales_order(),
        charges=(),
        discounts=(),
        payments=(),
        invoice_address=Address(),
        delivery_address=Address(),
        source_media="",
        campaign="",
        journey="",
        customer_po="",
    )
    left_out = {
        "charges",
        "discounts",
        "payments",
        "invoice_address",
        "delivery_address",
        "source_media",
        "attribution",
        "customer_po",
        "payment_terms",
    }
    assert left_out.isdisjoint(order_payload(bare))


def test_a_matrix_item_and_a_component_carry_their_codes() -> None:
    order = sales_order()
    line = replace(order.lines[0], variant=("RED", "", "", "XL"), parent_line_ref="0")
    [payload] = order_payload(replace(order, lines=(line,)))["lines"]
    assert payload["variant"] == {"m1": "RED", "m2": "", "m3": "", "m4": "XL"}
    assert payload["parent_line_ref"] == "0"


def test_a_voucher_travels_as_a_payment() -> None:
    paid = Payment(
        "VOUCHER",
        Decimal("60"),
        provider="shop",
        voucher_number="V-1",
        credit_note_number="N-1",
        captured_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    )
    assert order_payload(sales_order(payments=(paid,)))["payments"] == [
        {
            "method": "VOUCHER",
            "amount": "60.00",
            "provider": "shop",
            "voucher_number": "V-1",
            "credit_note_number": "N-1",
            "captured_at": "2026-11-20T09:30:00Z",
        }
    ]


def test_yen_have_no_decimals_and_dinars_three() -> None:
    yen = order_payload(sales_order(currency="JPY", payments=(Payment("CARD", Decimal("1500")),)))
    dinars = order_payload(sales_order(currency="KWD", payments=(Payment("CARD", Decimal("1.5")),)))
    assert yen["payments"][0]["amount"] == "1500"
    assert dinars["payments"][0]["amount"] == "1.500"


def test_it_is_quick_enough_for_twenty_thousand_orders() -> None:
    order = sales_order()
    best = min(_seconds(lambda: order_payload(order)) for _ in range(5))
    assert best < 0.0002


def _seconds(work) -> float:
    started = time.perf_counter()
    for _ in range(100):
        work()
    return (time.perf_counter() - started) / 100
