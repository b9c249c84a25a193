"""The sums Prima makes, to the penny: tables worked out by hand."""

from decimal import Decimal

import pytest

from connectors.sandbox.running import running
from tests.connectors.sandbox.prima.world import Client, line, order, scenario


def priced(basis, lines, gross, **more):
    """An order paid and promised at `gross`."""
    return order(
        price_basis=basis,
        lines=lines,
        payments=[{"method": "CARD", "amount": gross}],
        expected_totals={"gross": gross},
        **more,
    )


# basis, quantity, unit price, code, rate, net, tax
LINES = [
    ("gross", "1", "12.00", "S", "20", "10.00", "2.00"),
    ("gross", "3", "9.99", "S", "20", "24.97", "5.00"),  # 29.97 × 20 / 120 = 4.995 → 5.00
    ("gross", "1", "0.03", "S", "20", "0.02", "0.01"),  # 0.005 → 0.01
    ("gross", "1", "10.00", "R", "5", "9.52", "0.48"),  # 10 × 5 / 105 = 0.476…
    ("gross", "1", "10.00", "Z", "0", "10.00", "0.00"),
    ("gross", "2.5", "3.3333", "S", "20", "6.94", "1.39"),  # 8.33325 → 8.33; 1.388…
    ("net", "1", "10.00", "S", "20", "10.00", "2.00"),
    ("net", "3", "3.3333", "S", "20", "10.00", "2.00"),  # 9.9999 → 10.00
    ("net", "1", "0.025", "S", "20", "0.03", "0.01"),  # 0.025 → 0.03; 0.006 → 0.01
    ("net", "7", "1.07", "R", "5", "7.49", "0.37"),  # 0.3745 → 0.37
    ("net", "1", "2.50", "R", "5", "2.50", "0.13"),  # 0.125 → 0.13
]


@pytest.mark.parametrize(("basis", "quantity", "price", "code", "rate", "net", "tax"), LINES)
def test_a_line_comes_to(prima, basis, quantity, price, code, rate, net, tax):
    gross = str(Decimal(net) + Decimal(tax))
    numbers = {"quantity": quantity, "unit_price": price, "tax_code": code, "tax_rate": rate}
    right = line(**numbers, net_amount=net, tax_amount=tax)
    penny_up = line(**numbers, net_amount=net, tax_amount=str(Decimal(tax) + Decimal("0.01")))

    assert prima.refused(priced(basis, [right], gross)) == []
    assert {code for code, _ in prima.refused(priced(basis, [penny_up], gross))} & {
        "tax.rate_mismatch",
        "totals.mismatch",
    }


def shared(amount, ref="D1"):
    return {"discount_ref": ref, "amount": amount}


def discount(amount, ref="D1", **members):
    return {"ref": ref, "code": "AUTUMN10", "amount": amount, **members}


def test_a_discount_is_shared_over_lines_of_different_rates(prima):
    body = priced(
        "gross",
        [
            line(
                unit_price="60.00",
                allocations=[shared("6.67")],
                net_amount="44.44",
                tax_amount="8.89",
            ),
            line(
                line_ref="2",
                sku="BOOK",
                unit_price="30.00",
                tax_code="Z",
                tax_rate="0",
                allocations=[shared("3.33")],
                net_amount="26.67",
                tax_amount="0.00",
            ),
        ],
        "80.00",
        discounts=[discount("10.00", target="order", value_type="fixed_amount", value="10.00")],
    )

    made = prima.place(body)

    assert made.status_code == 201, made.text
    totals = made.json()["totals"]
    assert totals["discount_total"] == "10.00"
    assert totals["goods_net"] == "71.11"
    assert totals["tax_summary"] == [
        {"code": "S", "rate": "20", "base": "44.44", "tax": "8.89"},
        {"code": "Z", "rate": "0", "base": "26.67", "tax": "0.00"},
    ]


def test_shares_that_do_not_add_up_are_refused(prima):
    lines = [line(allocations=[shared("1.99")], net_amount="8.34", tax_amount="1.67")]

    body = priced("gross", lines, "10.01", discounts=[discount("2.00")])

    assert prima.refused(body) == [("discount.unallocated", "#/discounts/0/amount")]


def test_a_discount_over_its_line_is_refused(prima):
    lines = [line(allocations=[shared("12.01")], net_amount="0.00", tax_amount="0.00")]

    found = prima.refused(priced("gross", lines, "0.00", discounts=[discount("12.01")]))

    assert ("discount.over_line", "#/lines/0/allocations") in found


def test_a_gift_is_a_line_discounted_to_nothing(prima):
    gift = line(line_ref="2", allocations=[shared("12.00")], net_amount="0.00", tax_amount="0.00")

    assert (
        prima.refused(priced("gross", [line(), gift], "12.00", discounts=[discount("12.00")])) == []
    )


def test_two_discounts_stack_on_one_line(prima):
    lines = [
        line(
            unit_price="99.99",
            allocations=[shared("10.00"), shared("13.50", "D2")],
            net_amount="63.74",
            tax_amount="12.75",
        )
    ]
    both = [discount("10.00", sequence=1), discount("13.50", "D2", sequence=2)]

    assert prima.refused(priced("gross", lines, "76.49", discounts=both)) == []


