"""Periods are signed by two and locked by the database."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from integration.accounts.models import User
from reconciliation import adjustments, checklist, periods
from reconciliation.adjustments import Proposal
from reconciliation.control import controls
from reconciliation.evidence_lists import found_of
from reconciliation.models import Adjustment, ControlRun, Difference, Period
from reconciliation.refusals import Refused, Stale
from reconciliation.statement import figures
from tests.factories.reconciliation import all_run, difference, limits

DAY = date(2026, 10, 15)


@pytest.fixture
def period(db: None) -> Period:
    all_run()
    return periods.period_of("main", DAY)


def signed(period: Period, *people: User) -> Period:
    period = periods.begin_review(period, actor=people[0], version=period.version)
    for person in people:
        period = periods.sign(period, actor=person, version=period.version)
    return period


def test_two_people_sign_and_it_is_locked(period, finance, finance2):
    done = signed(period, finance, finance2)
    assert done.state == "signed"

    locked = periods.lock(done, actor=finance, version=done.version)

    assert locked.state == "locked"
    assert [event.action for event in locked.events.all()] == [
        "review begun", "signed", "signed", "locked",
    ]  # fmt: skip


def test_one_person_cannot_sign_twice(period, finance):
    period = periods.begin_review(period, actor=finance, version=1)
    period = periods.sign(period, actor=finance, version=period.version)

    with pytest.raises(Refused, match="second person"):
        periods.sign(period, actor=finance, version=period.version)

    period.refresh_from_db()
    assert period.state == "review"


def test_an_open_difference_must_be_explained_first(period, finance, finance2):
    difference()
    period = periods.begin_review(period, actor=finance, version=1)
    with pytest.raises(Refused, match="No open difference"):
        periods.sign(period, actor=finance, version=period.version)

    period = periods.explain(
        period, "differences", actor=finance, version=period.version, words="Known, 12.34 GBP."
    )
    period = periods.sign(period, actor=finance2, version=period.version)

    point = next(point for point in checklist.of(period) if point.slug == "differences")
    assert (point.green, point.settled, point.explained_by) == (False, True, str(finance))


class TestControlsAfterTheLastDay:
    """October ends at midnight in London: winter time, the same as UTC; September an hour before."""

    @pytest.fixture(autouse=True)
    def _in_london(self, settings):
        settings.TIME_ZONE = "Europe/London"

    def point(self, day: date = DAY) -> checklist.Point:
        period = periods.period_of("main", day)
        return next(point for point in checklist.of(period) if point.slug == "controls")

    def test_are_open_while_the_month_goes_on_however_lately_they_ran(self, db, time_machine):
        time_machine.move_to("2026-10-31T23:30Z")
        all_run()

        point = self.point()

        assert (point.green, point.count) == (False, len(controls()))
        assert (
            "It can turn green from 1 November 2026, 00:00 (Europe/London) on, when each control "
            "has run once more." in point.meaning
        )

    def test_count_when_they_began_after_midnight_where_the_company_is(self, db):
        all_run(datetime(2026, 9, 30, 22, 59, tzinfo=UTC))
        assert self.point(date(2026, 9, 15)).count == len(controls())

        all_run(datetime(2026, 9, 30, 23, 0, tzinfo=UTC))
        assert self.point(date(2026, 9, 15)).green

    def test_that_are_behind_are_named(self, db):
        all_run()
        ControlRun.objects.filter(control="payout_to_bank").update(as_of=DAY)

        point = self.point()

        assert point.count == 1
        assert point.meaning.endswith(
            "Not run since 1 November 2026, 00:00 (Europe/London): Payouts and the bank."
        )


@pytest.mark.parametrize("who", ["operations", "marketing", "auditor", "admin_person"])
def test_only_finance_moves_a_period(who, period, request):
    with pytest.raises(Refused, match="Only finance"):
        periods.begin_review(period, actor=request.getfixturevalue(who), version=1)

    period.refresh_from_db()
    assert (period.state, period.version) == ("open", 1)


def test_the_database_refuses_changes_in_a_locked_period(period, finance, finance2):
    old = difference(state="healed", closed_at=timezone.now())
    done = signed(period, finance, finance2)
    periods.lock(done, actor=finance, version=done.version)

    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        difference("CO-2")
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        Difference.objects.filter(pk=old.pk).update(state="adjusted")
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        Difference.objects.filter(pk=old.pk).delete()

    assert Difference.objects.get().state == "healed"
    Difference.objects.filter(pk=old.pk).update(last_seen_at=timezone.now())
    difference("CO-3", day=date(2026, 11, 1))


def test_reopening_needs_a_reason_and_two_people(period, finance, finance2):
    done = signed(period, finance, finance2)
    locked = periods.lock(done, actor=finance, version=done.version)
    with pytest.raises(Refused, match="Say why"):
        periods.propose_reopening(locked, actor=finance, version=locked.version, reason="")
    asked = periods.propose_reopening(
        locked, actor=finance, version=locked.version, reason="A payout was missed."
    )
    with pytest.raises(Refused, match="second person"):
        periods.reopen(asked, actor=finance, version=asked.version)

    opened = periods.reopen(asked, actor=finance2, version=asked.version)

    assert opened.state == "open"
    assert (
        periods.signers(periods.begin_review(opened, actor=finance, version=opened.version)) == []
    )


def test_late_days_are_booked_into_the_next_open_period(period, finance, finance2):
    done = signed(period, finance, finance2)
    periods.lock(done, actor=finance, version=done.version)

    assert periods.booking_day("main", DAY) == date(2026, 11, 1)
    assert periods.booking_day("main", date(2026, 11, 3)) == date(2026, 11, 3)
    assert periods.booking_day("other", DAY) == DAY


def test_a_stale_page_changes_nothing(period, finance, finance2):
    periods.begin_review(period, actor=finance, version=1)

    with pytest.raises(Stale, match="review begun"):
        periods.begin_review(period, actor=finance2, version=1)


def test_the_history_is_never_changed(period, finance):
    periods.begin_review(period, actor=finance, version=1)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        period.events.update(action="something else")


def test_what_is_open_when_a_month_is_locked_goes_on_in_the_next_and_can_close(
    period, finance, finance2
):
    # given
    left, closed = difference("CO-1"), difference("CO-2", closed_at=timezone.now(), state="healed")
    period = periods.begin_review(period, actor=finance, version=period.version)
    period = periods.explain(
        period, "differences", actor=finance, version=period.version, words="Credited next week."
    )
    for person in (finance, finance2):
        period = periods.sign(period, actor=person, version=period.version)
    assert ("Open: Payout lines and documents", 1, "12.34") in told(period)

    # when
    period = periods.lock(period, actor=finance, version=period.version)

    # then
    left.refresh_from_db()
    closed.refresh_from_db()
    assert (left.day, left.version) == (date(2026, 11, 1), 2)
    assert closed.day == DAY
    assert left.events.get().note == (
        "It was open when October 2026 was locked, and goes on in November 2026."
    )
    assert period.events.last().reason == (
        "1 difference goes on in November 2026, open, proposed or marked as timing."
    )

    # when both sides agree later
    Difference.objects.filter(pk=left.pk).update(state="healed", closed_at=timezone.now())

    # then the statement and the lists of the month still say what was open
    assert told(period) == [("Carried forward: Payout lines and documents", 1, "12.34")]
    listed = found_of(period, "differences").values_list("key", flat=True)
    assert list(listed) == ["CO-1", "CO-2"]
    assert found_of(period, "decisions").get(action="carried forward").difference == left


def test_a_proposal_that_waits_when_its_month_is_locked_can_be_decided_in_the_next(
    period, finance, finance2
):
    # given
    limits()
    left = difference()
    proposal = Proposal(Adjustment.Kind.WRITE_OFF, "Not worth a letter.", ledger="7900")
    made = adjustments.propose(left, proposal, actor=finance, version=left.version)
    period = periods.begin_review(period, actor=finance, version=period.version)
    period = periods.explain(
        period, "proposals", actor=finance, version=period.version, words="Frank is away."
    )
    for person in (finance, finance2):
        period = periods.sign(period, actor=person, version=period.version)
    periods.lock(period, actor=finance, version=period.version)

    # when
    adjustments.approve(made, actor=finance2)

    # then
    made.refresh_from_db()
    left.refresh_from_db()
    assert (made.state, made.day) == ("approved", date(2026, 11, 1))
    assert (left.state, left.day) == ("adjusted", date(2026, 11, 1))


def told(period: Period) -> list[tuple[str, int, str]]:
    return [(one.what, one.count, one.amount) for one in figures(period)]


def reopened(period: Period, finance: User, finance2: User) -> Period:
    asked = periods.propose_reopening(
        period, actor=finance, version=period.version, reason="A payout was missed."
    )
    return periods.reopen(asked, actor=finance2, version=asked.version)


def explained(period: Period, finance: User, finance2: User) -> Period:
    """Signed, with whatever is open explained."""
    period = periods.begin_review(period, actor=finance, version=period.version)
    for point in [point.slug for point in checklist.of(period) if not point.settled]:
        period = periods.explain(
            period, point, actor=finance, version=period.version, words="Next month."
        )
    for person in (finance, finance2):
        period = periods.sign(period, actor=person, version=period.version)
    return period


def carried(period: Period, finance: User, finance2: User) -> Period:
    """Locked, and whatever was open carried forward."""
    done = explained(period, finance, finance2)
    return periods.lock(done, actor=finance, version=done.version)


def test_the_checklist_of_a_locked_month_is_the_one_that_was_signed(period, finance, finance2):
    difference()
    locked = carried(period, finance, finance2)

    point = next(one for one in checklist.of(locked) if one.slug == "differences")

    assert (point.count, point.green, point.explained) == (1, False, "Next month.")
    assert point.meaning
    assert checklist.said(locked.events.get(action="explained")) == "explained: No open difference"
    opened = reopened(locked, finance, finance2)
    Difference.objects.update(closed_at=timezone.now(), state="healed")
    assert all(one.green for one in checklist.of(opened))


def test_what_was_carried_forward_comes_back_when_the_month_is_opened_again(
    period, finance, finance2
):
    # given
    limits()
    left, healed = difference("CO-1"), difference("CO-2")
    proposal = Proposal(Adjustment.Kind.WRITE_OFF, "Not worth a letter.", ledger="7900")
    made = adjustments.propose(left, proposal, actor=finance, version=left.version)
    locked = carried(period, finance, finance2)
    Difference.objects.filter(pk=healed.pk).update(state="healed", closed_at=timezone.now())

    # when
    opened = reopened(locked, finance, finance2)

    # then
    for row in (left, healed, made):
        row.refresh_from_db()
    assert (left.day, made.day, healed.day) == (DAY, DAY, date(2026, 11, 1))
    told = left.events.get(action="brought back")
    assert (told.note, told.actor) == ("October 2026 is open again.", finance2)
    last = opened.events.last()
    assert last is not None
    assert last.reason == "1 open difference comes back into it."
    assert "proposals" in {point.slug for point in checklist.of(opened) if not point.green}

    # when it is locked once more
    again = carried(opened, finance, finance2)

    # then
    left.refresh_from_db()
    assert (again.state, left.day) == ("locked", date(2026, 11, 1))


def test_what_was_carried_into_a_month_that_is_signed_meanwhile_stays_there(
    period, finance, finance2
):
    left = difference("CO-1")
    locked = carried(period, finance, finance2)
    november = explained(periods.period_of("main", date(2026, 11, 1)), finance, finance2)

    reopened(locked, finance, finance2)

    left.refresh_from_db()
    assert (november.state, left.day) == ("signed", date(2026, 11, 1))


def test_what_was_carried_through_two_months_comes_home_whichever_is_opened_first(
    period, finance, finance2
):
    # given
    left = difference("CO-1")
    october = carried(period, finance, finance2)
    november = carried(periods.period_of("main", date(2026, 11, 1)), finance, finance2)
    left.refresh_from_db()
    assert left.day == date(2026, 12, 1)

    # when
    reopened(october, finance, finance2)
    opened = reopened(november, finance, finance2)

    # then
    left.refresh_from_db()
    assert left.day == DAY
    assert left.events.filter(action="brought back").count() == 2
    last = opened.events.last()
    assert last is not None
    assert last.reason == (
        "1 open difference comes back into it. 1 open difference comes back into October 2026."
    )
