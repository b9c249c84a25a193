"""Periods: open → in review → signed by two → locked; re-opened by two, with a reason.

The database itself refuses to change what lies in a locked period (see the migration of the
triggers), so these functions are the polite way, not the only guard.
"""

import calendar
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from integration.accounts.models import User
from integration.accounts.roles import May
from integration.audit import trail
from reconciliation import carrying, checklist
from reconciliation.models import Adjustment, Difference, LateArrival, Period, PeriodEvent
from reconciliation.refusals import NotYours, Refused, Stale

State = Period.State
SIGNATURES = 2

_APPEAR = """
INSERT INTO reconciliation_period (company, first_day, last_day, state, version)
SELECT company, month, (month + interval '1 month - 1 day')::date, 'open', 1
FROM (
    SELECT company, date_trunc('month', day)::date AS month FROM reconciliation_difference
    UNION SELECT company, date_trunc('month', paid_on)::date FROM reconciliation_payout
    UNION SELECT company, date_trunc('month', date)::date FROM mirror_primadocument
    WHERE deleted_at IS NULL
) months
ON CONFLICT (company, first_day) DO NOTHING
"""


def period_of(company: str, day: date) -> Period:
    """The calendar month of the day, made when it is not there yet."""
    first = day.replace(day=1)
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    period, _ = Period.objects.get_or_create(
        company=company, first_day=first, defaults={"last_day": last}
    )
    return period


def appear() -> None:
    """Makes the month of everything that was compared or paid out, where it is not there yet."""
    with connection.cursor() as cursor:
        cursor.execute(_APPEAR)


def listed() -> QuerySet[Period]:
    """Periods with how many differences are open, proposals wait and late arrivals came."""
    inside = {
        "company": OuterRef("company"),
        "day__gte": OuterRef("first_day"),
        "day__lte": OuterRef("last_day"),
    }
    return Period.objects.annotate(
        open_differences=_counted(Difference, closed_at__isnull=True, **inside),
        waiting=_counted(Adjustment, state=Adjustment.State.PROPOSED, **inside),
        late=_counted(LateArrival, period=OuterRef("pk")),
    )


def _counted(model: type[Model], **wanted: Any) -> Coalesce:
    found = model._default_manager.filter(**wanted).order_by().annotate(one=Value(1))
    return Coalesce(Subquery(found.values("one").annotate(n=Count("pk")).values("n")), 0)


def booking_day(company: str, day: date) -> date:
    """The day itself, or the first day of the next period that still takes bookings."""
    shut = Period.objects.filter(
        company=company, state__in=[State.SIGNED, State.LOCKED], last_day__gte=day
    ).order_by("first_day")
    for period in shut:
        if period.first_day <= day <= period.last_day:
            day = period.last_day + timedelta(days=1)
    return day


def shut_at(company: str, day: date) -> Period | None:
    """The period of that day when it is signed or locked, so that what lies in it stands."""
    return shut_within(company, day, day).first()


def shut_within(company: str, first: date, last: date) -> QuerySet[Period]:
    """The signed and locked periods of these days, the earliest first."""
    return Period.objects.filter(
        company=company,
        first_day__lte=last,
        last_day__gte=first,
        state__in=[State.SIGNED, State.LOCKED],
    ).order_by("first_day")


def begin_review(period: Period, *, actor: User, version: int) -> Period:
    """No new matches are expected; people go through the checklist."""
    _need(actor)
    with transaction.atomic():
        locked = _taken(period, version, [State.OPEN], "put in review")
        return _move(locked, State.REVIEW, "review begun", actor)


def back_to_work(period: Period, *, actor: User, version: int, reason: str) -> Period:
    """From review back to open; signatures given meanwhile no longer count."""
    _need(actor, reason)
    with transaction.atomic():
        locked = _taken(period, version, [State.REVIEW], "taken back to work")
        return _move(locked, State.OPEN, "taken back to work", actor, reason)


def sign(period: Period, *, actor: User, version: int, note: str = "") -> Period:
    """One of two signatures; the second one signs the period off.

    Refused while a point of the checklist is neither green nor explained, and for a second
    signature by the same person.
    """
    _need(actor)
    with transaction.atomic():
        locked = _taken(period, version, [State.REVIEW], "signed")
        points = checklist.of(locked)
        if open_points := [point.title for point in points if not point.settled]:
            raise Refused(f"Settle or explain first: {', '.join(open_points)}.")
        if actor.pk in signers(locked):
            raise NotYours("You have signed already. A second person has to sign too.")
        details = {"checklist": [point.as_data() for point in points]}
        event = _event(locked, "signed", actor, note, details)
        done = len(signers(locked)) >= SIGNATURES
        if done:
            locked.state = State.SIGNED
        _save(locked)
        trail.record("period signed", actor=actor, target=locked, event=event.pk, complete=done)
        return locked


