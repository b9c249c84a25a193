"""Adjustments take two people, whatever the screen."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from integration.audit.models import AuditEntry
from reconciliation import adjustments
from reconciliation.adjustments import Proposal
from reconciliation.models import Adjustment, Difference
from reconciliation.refusals import Refused, Stale
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
    assert off.events.last().action == "refused: Ask the gateway first."


def test_above_the_limit_nobody_decides_it_here(finance, db):
    limits(1_000)
    off = difference()

    with pytest.raises(Refused, match=r"Above the limit of 10\.00 GBP"):
        adjustments.propose(off, WRITE_OFF, actor=finance, version=1)

    assert not Adjustment.objects.exists()


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
