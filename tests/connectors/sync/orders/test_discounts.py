"""Every structure of promotion: what it takes off, where it lands, and when it is refused."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.sync.orders.arrival import content_hash
from connectors.sync.orders.discounting import work_out
from connectors.sync.orders.world import Release
from integration.mapping.book import Dated, PromotionRule
from tests.connectors.sync.orders.worlds import (
    BOOK,
    GENEROUS,
    TODAY,
    line,
    payload,
    promotion,
    reading,
    world,
)


def worked(*promotions, lines=(), where=None, **fields):
    there = where or world(GENEROUS)
    sent = payload(*lines, promotions=promotions, **fields)
    result = reading(sent, there)
    assert result.problems == ()
    assert result.order is not None
    return work_out(result.order, there, TODAY, result.content_hash)


def left(*promotions, lines=(), **fields):
    """What is left of each line in pence; nothing may be wrong."""
    result = worked(*promotions, lines=lines, **fields)
    assert [problem.message for problem in result.problems] == []
    return result.left


def reasons(*promotions, lines=(), where=None, **fields):
    result = worked(*promotions, lines=lines, where=where, **fields)
    return [(problem.facts["code"], problem.facts["reason"]) for problem in result.problems]


def priced(*prices):
    return tuple(line(str(n), unit_price=price) for n, price in enumerate(prices, 1))


@pytest.mark.parametrize(
    ("prices", "value", "expected"),
    [
        (("10.00",), "10", [900]),
        (("10.00", "20.00"), "12.5", [875, 1750]),
        # 33.335 is rounded up, and the odd penny goes to the largest remainder
        (("66.67",), "50", [3333]),
        (("0.01", "0.01", "0.01"), "50", [0, 0, 1]),
        (("10.00",), "100", [0]),
        (("10.00",), "0", [1000]),
        (("0.00", "10.00"), "10", [0, 900]),
    ],
)
def test_percent(prices, value, expected):
    assert left(promotion(value=value), lines=priced(*prices)) == expected


@pytest.mark.parametrize(
    ("prices", "value", "expected"),
    [
        (("10.00", "20.00"), "3", [900, 1800]),
        (("10.00", "10.00", "10.00"), "10", [666, 667, 667]),
        (("5.00",), "8.00", [0]),
    ],
)
def test_amount_is_spread_by_largest_remainder_and_never_below_zero(prices, value, expected):
    assert left(promotion(type="amount", value=value), lines=priced(*prices)) == expected


def test_promotions_apply_one_after_the_other_on_what_is_left():
    ten = promotion("TEN", sequence="1", value="10")
    fifteen = promotion("ANY", sequence="2", value="15")

    assert left(fifteen, ten, lines=priced("99.99")) == [7649]


def test_a_promotion_can_be_on_some_lines_only():
    lines = (*priced("10.00", "20.00"), line("3", "BOOK", unit_price="5.00"))

    assert left(promotion(value="10", scope="line", line_nos="2"), lines=lines) == [1000, 1800, 500]
    assert left(promotion(value="10", scope="line", skus="book,tea"), lines=lines) == [
        1000,
        2000,
        450,
    ]


def test_a_gift_is_a_line_taken_off_whole():
    gift = promotion(value="100", scope="line", line_nos="2")

    assert left(gift, lines=priced("20.00", "5.00")) == [2000, 0]


@pytest.mark.parametrize(
    ("quantities", "buy", "get", "value", "expected_total"),
    [
        # three for two of units at 10, 6 and 4: the cheapest is free
        (("1", "1", "1"), "2", "1", "", 1600),
        # two full groups of three
        (("2", "2", "2"), "2", "1", "", 4000 - 600 - 400),
        # one unit is in no full group
        (("4", "0", "0"), "2", "1", "", 3000),
        (("1", "1", "0"), "1", "1", "50", 1300),
        (("1", "0", "0"), "1", "1", "", 1000),
        (("9999", "9999", "9999"), "1", "1", "", None),
    ],
)
def test_buy_x_get_y(quantities, buy, get, value, expected_total):
    prices = ("10.00", "6.00", "4.00")
    lines = tuple(
        line(str(n), unit_price=price, quantity=quantity)
        for n, (price, quantity) in enumerate(zip(prices, quantities, strict=True), 1)
        if quantity != "0"
    )
    offer = promotion(type="buy_x_get_y", buy_quantity=buy, get_quantity=get, value=value)

    total = sum(left(offer, lines=lines))

    if expected_total is not None:
        assert total == expected_total
    else:
        # of 29,997 units every second in the order of price: 5,000 and 4,999 of 10, 6 and 4
        assert total == 9999 * 2000 - (4999 * 1000 + 5000 * 600 + 4999 * 400)


def test_a_bundle_costs_its_price_once():
    lines = (
        line("1", unit_price="30.00", quantity="2"),
        line("2", unit_price="15.00"),
        line("3", unit_price="9.00"),
    )
    bundle = promotion(type="bundle", value="36.00", line_nos="1,2")

    result = left(bundle, lines=lines)

    assert result == [5280, 1320, 900]
    assert sum(result) == 8400 - 900


def test_a_fixed_price():
    assert left(promotion(type="fixed_price", value="5"), lines=priced("8.00")) == [500]


def test_free_shipping_and_discounts_of_the_carriage():
    carriage = {"shipping_code": "CARR", "shipping_amount": "4.95"}

    free = worked(promotion("FREESHIP", type="free_shipping"), **carriage)
    half = worked(promotion("FREESHIP", scope="shipping", value="50"), **carriage)
    booked = worked(promotion("TEN", type="free_shipping", amount="4.95"), **carriage)

    assert (free.carriage_left, half.carriage_left, booked.carriage_left) == (0, 247, 0)
    assert free.left == [1200]
    assert [(d.target, d.code, d.amount) for d in free.discounts] == [
        ("charge", "", Decimal("4.95"))
    ]
    assert [d.code for d in booked.discounts] == ["P-TEN"]
    assert free.problems + half.problems + booked.problems == []


def test_vouchers_and_credit_pay_and_take_nothing_off():
    result = worked(
        promotion("GIFTCARD", type="voucher", value="20", amount="5", reference="V-1"),
        promotion("CREDIT", type="store_credit", amount="2", reference="CN-1"),
        promotion("voucher", type="voucher", value="1", reference="V-2"),
    )

    assert result.problems == []
    assert result.left == [1200]
    assert [
        (p.method, p.amount, p.voucher_number, p.credit_note_number) for p in result.payments
    ] == [
        ("CREDIT", Decimal(2), "", "CN-1"),
        ("VOUCHER", Decimal(5), "V-1", ""),
        ("VOUCHER", Decimal(1), "V-2", ""),
    ]


def test_an_amount_mapped_as_a_payment_is_one():
    result = worked(promotion("GIFTCARD", type="amount", value="3", reference="V-9"))

    assert [(p.method, p.amount) for p in result.payments] == [("VOUCHER", Decimal(3))]
    assert result.left == [1200]


@pytest.mark.parametrize(
    ("offer", "reason"),
    [
        (promotion(type="spin_to_win"), "unrecognised"),
        (promotion(type=""), "unrecognised"),
        (promotion(scope="galaxy", value="10"), "unrecognised"),
        (promotion("NEW", value="10"), "unmapped"),
        (promotion("", value="10"), "unmapped"),
        (promotion("GIFTCARD", value="10"), "unmapped"),
        (promotion("FREESHIP", value="10"), "unmapped"),
        (promotion("TEN", type="voucher", amount="5", reference="V"), "unmapped"),
        (promotion("TYPO", value="10"), "unknown_in_prima"),
        (promotion("OVER", value="10"), "unknown_in_prima"),
        (promotion(), "incomplete"),
        (promotion(type="amount"), "incomplete"),
        (promotion(type="amount", value="1.005"), "incomplete"),
        (promotion(type="bundle", value="99"), "incomplete"),
        (promotion(type="fixed_price", value="99"), "incomplete"),
        (promotion(type="buy_x_get_y", get_quantity="1"), "incomplete"),
        (promotion(type="buy_x_get_y", buy_quantity="1"), "incomplete"),
        (promotion(value="10", line_nos="7"), "incomplete"),
        (promotion(value="10", skus="TEA"), "incomplete"),
        (promotion("GIFTCARD", type="voucher", reference="V"), "incomplete"),
        (promotion("GIFTCARD", type="voucher", amount="5"), "incomplete"),
        (promotion(value="101"), "over_line"),
        (promotion(value="10", amount="1.19"), "amount_differs"),
        (promotion(type="amount", value="20", amount="20"), "amount_differs"),
        (
            promotion("GIFTCARD", type="voucher", value="5", amount="6", reference="V"),
            "amount_differs",
        ),
    ],
)
def test_promotions_that_must_not_enter_prima(offer, reason):
    assert reasons(offer) == [(offer["code"], reason)]


def test_goods_by_the_metre_are_not_given_by_the_piece():
    offer = promotion(type="buy_x_get_y", buy_quantity="1", get_quantity="1")
    bundle = promotion(type="bundle", value="1")

    assert reasons(offer, lines=(line(quantity="1.5"),)) == [("TEN", "incomplete")]
    assert reasons(bundle, lines=(line(quantity="0.5"),)) == [("TEN", "incomplete")]


def test_stacking():
    ten, other = promotion("TEN", value="1"), promotion("ANY", sequence="2", value="1")
    alone = promotion("ALONE", sequence="3", value="1")
    exclusive = promotion("ANY2", sequence="4", value="1", exclusive="true")
    voucher = promotion("GIFTCARD", type="voucher", amount="1", reference="V")
    where = world()

    assert reasons(alone, voucher, where=where) == []
    assert reasons(ten, alone, where=where) == [("ALONE", "stacking")]
    assert reasons(ten, exclusive, where=where) == [("ANY2", "stacking")]
    many = (ten, other, {**ten, "sequence": "5"}, {**ten, "sequence": "6"})
    assert reasons(*many, where=where) == [("TEN", "stacking")]


def test_limits_of_the_policy_and_of_the_mapping():
    own = replace(
        BOOK,
        promotions={
            **BOOK.promotions,
            "OWN": (Dated(PromotionRule("discount", "P-ANY", max_percent=Decimal(60))),),
            "TIGHT": (Dated(PromotionRule("discount", "P-ANY", max_amount=Decimal(1))),),
        },
    )
    where = world(own)

    assert reasons(promotion(value="40"), where=where) == []
    assert reasons(promotion(value="41"), where=where) == [("TEN", "over_limit")]
    assert reasons(promotion("OWN", value="60"), where=where) == []
    assert reasons(promotion("OWN", value="61"), where=where) == [("OWN", "over_limit")]
    assert reasons(promotion("TIGHT", type="amount", value="1.01"), where=where) == [
        ("TIGHT", "over_limit")
    ]
    dear = (line(unit_price="2000.00"),)
    assert reasons(promotion(type="amount", value="501"), lines=dear, where=where) == [
        ("TEN", "over_limit")
    ]


def test_one_limit_holds_for_all_promotions_of_an_order_together():
    first = promotion("TEN", value="30")
    second = promotion("ANY", sequence="2", value="30")

    assert reasons(first, second, where=world()) == [("ANY", "over_limit")]


def test_finance_can_release_a_discount_for_the_order_as_it_stood():
    offer = promotion(value="50")
    sent = payload(promotions=(offer,))
    released = Release("W-1", "TEN", content_hash(sent))
    where = replace(world(), releases=frozenset({released}))

    assert reasons(offer, where=where) == []
    assert reasons(offer, where=where, total_paid="6.00") == [("TEN", "over_limit")]


def test_the_problem_carries_what_an_approval_needs():
    offer = promotion(value="50", name="Half price")

    (problem,) = worked(offer, where=world()).problems

    assert problem.message == (
        "Order W-1: the promotion TEN takes off 6.00 GBP; "
        "above 40 % of the order finance approves first."
    )
    assert problem.facts == {
        "code": "TEN",
        "type": "percent",
        "reason": "over_limit",
        "order": "W-1",
        "scope": "order",
        "name": "Half price",
        "value": "50",
        "amount": "",
        "currency": "GBP",
        "content_hash": content_hash(payload(promotions=(offer,))),
        "limit": "40 % of the order",
        "computed": "6.00",
    }
    assert problem.pointers == ("/promotions/0/amount",)


def test_a_promotion_that_cannot_be_worked_out_stops_the_sums():
    result = worked(promotion(type="spin_to_win"), promotion("ANY", value="10", amount="1.00"))

    assert not result.is_complete
    assert [p.facts["reason"] for p in result.problems] == ["amount_differs", "unrecognised"]


@pytest.mark.parametrize(
    ("currency", "price", "value", "expected"),
    [("JPY", "999", "10", [899]), ("KWD", "1.005", "10", [904])],
)
def test_currencies_with_other_minor_units(currency, price, value, expected):
    lines = (line(unit_price=price),)

    assert left(promotion(value=value), lines=lines, currency=currency, total_paid="1") == expected
