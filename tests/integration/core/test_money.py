"""Money keeps its currency and its pennies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.core.money import (
    Money,
    allocate,
    allocate_amount,
    from_minor,
    is_currency,
    is_exact,
    minor_digits,
    rounded,
    to_minor,
)

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=40)


@given(st.integers(0, 10**12), WEIGHTS)
def test_shares_add_up_and_are_within_one_of_their_due(total, weights):
    whole = sum(weights)
    if total and not whole:
        with pytest.raises(ValueError, match="nothing to share"):
            allocate(total, weights)
        return

    shares = allocate(total, weights)

    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        if total:
            assert total * weight // whole <= share <= -(-total * weight // whole)
        if not weight:
            assert share == 0


@given(WEIGHTS, st.data())
def test_no_share_is_more_than_its_weight_when_there_is_no_more_to_share(weights, data):
    total = data.draw(st.integers(0, sum(weights)))

    shares = allocate(total, weights)

    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (100, [1000, 2000, 1000], [25, 50, 25]),
        # equal remainders: the larger weight first
        (1, [1, 3, 1, 3], [0, 1, 0, 0]),
        (0, [0, 0], [0, 0]),
        (5, [0, 7], [0, 5]),
    ],
)
def test_pennies_left_over_go_to_the_largest_remainder(total, weights, shares):
    assert allocate(total, weights) == shares


def test_debts_cannot_be_shared_out():
    with pytest.raises(ValueError, match="zero or more"):
        allocate(-1, [1])
    with pytest.raises(ValueError, match="zero or more"):
        allocate(1, [-1, 3])


def test_amounts_are_shared_in_their_currency():
    weights = [Decimal("3.00"), Decimal("3.00"), Decimal("3.00")]

    assert allocate_amount(Decimal("1.00"), weights, "GBP") == [
        Decimal("0.34"),
        Decimal("0.33"),
        Decimal("0.33"),
    ]


@pytest.mark.parametrize(
    ("currency", "digits", "amount", "half_up", "half_even"),
    [
        ("GBP", 2, "2.125", "2.13", "2.12"),
        ("JPY", 0, "0.5", "1", "0"),
        ("KWD", 3, "1.0005", "1.001", "1.000"),
        ("CLF", 4, "1.00005", "1.0001", "1.0000"),
        ("RSD", 2, "2.125", "2.13", "2.12"),
        ("IQD", 3, "1.0005", "1.001", "1.000"),
    ],
)
def test_minor_units(currency, digits, amount, half_up, half_even):
    assert minor_digits(currency) == digits
    assert rounded(Decimal(amount), currency) == Decimal(half_up)
    assert rounded(Decimal(amount), currency, "half_even") == Decimal(half_even)
    assert not is_exact(Decimal(amount), currency)
    with pytest.raises(ValueError, match="decimals"):
        to_minor(Decimal(amount), currency)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["GBP", "JPY", "KWD"]))
def test_minor_units_there_and_back(minor, currency):
    assert to_minor(from_minor(minor, currency), currency) == minor


def test_currencies_do_not_mix():
    pounds, euros = Money(Decimal("1234.5"), "GBP"), Money(Decimal(1), "EUR")

    assert str(pounds + pounds - pounds) == "1,234.50 GBP"
    for mix in (lambda: pounds + euros, lambda: pounds - euros, lambda: pounds < euros):
        with pytest.raises(ValueError, match="Cannot mix GBP and EUR"):
            mix()


def test_codes_that_are_no_currency():
    assert [is_currency(code) for code in ("GBP", "ZZZ", "gbp", "", "£")] == [True] + [False] * 4