def lock(period: Period, *, actor: User, version: int) -> Period:
    """From now on the database refuses changes to what lies in it.

    What is still open goes on in the next period, or it could never close.
    """
    _need(actor)
    with transaction.atomic():
        locked = _taken(period, version, [State.SIGNED], "locked")
        to = booking_day(locked.company, locked.last_day)
        kept = carrying.forward(locked, to, actor)
        return _move(locked, State.LOCKED, "locked", actor, carrying.words(kept, to), kept)


def propose_reopening(period: Period, *, actor: User, version: int, reason: str) -> Period:
    """The first of two people who re-open a period; nothing opens yet."""
    _need(actor, reason)
    with transaction.atomic():
        locked = _taken(period, version, [State.SIGNED, State.LOCKED], "re-opened")
        if reopening(locked) is not None:
            raise Refused("Somebody has asked to re-open it already.")
        _event(locked, "re-opening proposed", actor, reason)
        _save(locked)
        trail.record("period re-opening proposed", actor=actor, target=locked, reason=reason)
        return locked


def reopen(period: Period, *, actor: User, version: int) -> Period:
    """The second person agrees; signatures no longer count, and what was carried forward returns."""
    _need(actor)
    with transaction.atomic():
        locked = _taken(period, version, [State.SIGNED, State.LOCKED], "re-opened")
        asked = reopening(locked)
        if asked is None:
            raise Refused("Somebody has to ask for it first, with a reason.")
        if asked.actor_id == actor.pk:
            raise NotYours("You asked for it. A second person has to agree.")
        opened = _move(locked, State.OPEN, "re-opened", actor, asked.reason)
        if words := carrying.back(opened, actor):
            _event(opened, carrying.BACK, actor, words)
        return opened


def signers(period: Period) -> list[int]:
    """Who has signed since the review began."""
    return [event.actor_id for event in _since(period, "review begun") if event.action == "signed"]


def reopening(period: Period) -> PeriodEvent | None:
    """The proposal to re-open that still waits for a second person."""
    events = _since(period, "re-opened")
    asked = [event for event in events if event.action == "re-opening proposed"]
    return asked[-1] if asked else None


def explain(period: Period, point: str, *, actor: User, version: int, words: str) -> Period:
    """Says why a point of the checklist that is not green may stay so."""
    _need(actor, words)
    with transaction.atomic():
        locked = _taken(period, version, [State.OPEN, State.REVIEW], "explained")
        if point not in {found.slug for found in checklist.of(locked)}:
            raise Refused("The checklist has no such point.")
        _event(locked, "explained", actor, words, {"point": point})
        _save(locked)
        trail.record("period point explained", actor=actor, target=locked, point=point)
        return locked


def _need(actor: User, reason: str | None = None) -> None:
    if not actor.may(May.DECIDE_APPROVALS):
        raise NotYours("Only finance signs, locks and re-opens periods.")
    if reason is not None and not reason.strip():
        raise Refused("Say why; it is kept with the period.")


def _taken(period: Period, version: int, states: list[Period.State], done: str) -> Period:
    locked = Period.objects.select_for_update().get(pk=period.pk)
    if locked.version != version:
        last = locked.events.order_by("-id").first()
        who = f"{last.actor_name}: {last.action}" if last else "somebody else"
        raise Stale(f"The period changed meanwhile ({who}). Look again.")
    if locked.state not in states:
        raise Refused(f"A period that is {locked.get_state_display().lower()} cannot be {done}.")
    return locked


def _move(
    period: Period,
    to: Period.State,
    action: str,
    actor: User,
    reason: str = "",
    details: object = None,
) -> Period:
    period.state = to
    _event(period, action, actor, reason, details)
    _save(period)
    trail.record(f"period {action}", actor=actor, target=period, reason=reason)
    return period


def _save(period: Period) -> None:
    period.version += 1
    period.save(update_fields=["state", "version"])


def _event(
    period: Period, action: str, actor: User, reason: str = "", details: object = None
) -> PeriodEvent:
    return PeriodEvent.objects.create(
        period=period,
        at=timezone.now(),
        actor=actor,
        actor_name=str(actor),
        action=action,
        reason=reason,
        details=details or {},
    )


def _since(period: Period, action: str) -> list[PeriodEvent]:
    """The events after the latest one with this action, oldest first."""
    events = list(period.events.order_by("id"))
    starts = [place for place, event in enumerate(events) if event.action == action]
    return events[starts[-1] + 1 :] if starts else events
