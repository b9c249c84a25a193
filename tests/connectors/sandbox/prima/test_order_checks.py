"""What is refused of an order, with code and pointer; always all of it at once."""

import json

import pytest

from connectors.sandbox.running import running
from tests.connectors.sandbox.prima.world import Client, line, order, scenario

ADDRESS = {"lines": ["1 High Street"], "city": "Leeds", "postcode": "LS1 4DL", "country": "GB"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"typo": 1}, ("field.unknown", "#/typo")),
        ({"lines": []}, ("field.required", "#/lines")),
        ({"lines": "none"}, ("field.invalid", "#/lines")),
        ({"order_date": "20/11/2026"}, ("field.invalid", "#/order_date")),
        ({"order_date": None}, ("field.required", "#/order_date")),
        ({"price_basis": "odd"}, ("enum.unmapped", "#/price_basis")),
        ({"external_ref": {"system": "sfmc", "ref": ""}}, ("field.required", "#/external_ref/ref")),
        (
            {"external_ref": {"system": "sfmc", "ref": "R" * 36}},
            ("field.too_long", "#/external_ref/ref"),
        ),
        ({"customer_po": "P" * 36}, ("field.too_long", "#/customer_po")),
        ({"customer": None}, ("field.required", "#/customer")),
        (
            {"customer": {"account_code": "NOBODY"}},
            ("customer.not_found", "#/customer/account_code"),
        ),
        (
            {"customer": {"account_code": "OUT01"}},
            ("customer.not_found", "#/customer/account_code"),
        ),
        ({"customer": {"account_code": "HELD01"}}, ("customer.on_hold", "#/customer/account_code")),
        ({"customer": {"account_code": "GONE01"}}, ("customer.on_hold", "#/customer/account_code")),
        (
            {"customer": {"account_code": "CASH"}},
            ("customer.pool_account", "#/customer/account_code"),
        ),
        (
            {"customer": {"account_code": "STOP01"}},
            ("customer.credit_exceeded", "#/customer/account_code"),
        ),
        ({"customer": {"account_code": "EURO01"}}, ("currency.unsupported", "#/currency")),
        ({"customer": None, "guest": {"name": "G"}}, ("customer.not_found", "#/guest")),
        ({"currency": "XYZ"}, ("currency.unsupported", "#/currency")),
        ({"currency": "CHF"}, ("currency.unsupported", "#/currency")),
        ({"source_media": "RADIO"}, ("enum.unmapped", "#/source_media")),
        ({"notes": [{"kind": "x", "text": "a\x00b"}]}, ("text.unrepresentable", "#/notes/0/text")),
        (
            {"payments": [{"method": "BARTER", "amount": "12.00"}]},
            ("enum.unmapped", "#/payments/0/method"),
        ),
        (
            {"payments": [{"method": "CARD", "amount": "11.99"}]},
            ("payment.insufficient", "#/payments"),
        ),
        ({"payments": [{"method": "CARD", "amount": "12.01"}]}, ("totals.mismatch", "#/payments")),
        ({"payments": []}, ("payment.insufficient", "#/payments")),
        (
            {"payments": [{"method": "VOUCHER", "amount": "12.00"}]},
            ("voucher.invalid", "#/payments/0/voucher_number"),
        ),
        (
            {"payments": [{"method": "VOUCHER", "amount": "12.00", "voucher_number": "V-9"}]},
            ("voucher.invalid", "#/payments/0/voucher_number"),
        ),
        ({"expected_totals": {"gross": "12.01"}}, ("totals.mismatch", "#/expected_totals/gross")),
        ({"totals": {"gross": "12.01"}}, ("totals.mismatch", "#/totals/gross")),
        ({"totals": {"tax_total": "1.99"}}, ("totals.mismatch", "#/totals/tax_total")),
        (
            {"totals": {"tax_summary": [{"code": "S", "base": "9.99", "tax": "2.00"}]}},
            ("totals.mismatch", "#/totals/tax_summary/0/base"),
        ),
        (
            {"delivery_address": {**ADDRESS, "lines": ["L" * 61]}},
            ("address.line_too_long", "#/delivery_address/lines/0"),
        ),
        (
            {"delivery_address": {**ADDRESS, "country": "England"}},
            ("address.country_unknown", "#/delivery_address/country"),
        ),
        (
            {"invoice_address": {**ADDRESS, "postcode": "12345"}},
            ("address.postcode_invalid", "#/invoice_address/postcode"),
        ),
        (
            {"invoice_address": {**ADDRESS, "postcode": "GY1 1AA"}},
            ("address.crown_dependency", "#/invoice_address/country"),
        ),
    ],
)
def test_an_order_is_refused_for(prima, change, expected):
    assert prima.refused(order(**change)) == [expected]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"sku": "NOPE"}, ("item.not_found", "#/lines/0/sku")),
        ({"sku": "BLOCKED"}, ("item.blocked", "#/lines/0/sku")),
        ({"sku": "ENDED"}, ("item.discontinued", "#/lines/0/sku")),
        ({"sku": "BOOT"}, ("item.not_found", "#/lines/0/sku")),
        ({"kind": "service"}, ("item.kind_mismatch", "#/lines/0/kind")),
        ({"tax_code": "NONE"}, ("tax.code_unknown", "#/lines/0/tax_code")),
        ({"tax_rate": "17.5"}, ("tax.rate_mismatch", "#/lines/0/tax_rate")),
        ({"quantity": "0"}, ("field.invalid", "#/lines/0/quantity")),
        ({"unit_price": None}, ("price.missing", "#/lines/0/unit_price")),
        ({"net_amount": 10.0}, ("field.invalid", "#/lines/0/net_amount")),
        ({"net_amount": "ten"}, ("field.invalid", "#/lines/0/net_amount")),
        ({"colour": "red"}, ("field.unknown", "#/lines/0/colour")),
        ({"line_ref": "R" * 21}, ("field.too_long", "#/lines/0/line_ref")),
        ({"parent_line_ref": "9"}, ("field.invalid", "#/lines/0/parent_line_ref")),
        ({"description": "D" * 101}, ("field.too_long", "#/lines/0/description")),
        (
            {"allocations": [{"discount_ref": "D9", "amount": "0.00"}]},
            ("discount.unallocated", "#/lines/0/allocations/0/discount_ref"),
        ),
    ],
)
def test_a_line_is_refused_for(prima, change, expected):
    assert prima.refused(order(lines=[line(**change)])) == [expected]


