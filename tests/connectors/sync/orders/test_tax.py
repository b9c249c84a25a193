"""Tax by the line and by the invoice, in and on the price, and how the sums are held to account."""

from decimal import Decimal

import pytest

from connectors.prima.capabilities import Capabilities
from connectors.sync.orders.tax import Taxed, taxes
from tests.connectors.sync.orders.worlds import (
    GENEROUS,
    SecondOpinion,
    found,
    line,
    payload,
    promotion,
    translated,
    world,
)

TWENTY = Decimal(20)


def of(*amounts, basis="gross", rate=TWENTY, **capabilities):
    parts = [Taxed(amount, "S", rate) for amount in amounts]
    return taxes(parts, basis, Capabilities(**capabilities))


def test_by_line():
    assert of(1200, 999) == [200, 167]
    assert of(1000, 833, basis="net") == [200, 167]
    assert of(1000, basis="net", rate=Decimal(0)) == [0]
    assert of(15, basis="net", rate=Decimal(10)) == [2]
    assert of(25, basis="net", rate=Decimal(10), rounding_mode="half_even") == [2]


def test_by_invoice_the_tax_is_of_the_sum_and_shared_out():
    assert of(3, 3, 3, 3, basis="net", vat_rounding="line") == [1, 1, 1, 1]
    assert of(3, 3, 3, 3, basis="net", vat_rounding="invoice") == [1, 1, 0, 0]
    assert of(0, basis="net", vat_rounding="invoice") == [0]


def test_by_invoice_each_code_is_on_its_own():
    parts = [Taxed(33, "S", TWENTY), Taxed(33, "R", Decimal(5)), Taxed(33, "S", TWENTY)]

    assert taxes(parts, "net", Capabilities(vat_rounding="invoice")) == [7, 2, 6]


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"total_paid": "12.00"}, []),
        ({"total_paid": "12.01"}, [("total_mismatch", "total_paid")]),
        ({"total_paid": "11.99"}, [("total_mismatch", "total_paid")]),
        ({"tax_total": "2.00"}, []),
        ({"tax_total": "2.01"}, []),
        ({"tax_total": "1.99"}, []),
        ({"tax_total": "2.02"}, [("total_mismatch", "tax_total")]),
        ({"price_basis": "net", "total_paid": "14.40"}, []),
        ({"price_basis": "net", "total_paid": "12.00"}, [("total_mismatch", "total_paid")]),
    ],
)
def test_totals_are_exact_and_tax_nearly(fields, problems):
    assert found(payload(**fields)) == problems


def test_a_mismatch_tells_the_difference():
    (problem,) = translated(payload(total_paid="13.50")).problems

    assert problem.message == (
        "Order W-1: 13.50 GBP were paid, but its lines, discounts and carriage come to 12.00 GBP."
    )
    assert problem.facts == {
        "order": "W-1",
        "field": "total_paid",
        "expected": "13.50",
        "computed": "12.00",
        "difference": "-1.50",
        "currency": "GBP",
    }


@pytest.mark.parametrize(
    ("promotions", "fields", "problems"),
    [
        # vouchers worth more than the order
        (
            (promotion("GIFTCARD", type="voucher", amount="13", reference="V"),),
            {},
            [("total_mismatch", "total_paid")],
        ),
        # vouchers that cover it exactly need no method
        (
            (promotion("GIFTCARD", type="voucher", amount="12", reference="V"),),
            {"payment_method": ""},
            [],
        ),
        # the rest is unpaid
        (
            (promotion("GIFTCARD", type="voucher", amount="5", reference="V"),),
            {"payment_method": ""},
            [("total_mismatch", "total_paid")],
        ),
        # nothing was paid: on the account, which has no credit
        ((), {"payment_method": ""}, [("account_terms", "no_credit")]),
        ((), {"payment_method": "", "contact_key": "C-ACME"}, []),
        (
            (),
            {"payment_method": "", "contact_key": "C-ACME", "price_basis": "net"},
            [("total_mismatch", "total_paid")],
        ),
    ],
)
def test_payments_cover_the_order(promotions, fields, problems):
    assert found(payload(promotions=promotions, **fields)) == problems


def test_the_account_has_a_limit():
    sent = payload(
        line(quantity="10"), payment_method="", contact_key="C-ACME", total_paid="120.00"
    )

    (problem,) = translated(sent).problems

    assert (problem.code, problem.facts["reason"]) == ("account_terms", "over_credit")
    assert problem.message == (
        "Order W-1: with it account ACME01 would owe 1,020.00 GBP; its limit is 1,000.00 GBP."
    )


@pytest.mark.parametrize("basis", ["gross", "net"])
@pytest.mark.parametrize("rounding", ["line", "invoice"])
@pytest.mark.parametrize("mode", ["half_up", "half_even"])
def test_prima_reckons_the_same(basis, rounding, mode):
    prima = SecondOpinion(vat_rounding=rounding, rounding_mode=mode)
    where = world(GENEROUS, vat_rounding=rounding, rounding_mode=mode)
    lines = [
        line(str(n), sku, unit_price=price, quantity=quantity)
        for n, (sku, price, quantity) in enumerate(
            [("MUG", "3.33", "3"), ("SEAT", "0.125", "1"), ("MUG", "0.05", "1"), ("BOOK", "7", "2")]
        )
    ]
    fields = {"price_basis": basis, "shipping_code": "CARR", "shipping_amount": "4.95"}
    sent = payload(*lines, promotions=(promotion(value="7.5"),), **fields)
    (mismatch,) = translated(
        {**sent, "order": {**sent["order"], "total_paid": "0"}}, where
    ).problems
    sent["order"]["total_paid"] = mismatch.facts["computed"]

    translation = translated(sent, where)

    assert translation.problems == ()
    assert translation.order is not None
    assert prima.refusals(translation.order) == []
    prima.close()


def test_reverse_charge_needs_a_number_that_can_be_right():
    abroad = {
        "contact_key": "C-KRUG",
        "currency": "EUR",
        "price_basis": "net",
        "invoice_country": "DE",
        "invoice_city": "Berlin",
        "invoice_postcode": "10115",
    }

    with_number = translated(payload(tax_number="DE136695976", **abroad))
    without = found(payload(**abroad))
    wrong = found(payload(tax_number="DE136695970", **abroad))

    assert with_number.order is not None
    assert with_number.order.lines[0].tax_code == "RC"
    assert with_number.order.totals.tax_total == 0
    assert without == [("missing_tax_number", "")]
    assert wrong == [("invalid_tax_number", "")]


def test_a_tax_code_prima_does_not_have():
    (problem,) = translated(payload(line(sku="ODDTAX"))).problems

    assert (problem.code, problem.facts) == (
        "unmapped_value",
        {"domain": "tax_code", "value": "X9"},
    )
