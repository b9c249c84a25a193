"""Adjustments take two people, whatever the screen."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from integration.audit.models import AuditEntry
from reconciliation import adjustments, periods
from reconciliation.adjustments import Proposal
from reconciliation.limits import Limits
from reconciliation.models import Adjustment, AdjustmentLimit, Difference, Period
from reconciliation.refusals import NotYours, PeriodLocked, Refused, Stale
from tests.factories.reconciliation import difference, limits

WRITE_OFF = Proposal(Adjustment.Kind.WRITE_OFF, "Rounding of the gateway.", ledger="7900")


@pytest.fixture
def off(db: None) -> Difference:
    limits()
    return difference()


def test_a_second_person_approves_and_the_difference_is_adjusted(off, finance, finance2):
    made = adjustments.propose(off, WRITE_OFF, actor=finance, version=1)

    adjustments.approve(made, actor=finance2)

    off.refresh_from_db()
    made.refresh_from_db()
    assert (off.state, made.state) == ("adjusted", "approved")
    assert off.closed_at is not None
    assert str(finance2) in off.closed_by
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "adjustment proposed",
        "adjustment approved",
    ]


def test_the_proposer_cannot_approve(off, finance):
    made = adjustments.propose(off, WRITE_OFF, actor=finance, version=1)

    with pytest.raises(Refused, match="second person"):
        adjustments.approve(made, actor=finance)

    made.refresh_from_db()
    assert made.state == "proposed"


def test_the_database_refuses_the_proposer_too(off, finance):
    made = adjustments.propose(off, WRITE_OFF, actor=finance, version=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.filter(pk=made.pk).update(
            state="approved", decider=finance, decided_at=timezone.now()
        )


def test_a_refusal_needs_words_and_opens_the_difference_again(off, finance, finance2):
    made = adjustments.propose(off, WRITE_OFF, actor=finance, version=1)
    with pytest.raises(Refused, match="Say why"):
        adjustments.refuse(made, actor=finance2, note=" ")

    adjustments.refuse(made, actor=finance2, note="Ask the gateway first.")

    off.refresh_from_db()
    assert off.state == "open"
    last = off.events.last()
    assert (last.action, last.note) == ("refused", "Ask the gateway first.")


def test_above_the_limit_nobody_decides_it_here(finance, db):
    limits(1_000)
    off = difference()

    with pytest.raises(Refused, match=r"Above the limit of 10\.00 GBP"):
        adjustments.propose(off, WRITE_OFF, actor=finance, version=1)

    assert not Adjustment.objects.exists()


def test_above_the_limit_of_finance_the_controller_decides(off, finance, finance2, controller):
    AdjustmentLimit.objects.filter(kind="write_off").update(amount=1_000)
    AdjustmentLimit.objects.create(kind="write_off", currency="*", role="controller", amount=9_900)
    made = adjustments.propose(off, WRITE_OFF, actor=finance, version=1)

    with pytest.raises(NotYours, match=r"your limit of 10\.00 GBP.*role controller, up to 99\.00"):
        adjustments.approve(made, actor=finance2)
    made.refresh_from_db()
    assert (made.state, made.decider) == ("proposed", None)

    adjustments.approve(made, actor=controller)
    off.refresh_from_db()
    assert off.state == "adjusted"


def test_refusing_needs_no_limit(off, finance, finance2):
    AdjustmentLimit.objects.update(amount=1_000)
    AdjustmentLimit.objects.create(
        kind="write_off", currency="GBP", role="controller", amount=9_900
    )
    made = adjustments.propose(off, WRITE_OFF, actor=finance, version=1)

    adjustments.refuse(made, actor=finance2, note="Ask the gateway.")

    off.refresh_from_db()
    assert off.state == "open"


def test_a_limit_of_the_currency_itself_comes_before_that_of_all_others(off, finance, finance2):
    AdjustmentLimit.objects.create(kind="write_off", currency="*", amount=1)
    assert Limits.now().by_role("write_off", "GBP") == {"finance": 5_000}
    assert Limits.now().by_role("write_off", "USD") == {"finance": 1}


def test_what_changed_or_closed_since_it_was_proposed_is_not_approved(off, finance, finance2):
    made = adjustments.propose(off, WRITE_OFF, actor=finance, version=1)

    Difference.objects.filter(pk=off.pk).update(amount=1_300)
    with pytest.raises(Refused, match=r"13\.00 GBP now and was 12\.34 GBP"):
        adjustments.approve(made, actor=finance2)
    Difference.objects.filter(pk=off.pk).update(
        amount=1_234, state="healed", closed_at=timezone.now(), closed_by="Both sides agree"
    )
    with pytest.raises(Refused, match=r"closed meanwhile \(Both sides agree\)"):
        adjustments.approve(made, actor=finance2)

    made.refresh_from_db()
    off.refresh_from_db()
    assert (made.state, off.state) == ("proposed", "healed")


@pytest.mark.parametrize("state", ["signed", "locked"])
def test_in_a_signed_period_nothing_is_proposed_or_decided(state, off, finance, finance2):
    other = difference("CO-2")
    made = adjustments.propose(off, WRITE_OFF, actor=finance, version=1)
    period = periods.period_of("main", off.day)
    Period.objects.filter(pk=period.pk).update(state=state)

    for step in (
        lambda: adjustments.propose(other, WRITE_OFF, actor=finance, version=1),
        lambda: adjustments.approve(made, actor=finance2),
        lambda: adjustments.refuse(made, actor=finance2, note="No"),
        lambda: adjustments.withdraw(made, actor=finance),
    ):
        with pytest.raises(PeriodLocked, match=f"October 2026 is {state}"):
            step()

    made.refresh_from_db()
    assert made.state == "proposed"
    assert Adjustment.objects.count() == 1


def test_without_a_limit_nothing_is_written_off(finance, db):
    with pytest.raises(Refused, match="No limit is set"):
        adjustments.propose(difference(), WRITE_OFF, actor=finance, version=1)


@pytest.mark.parametrize("who", ["operations", "marketing", "auditor", "admin_person"])
def test_only_finance_proposes(who, off, request):
    with pytest.raises(Refused, match="Only finance"):
        adjustments.propose(off, WRITE_OFF, actor=request.getfixturevalue(who), version=1)

    off.refresh_from_db()
    assert (off.state, off.version) == ("open", 1)


def test_a_stale_page_is_told_who_was_quicker(off, finance, finance2):
    adjustments.propose(off, WRITE_OFF, actor=finance, version=1)

    with pytest.raises(Stale, match=str(finance)):
        adjustments.propose(off, WRITE_OFF, actor=finance2, version=1)


def test_timing_keeps_the_difference_open_until_its_day(off, finance, finance2):
    proposal = Proposal(Adjustment.Kind.TIMING, "Next payout.", until=date(2026, 11, 30))
    made = adjustments.propose(off, proposal, actor=finance, version=1)

    adjustments.approve(made, actor=finance2)

    off.refresh_from_db()
    assert (off.state, off.timing_until, off.closed_at) == ("timing", date(2026, 11, 30), None)


def test_many_at_once_tells_which_were_not(off, finance, finance2):
    other = difference("CO-2")
    mine = adjustments.propose(off, WRITE_OFF, actor=finance, version=1)
    theirs = adjustments.propose(other, WRITE_OFF, actor=finance2, version=1)

    left = adjustments.approve_many([mine, theirs], actor=finance2)

    assert [(row.pk, "second person" in why) for row, why in left] == [(theirs.pk, True)]
