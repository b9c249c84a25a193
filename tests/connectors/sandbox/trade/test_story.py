"""The trade of two months: the same every time, its files whole, its payouts and bank in step."""

from collections import Counter
from datetime import date
from io import BytesIO
from itertools import pairwise
from random import Random

import pytest

from connectors.gateways.gateway import Format
from connectors.gateways.recognition import recognise_file
from connectors.sandbox.trade import gateways, story
from connectors.sandbox.trade.calendar import after, last_month
from connectors.sandbox.trade.movement import CHARGE, REFUND
from connectors.sandbox.trade.twist import USUAL, Twist, deal
from integration.records.bank import BankLine, BankStatement
from integration.records.payout import Footed, Footing, LineKind, Payout, PayoutLine
from tests.connectors.sandbox.trade.sales import TODAY, many

FORMATS = {
    "stripe": "stripe_payout_reconciliation",
    "paypal": "paypal_settlement",
    "worldpay": "worldpay_settlement",
    "adyen": "adyen_settlement_detail",
    "bank-gbp": "camt053",
    "bank-eur": "mt940",
}


def read(name: str, content: bytes) -> tuple[Format, list[object]]:
    form = recognise_file(BytesIO(content), name)
    return form, list(form.read(BytesIO(content)))


@pytest.fixture(scope="module")
def trade() -> story.Trade:
    return story.tell(many(), TODAY)


def test_the_same_sales_day_and_seed_make_the_same_trade(trade: story.Trade) -> None:
    again = story.tell(many(), TODAY)
    other = story.tell(many(), TODAY, seed=1)

    assert again == trade
    assert other.files != trade.files
    assert other.truth != trade.truth


def test_every_report_is_recognised_and_adds_up(trade: story.Trade) -> None:
    assert len(trade.files) >= 12
    for name, content in {**trade.files, **trade.late_files}.items():
        form, events = read(name, content)
        footed = events[-1]
        assert form.slug == next(slug for start, slug in FORMATS.items() if name.startswith(start))
        assert isinstance(footed, Footed)
        assert footed.footing is Footing.FOOTS or "fees" in name


@pytest.mark.parametrize("today", [date(2026, 12, 1), date(2027, 1, 1), date(2026, 3, 31)])
def test_it_can_be_told_on_any_day(today: date) -> None:
    trade = story.tell(many(today=today), today)

    for name, content in trade.files.items():
        assert isinstance(read(name, content)[1][-1], Footed)
    assert {step["do"] for step in trade.late_steps} <= {"invoice"}


def test_what_is_paid_out_reaches_the_bank_but_for_what_is_meant_to_go_wrong(
    trade: story.Trade,
) -> None:
    # given
    wrong = {about: category for control, category, about in trade.truth if "bank" in control}
    everything = [event for name in trade.files for event in read(name, trade.files[name])[1]]
    amounts = {one.payout_id: one.stated for one in everything if isinstance(one, Payout)}
    # A payout at the turn of the months may be booked after the last statement.
    settled = {
        one.payout_id: (one.stated, one.currency)
        for one in everything
        if isinstance(one, Payout) and one.stated and after(one.paid_on or TODAY) < TODAY
    }
    booked = Counter((one.amount, one.currency) for one in everything if isinstance(one, BankLine))

    # when
    lacking = {about for about, paid in settled.items() if paid not in booked}

    # then
    assert len(amounts) > 40
    assert sorted(wrong.values()) == ["bank_amount", "late", "missing_at_bank"]
    assert lacking == {about for about, what in wrong.items() if what != "late"}


def test_statements_of_an_account_follow_one_another(trade: story.Trade) -> None:
    for start in ("bank-gbp", "bank-eur"):
        statements = [
            event
            for name in sorted(trade.files) if name.startswith(start)
            for event in read(name, trade.files[name])[1] if isinstance(event, BankStatement)
        ]  # fmt: skip
        assert len(statements) == 3
        for before, following in pairwise(statements):
            assert before.closing == following.opening


def test_a_refund_comes_in_a_later_payout_than_its_charge() -> None:
    # given
    sales = many()
    twists = deal(sales, USUAL, (last_month(TODAY), TODAY), TODAY, Random(1))
    told = gateways.tell(sales, twists, story.told_days(TODAY))

    # when
    paid = {
        (movement.reference, movement.kind): batch.paid_on
        for batch in told.batches
        for movement in batch.movements
    }

    # then
    refunds = [key for key, kind in paid if kind == REFUND]
    assert refunds
    assert all(paid[key, REFUND] > paid[key, CHARGE] for key in refunds)


def test_adyen_pays_euros_out_in_pounds_and_says_at_which_rate(trade: story.Trade) -> None:
    lines = [
        event
        for name in trade.files if name.startswith("adyen")
        for event in read(name, trade.files[name])[1] if isinstance(event, PayoutLine)
    ]  # fmt: skip
    converted = [one for one in lines if one.original_currency == "EUR"]

    assert {one.currency for one in lines} == {"GBP"}
    assert converted
    assert all(one.rate and one.rate < 1 for one in converted)


def test_each_thing_that_can_happen_happens_to_the_sales_planned() -> None:
    sales = many(900)
    span = (last_month(TODAY), TODAY)

    dealt = Counter(deal(sales, USUAL, span, TODAY, Random(2)).values())

    assert dealt == {choice.twist: choice.count for choice in USUAL}
    assert set(Twist) - set(dealt) == {Twist.LATE_INVOICE}


def test_what_came_late_is_dated_before_last_month(trade: story.Trade) -> None:
    first = last_month(TODAY)

    [step] = trade.late_steps
    [(name, content)] = trade.late_files.items()
    lines = [event for event in read(name, content)[1] if isinstance(event, PayoutLine)]

    assert step["with"]["date"] < first.isoformat()
    assert [line.kind for line in lines] == [LineKind.FEE]
    assert all((line.booked_on or first) < first for line in lines)
