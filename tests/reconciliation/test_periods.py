"""Periods are signed by two and locked by the database."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from integration.accounts.models import User
from reconciliation import checklist, periods
from reconciliation.models import ControlRun, Difference, Period
from reconciliation.refusals import Refused, Stale
from tests.factories.reconciliation import difference

DAY = date(2026, 10, 15)


@pytest.fixture
def period(db: None) -> Period:
    now = timezone.now()
    ControlRun.objects.create(control="order_to_prima", started_at=now, finished_at=now)
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


@pytest.mark.parametrize("who", ["operations", "marketing", "auditor", "admin_person"])
def test_only_finance_moves_a_period(who, period, request):
    with pytest.raises(Refused, match="Only finance"):
        periods.begin_review(period, actor=request.getfixturevalue(who), version=1)

    period.refresh_from_db()
    assert (period.state, period.version) == ("open", 1)


def test_the_database_refuses_changes_in_a_locked_period(period, finance, finance2):
    old = difference()
    period = periods.explain(
        period, "differences", actor=finance, version=1, words="Known and small."
    )
    done = signed(period, finance, finance2)
    periods.lock(done, actor=finance, version=done.version)

    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        difference("CO-2")
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        Difference.objects.filter(pk=old.pk).update(state="adjusted")
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        Difference.objects.filter(pk=old.pk).delete()

    assert Difference.objects.get().state == "open"
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