def test_a_code_that_is_out_of_date_is_refused(prima):
    body = order(
        lines=[line(allocations=[{"discount_ref": "D1", "amount": "0.00"}])],
        discounts=[{"ref": "D1", "code": "SUMMER", "amount": "0.00"}],
    )

    assert prima.refused(body) == [("discount.unknown_code", "#/discounts/0/code")]
    assert prima.refused({**body, "order_date": "2026-08-31"}) == []


def test_a_refusal_tells_limit_actual_and_suggestion(prima):
    answer = prima.post(
        "/sales-orders:validate", order(delivery_address={**ADDRESS, "country": "UK"})
    )

    told = answer.json()
    assert told["errors"][0] == {
        "pointer": "#/delivery_address/country",
        "code": "address.country_unknown",
        "message": "The country is a two-letter ISO code.",
        "severity": "error",
        "value": "UK",
        "suggestion": "GB",
    }
    assert told["status"] == answer.status_code == 422
    assert told["retryable"] is False
    assert told["instance"] == "/prima/v1/main/sales-orders:validate"


def test_personal_text_is_not_repeated(prima):
    answer = prima.post(
        "/sales-orders:validate", order(delivery_address={**ADDRESS, "lines": ["Secret " * 20]})
    )

    assert "Secret" not in answer.text


def test_all_problems_of_an_order_come_in_one_answer(prima):
    body = order(
        customer={"account_code": "HELD01"},
        source_media="RADIO",
        lines=[
            line(sku="NOPE"),
            line(sku="BLOCKED", tax_amount="1.99", net_amount="10.00"),
        ],
        delivery_address={**ADDRESS, "postcode": "?"},
        typo=True,
    )

    answer = prima.place(body)

    assert answer.status_code == 422
    assert {(e["code"], e["pointer"]) for e in answer.json()["errors"]} == {
        ("customer.on_hold", "#/customer/account_code"),
        ("enum.unmapped", "#/source_media"),
        ("item.not_found", "#/lines/0/sku"),
        ("item.blocked", "#/lines/1/sku"),
        ("line.duplicate_ref", "#/lines/1/line_ref"),
        ("totals.mismatch", "#/lines/1/net_amount"),
        ("tax.rate_mismatch", "#/lines/1/tax_amount"),
        ("totals.mismatch", "#/expected_totals/gross"),
        ("payment.insufficient", "#/payments"),
        ("address.postcode_invalid", "#/delivery_address/postcode"),
        ("field.unknown", "#/typo"),
    }