@pytest.mark.parametrize(
    ("basis", "net", "tax", "gross", "expected"),
    [
        ("gross", "3.29", "0.66", "15.95", []),  # 3.95 × 20 / 120 = 0.658…
        ("gross", "3.30", "0.65", "15.95", [("tax.rate_mismatch", "#/charges/0/tax_amount")]),
        ("net", "3.95", "0.79", "16.74", []),
        ("net", "3.95", "0.80", "16.75", [("tax.rate_mismatch", "#/charges/0/tax_amount")]),
    ],
)
def test_a_charge_is_taxed(prima, basis, net, tax, gross, expected):
    price = "12.00" if basis == "gross" else "10.00"
    charge = {"code": "CARR", "net_amount": net, "tax_code": "S", "tax_amount": tax}

    body = priced(basis, [line(unit_price=price)], gross, charges=[charge])

    assert prima.refused(body) == expected


def test_free_carriage_is_a_charge_discounted_to_nothing(prima):
    charge = {
        "code": "CARR",
        "net_amount": "0.00",
        "tax_code": "S",
        "tax_amount": "0.00",
        "allocations": [shared("3.95")],
    }
    body = priced(
        "gross", [line()], "12.00", charges=[charge], discounts=[discount("3.95", target="charge")]
    )

    made = prima.place(body).json()

    assert made["totals"]["discount_total"] == "3.95"
    assert made["totals"]["charges_net"] == "0.00"


def test_an_unknown_charge_is_refused(prima):
    charge = {"code": "FEE", "net_amount": "0.00", "tax_code": "S", "tax_amount": "0.00"}

    assert prima.refused(priced("gross", [line()], "12.00", charges=[charge])) == [
        ("enum.unmapped", "#/charges/0/code")
    ]


def three_lines(*taxes):
    """Three lines of 0.33 net at 20 %: 0.066 each, 0.198 together."""
    return [
        line(line_ref=str(number), unit_price="0.33", net_amount="0.33", tax_amount=tax)
        for number, tax in enumerate(taxes, 1)
    ]


def test_rounding_by_line_and_by_invoice_differ(prima):
    by_line = priced("net", three_lines("0.07", "0.07", "0.07"), "1.20")
    by_invoice = priced("net", three_lines("0.07", "0.07", "0.06"), "1.19")

    with running(scenario(vat_rounding="invoice")) as sandbox, Client(sandbox) as other:
        sums = other.refused(by_invoice)
        lines = other.refused(by_line)

    assert prima.refused(by_line) == []
    assert prima.refused(by_invoice) == [("tax.rate_mismatch", "#/lines/2/tax_amount")]
    assert lines == [("tax.rate_mismatch", "#/lines")]
    assert sums == []


def test_rounding_by_invoice_adds_up_over_lines_and_charges():
    # 3 × 0.33 + 1.00 = 1.99 net at 20 %: 0.398 → 0.40
    charge = {"code": "CARR", "net_amount": "1.00", "tax_code": "S", "tax_amount": "0.20"}
    right = priced("net", three_lines("0.07", "0.07", "0.06"), "2.39", charges=[charge])
    wrong = priced("net", three_lines("0.07", "0.07", "0.07"), "2.40", charges=[charge])

    with running(scenario(vat_rounding="invoice")) as sandbox, Client(sandbox) as prima:
        assert prima.refused(right) == []
        assert prima.refused(wrong) == [("tax.rate_mismatch", "#/lines")]


def test_rounding_by_invoice_keeps_every_line_within_a_penny_of_its_own():
    lines = three_lines("0.09", "0.06", "0.05")

    with running(scenario(vat_rounding="invoice")) as sandbox, Client(sandbox) as prima:
        assert prima.refused(priced("net", lines, "1.19")) == [
            ("tax.rate_mismatch", "#/lines/0/tax_amount"),
            ("tax.rate_mismatch", "#/lines/2/tax_amount"),
        ]


def test_half_even_is_another_penny():
    lines = [
        line(unit_price="2.50", net_amount="2.50", tax_code="R", tax_rate="5", tax_amount="0.12")
    ]

    with running(scenario(rounding_mode="half_even")) as sandbox, Client(sandbox) as prima:
        assert prima.refused(priced("net", lines, "2.62")) == []


@pytest.mark.parametrize(
    ("currency", "price", "net", "tax", "expected"),
    [
        ("JPY", "1200", "1000", "200", []),
        ("JPY", "1200", "1000.5", "200", "#/lines/0/net_amount"),
        ("KWD", "1.200", "1.000", "0.200", []),
        ("KWD", "1.200", "1.0001", "0.200", "#/lines/0/net_amount"),
        ("GBP", "1.20", "1.001", "0.20", "#/lines/0/net_amount"),
        ("GBP", "1.20001", "1.00", "0.20", "#/lines/0/unit_price"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(currency, price, net, tax, expected):
    gross = str(Decimal("1.20") if currency == "GBP" else Decimal(price))
    body = priced("gross", [line(unit_price=price, net_amount=net, tax_amount=tax)], gross)
    named = scenario(currencies=["GBP", "JPY", "KWD"])
    named["prima"]["customers"].append({"account_code": "FAR", "name": "Far", "currency": currency})
    body |= {"currency": currency, "customer": {"account_code": "FAR"}}
    with running(named) as sandbox, Client(sandbox) as prima:
        found = prima.refused(body)

    scale = [pointer for code, pointer in found if code == "money.scale"]
    assert scale == ([expected] if expected else [])
    assert bool(found) is bool(expected)


def test_a_rounding_adjustment_of_a_penny_is_part_of_the_gross(prima):
    adjusted = priced(
        "gross", [line()], "12.01", totals={"rounding_adjustment": "0.01", "gross": "12.01"}
    )
    too_much = priced("gross", [line()], "12.02", totals={"rounding_adjustment": "0.02"})

    assert prima.refused(adjusted) == []
    assert prima.refused(too_much) == [("totals.mismatch", "#/totals/rounding_adjustment")]
