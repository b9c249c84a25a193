"""A match by hand is done at once when both sides agree; otherwise it takes two people."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from reconciliation import adjustments, by_hand, counterparts, periods, running, totals
from reconciliation.adjustments import Proposal
from reconciliation.by_hand import Chosen
from reconciliation.control import controls
from reconciliation.models import Adjustment, AdjustmentLimit, Difference, Match, Period
from reconciliation.refusals import NotYours, Refused
from reconciliation.statement import figures
from reconciliation.tolerated import swallowing
from tests.factories.matching import document, line, receipt, tolerance

pytestmark = pytest.mark.django_db


def limit(amount: int = 500) -> None:
    AdjustmentLimit.objects.create(kind="match", currency="GBP", amount=amount)


def left_over(minor: int = 1300) -> tuple[Chosen, Difference]:
    """A line of 12.34 and an invoice that no rule puts together, and the difference of the line."""
    chosen = Chosen([line()], [document(minor=minor)])
    running.run(controls()["payouts_to_documents"])
    return chosen, Difference.objects.get(category="unmatched_line")


def test_sides_that_agree_are_matched_at_once(finance):
    chosen = Chosen(
        [line(gross=1000), line(gross=234)], [document(minor=1000), document(minor=234)]
    )

    made = by_hand.put_together(chosen, actor=finance, reason="Two shipments")

    assert isinstance(made, Match)
    assert (made.left_total, made.right_total, Adjustment.objects.count()) == (1234, 1234, 0)


def test_what_lies_within_the_tolerance_is_matched_at_once_and_kept_as_its_difference(finance):
    tolerance(absolute=2)
    chosen = Chosen([line()], [document(minor=1236)])

    made = by_hand.put_together(chosen, actor=finance, reason="Rounding")

    assert isinstance(made, Match)
    assert made.difference == -2


def test_sides_that_differ_wait_for_a_second_person_who_makes_the_match(finance, finance2):
    limit()
    chosen, difference = left_over()

    made = by_hand.put_together(chosen, actor=finance, reason="Paid short", difference=difference)

    assert isinstance(made, Adjustment)
    difference.refresh_from_db()
    assert (made.kind, made.amount, difference.state) == ("match", -66, "proposed")
    assert not Match.objects.exists()
    with pytest.raises(NotYours, match="second person"):
        adjustments.approve(made, actor=finance)
    assert not Match.objects.exists()

    adjustments.approve(made, actor=finance2)

    match = Match.objects.get()
    difference.refresh_from_db()
    assert (match.difference, match.made_by) == (-66, finance)
    assert f"approved by {finance2}" in match.reason
    assert (difference.state, difference.closed_by) == ("healed", "The line is matched")


def test_above_the_limit_sides_that_differ_are_not_even_proposed(finance):
    limit(65)
    chosen, difference = left_over()

    with pytest.raises(Refused, match="Above the limit"):
        by_hand.put_together(chosen, actor=finance, reason="Paid short", difference=difference)

    difference.refresh_from_db()
    assert (difference.state, Adjustment.objects.count(), Match.objects.count()) == ("open", 0, 0)


def test_somebody_who_was_quicker_leaves_the_proposal_waiting(finance, finance2):
    limit()
    chosen, difference = left_over()
    made = by_hand.put_together(chosen, actor=finance, reason="Paid short", difference=difference)
    assert isinstance(made, Adjustment)
    other = Chosen(chosen.lines, [document(minor=1234)])
    by_hand.put_together(other, actor=finance2, reason="This one")

    with pytest.raises(Refused, match="was first"):
        adjustments.approve(made, actor=finance2)

    made.refresh_from_db()
    assert (made.state, Match.objects.count()) == ("proposed", 1)


def test_a_line_is_not_written_off_by_matching_it_with_nothing(finance):
    limit(100)

    with pytest.raises(Refused, match="Above the limit"):
        by_hand.put_together(Chosen([line()], []), actor=finance, reason="Gone")

    assert not Match.objects.exists()


def test_lines_that_cancel_each_other_need_no_document(finance):
    chosen = Chosen([line(gross=500), line(gross=-500)], [])

    assert isinstance(by_hand.put_together(chosen, actor=finance, reason="Reversed"), Match)


def test_two_currencies_are_not_put_together(finance):
    with pytest.raises(Refused, match="one currency"):
        by_hand.put_together(
            Chosen([line()], [document(minor=1500, currency="EUR")]), actor=finance, reason="FX"
        )

    assert not Adjustment.objects.exists()


def test_what_was_adjusted_is_not_proposed_once_more(finance, finance2):
    limit()
    AdjustmentLimit.objects.create(kind="write_off", currency="GBP", amount=5_000)
    chosen, difference = left_over()
    proposal = Proposal(Adjustment.Kind.WRITE_OFF, "Too small.", ledger="7900")
    first = adjustments.propose(difference, proposal, actor=finance, version=difference.version)
    adjustments.approve(first, actor=finance2)

    with pytest.raises(Refused, match="was adjusted already: Write off, approved by"):
        by_hand.put_together(chosen, actor=finance, reason="Paid short")

    assert list(Adjustment.objects.all()) == [first]
    assert not Match.objects.exists()
    assert not counterparts.lines_to_match().exists()
    assert counterparts.open_lines().exists()


def test_a_deposit_is_what_the_gateway_took_and_a_voucher_is_not(finance):
    deposit = document(kind="receipt", transaction_id="tx-1")
    made = by_hand.put_together(Chosen([line()], [deposit]), actor=finance, reason="Deposit")
    assert isinstance(made, Match)
    assert (made.right_total, made.difference) == (1234, 0)

    invoice = document(minor=2000)
    voucher = receipt(invoice, minor=766, voucher_number="V-1")
    paid = Chosen([line()], [invoice, voucher])
    made = by_hand.put_together(paid, actor=finance, reason="Voucher")
    assert isinstance(made, Match)
    assert (made.right_total, made.difference) == (1234, 0)


def test_what_two_people_booked_with_a_match_is_no_tolerance_and_goes_with_the_match(
    finance, finance2
):
    limit()
    chosen, difference = left_over()
    made = by_hand.put_together(chosen, actor=finance, reason="Paid short", difference=difference)
    assert isinstance(made, Adjustment)
    adjustments.approve(made, actor=finance2)

    period = periods.period_of("main", made.day)
    told = {one.what: one.amount for one in figures(period)}
    assert told["Adjusted: Match by hand"] == "-0.66"
    assert "Tolerance used: Payout lines and documents" not in told
    assert totals.swallowed(totals.Narrowed()) == []

    by_hand.undo(Match.objects.get(), actor=finance, reason="Wrong invoice")

    assert "Adjusted: Match by hand" not in {one.what for one in figures(period)}


def test_a_match_approved_before_it_was_named_in_its_adjustment_is_found(finance, finance2):
    # given
    limit()
    chosen, difference = left_over()
    made = by_hand.put_together(chosen, actor=finance, reason="Paid short", difference=difference)
    assert isinstance(made, Adjustment)
    adjustments.approve(made, actor=finance2)
    matched = Match.objects.get()
    payload = made.payload
    Adjustment.objects.update(payload=payload)
    other = by_hand.put_together(
        Chosen([line()], [document()]), actor=finance, reason="Of the same minute"
    )
    assert [one.pk for one in swallowing()] == [matched.pk]
    periods.period_of("main", matched.day)
    Period.objects.update(state="locked")

    # when
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(import_module("reconciliation.migrations.0015_every_late_change").NAMED)

    # then
    assert other.pk != matched.pk
    assert Adjustment.objects.get().payload == {**payload, "match": matched.pk}
    assert not swallowing().exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.update(payload={})