def test_too_little_stock_is_a_warning(prima):
    body = order(
        lines=[line(quantity="6", unit_price="2.00")],
    )

    answer = prima.place(body)

    assert answer.status_code == 201
    assert [w["code"] for w in answer.json()["warnings"]] == ["stock.insufficient"]


def test_too_little_stock_is_a_refusal_where_nothing_waits():
    with running(scenario(backorders=False)) as sandbox, Client(sandbox) as prima:
        found = prima.refused(order(lines=[line(quantity="6", unit_price="2.00")]))

    assert found == [("stock.insufficient", "#/lines/0/quantity")]


def test_an_account_held_for_despatch_takes_orders_on_hold(prima):
    made = prima.place(order(customer={"account_code": "SHIP01"})).json()

    assert made["order_status"] == "on_hold"
    assert made["warnings"][0]["code"] == "customer.on_hold"


def test_a_different_total_is_held_when_the_policy_says_so(prima):
    made = prima.place(order(expected_totals={"gross": "12.01"}, totals_policy="hold")).json()

    assert made["order_status"] == "on_hold"
    assert made["warnings"][0]["code"] == "totals.mismatch"


def test_an_unpaid_order_needs_credit(prima):
    acme = {"account_code": "ACME01"}
    good = order(customer=acme, payments=[])
    much = order(
        customer=acme,
        payments=[],
        lines=[line(unit_price="120.00", net_amount="100.00", tax_amount="20.00")],
        expected_totals={"gross": "120.00"},
    )

    assert prima.refused(good) == []
    assert prima.refused(much) == [("customer.credit_exceeded", "#/payments")]


def test_a_voucher_pays_up_to_its_balance(prima):
    def paid_by(amount):
        voucher = {"method": "VOUCHER", "voucher_number": "V-1", "amount": amount}
        lines = [
            line(
                unit_price=amount, net_amount=amount, tax_amount="0.00", tax_code="Z", tax_rate="0"
            )
        ]
        return order(payments=[voucher], lines=lines, expected_totals={"gross": amount})

    assert prima.refused(paid_by("20.00")) == []
    assert prima.refused(paid_by("20.01")) == [("voucher.invalid", "#/payments/0/voucher_number")]


def test_letters_outside_latin_1_are_refused_where_prima_cannot_store_them(prima):
    named = order(delivery_address={**ADDRESS, "name": "Siân Ŵyn"})

    with running(scenario(charset="iso-8859-1")) as sandbox, Client(sandbox) as old:
        found = old.refused(named)

    assert prima.refused(named) == []
    assert found == [("text.unrepresentable", "#/delivery_address/name")]


def test_limits_come_from_the_capabilities():
    limits = {"max_length": {"addresses.lines": 10}, "max_lines": 1, "address_lines": 1}
    address = {**ADDRESS, "lines": ["1 High Street", "Road"]}
    body = order(lines=[line(), line(line_ref="2")], delivery_address=address)
    with running(scenario(limits=limits)) as sandbox, Client(sandbox) as prima:
        found = prima.refused(body)

    assert ("address.line_too_long", "#/delivery_address/lines/0") in found
    assert ("field.too_long", "#/delivery_address/lines") in found
    assert ("field.too_long", "#/lines") in found


def test_a_price_basis_prima_does_not_take_is_refused():
    with running(scenario(price_basis=["net"])) as sandbox, Client(sandbox) as prima:
        assert prima.refused(order()) == [("price.basis_mismatch", "#/price_basis")]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b'{"lines": [{"a": ',
        b"\xff\xfe",
        b'{"a": NaN}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_order_at_all_is_refused_in_words(prima, sent):
    answer = prima.session.post(
        f"{prima.sandbox.prima_url}/main/sales-orders",
        data=sent,
        headers={"Idempotency-Key": "k"},
        timeout=10,
    )

    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("value", [None, 1, 1.5, True, "x", [], {}, [[]], [None], "\ud800"])
@pytest.mark.parametrize(
    "name", [*sorted(order()), "totals", "charges", "discounts", "guest", "hold"]
)
def test_any_kind_of_value_in_any_place_gets_an_answer(prima, name, value):
    body = json.dumps({**order(), name: value})

    answer = prima.session.post(
        f"{prima.sandbox.prima_url}/main/sales-orders:validate", data=body, timeout=10
    )

    assert answer.status_code in (200, 400, 422)
