"""What may happen to a case: one table of transitions, one function a step.

Every step locks the case, refuses a stale version, writes a `CaseEvent` and, when a person took it,
an entry of the audit trail, all in one transaction. Pass `version=None` only where nobody looks at
a page: in background work over many cases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from exceptions import ledger
from exceptions.models import ACTIVE, CaseEvent, ExceptionCase, Occurrence, Status
from exceptions.problems import NotPossible, Refused, Stale
from exceptions.storable import text
from exceptions.words import listed
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.audit import trail

_CLOSED = frozenset({Status.RESOLVED, Status.DISMISSED})
_ANY = frozenset(Status)


@dataclass(frozen=True, slots=True)
class Move:
    """A step: from which states it may be taken, to which it leads (None: it stays), its words.

    What does not make the version grow can never collide with what somebody else does.
    """

    sources: frozenset[Status]
    target: Status | None
    words: str
    grows: bool = True


MOVES: Mapping[str, Move] = {
    "assigned": Move(frozenset(ACTIVE), None, "assigned it"),
    "unassigned": Move(frozenset(ACTIVE), None, "took the assignment away"),
    "snoozed": Move(frozenset({Status.OPEN, Status.SNOOZED}), Status.SNOOZED, "snoozed it"),
    "woken": Move(frozenset({Status.SNOOZED}), Status.OPEN, "woke it"),
    "dismissed": Move(frozenset({Status.OPEN, Status.SNOOZED}), Status.DISMISSED, "dismissed it"),
    "resolved": Move(frozenset(ACTIVE), Status.RESOLVED, "resolved it"),
    "reopened": Move(_CLOSED, Status.OPEN, "opened it again"),
    "proposed": Move(
        frozenset({Status.OPEN, Status.SNOOZED}), Status.WAITING, "asked for approval"
    ),
    "approved": Move(frozenset({Status.WAITING}), Status.OPEN, "approved the proposal"),
    "refused": Move(frozenset({Status.WAITING}), Status.OPEN, "refused the proposal"),
    "withdrawn": Move(frozenset({Status.WAITING}), Status.OPEN, "withdrew the proposal"),
    "acted": Move(frozenset(ACTIVE), None, "worked on it"),
    "commented": Move(_ANY, None, "commented", grows=False),
}


def assign(case: ExceptionCase, to: User, *, actor: User, version: int | None) -> ExceptionCase:
    """Gives the case to a person who may work on cases."""
    if not to.may(May.WORK_CASES):
        raise NotPossible(f"{to} cannot work on cases and cannot be assigned one.")
    return _step(case, "assigned", actor, version, note=f"to {to}", assignee=to)


def unassign(case: ExceptionCase, *, actor: User, version: int | None) -> ExceptionCase:
    return _step(case, "unassigned", actor, version, assignee=None)


def snooze(
    case: ExceptionCase, until: datetime, *, actor: User, version: int | None
) -> ExceptionCase:
    """Lets the case rest until then. Its orders stay held and still count."""
    if until <= timezone.now():
        raise NotPossible("Choose a time in the future.")
    note = f"until {timezone.localtime(until):%-d %B %Y, %H:%M}"
    return _step(case, "snoozed", actor, version, note=note, snoozed_until=until)


def wake(case: ExceptionCase, *, actor: User | None, version: int | None) -> ExceptionCase:
    return _step(case, "woken", actor, version, snoozed_until=None)


def dismiss(case: ExceptionCase, reason: str, *, actor: User, version: int | None) -> ExceptionCase:
    """Closes the case for the records it has now. They stay held; a new one opens it again."""
    words = _reason(reason)
    with transaction.atomic():
        locked = _locked(case, version)
        _check(locked, "dismissed")
        open_now = Occurrence.objects.filter(case=locked, closed_at__isnull=True)
        said = f"Dismissed by {actor}: {words}"
        rows = [(pk, said) for pk in open_now.values_list("pk", flat=True)]
        now = timezone.now()
        ledger.close(rows, now, dismissed=True)
        ledger.recount([locked.pk])
        return _step(
            locked,
            "dismissed",
            actor,
            None,
            note=words,
            details={"orders": len(rows), "occurrences": [pk for pk, _ in rows]},
            resolution=text(said, 250),
            closed_at=now,
            snoozed_until=None,
        )


def resolve(
    case: ExceptionCase, resolution: str, *, actor: User | None, version: int | None
) -> ExceptionCase:
    """Closes a case behind which nothing waits any more."""
    with transaction.atomic():
        locked = _locked(case, version)
        if locked.occurrences.filter(closed_at__isnull=True).exists():
            raise NotPossible("Orders still wait behind this case, so it cannot be resolved yet.")
        words = _reason(resolution)
        return _step(
            locked, "resolved", actor, None, note=words, resolution=words, closed_at=timezone.now()
        )


def reopen(case: ExceptionCase, reason: str, *, actor: User, version: int | None) -> ExceptionCase:
    """Opens a closed case again; what was dismissed with it waits again."""
    with transaction.atomic():
        locked = _locked(case, version)
        _check(locked, "reopened")
        locked.occurrences.filter(dismissed=True).update(
            dismissed=False, closed_at=None, closed_by=""
        )
        try:
            with transaction.atomic():
                reopened = _step(
                    locked, "reopened", actor, None, note=reason, resolution="", closed_at=None
                )
        except IntegrityError as error:
            raise NotPossible("Another open case already has this cause.") from error
        ledger.recount([locked.pk])
        reopened.refresh_from_db()
        return reopened


def comment(case: ExceptionCase, words: str, *, actor: User) -> ExceptionCase:
    """Adds to the timeline. Comments never collide, so no version is asked for."""
    return _step(case, "commented", actor, None, note=_reason(words))


def propose(
    case: ExceptionCase, summary: str, *, actor: User, version: int | None
) -> ExceptionCase:
    return _step(case, "proposed", actor, version, note=summary, snoozed_until=None)


def decide(case: ExceptionCase, outcome: str, note: str, *, actor: User) -> ExceptionCase:
    """`outcome` is "approved", "refused" or "withdrawn"."""
    return _step(case, outcome, actor, None, note=note)


def act(
    case: ExceptionCase,
    note: str,
    *,
    actor: User,
    version: int | None,
    details: Mapping[str, Any] | None = None,
) -> ExceptionCase:
    """Notes that a person did something about the case, e.g. mapped its SKU."""
    return _step(case, "acted", actor, version, note=note, details=details)


def wake_due(now: datetime | None = None) -> int:
    """Wakes the snoozed cases whose time has come. Safe to run twice."""
    due = ExceptionCase.objects.filter(
        status=Status.SNOOZED, snoozed_until__lte=now or timezone.now()
    )
    woken = 0
    for case in due.order_by("pk"):
        try:
            wake(case, actor=None, version=case.version)
        except Refused:  # Somebody moved it a moment ago: nothing is left to wake.
            continue
        woken += 1
    return woken


def _step(
    case: ExceptionCase,
    name: str,
    actor: User | None,
    version: int | None,
    *,
    note: str = "",
    details: Mapping[str, Any] | None = None,
    **changes: Any,
) -> ExceptionCase:
    with transaction.atomic():
        locked = _locked(case, version)
        _check(locked, name)
        before = locked.status
        locked.status = MOVES[name].target or before
        for field, value in changes.items():
            setattr(locked, field, value)
        locked.version += MOVES[name].grows
        locked.save(update_fields=["status", "version", *changes])
        CaseEvent.objects.create(
            case=locked,
            at=timezone.now(),
            actor=actor,
            actor_name=text(str(actor) if actor else trail.SYSTEM, 150),
            action=name,
            from_status=before,
            to_status=locked.status,
            note=text(note),
            details={**(details or {}), "version": locked.version},
        )
        if actor is not None:
            trail.record(f"case {name}", actor=actor, target=locked, note=text(note))
        return locked


def _locked(case: ExceptionCase, version: int | None) -> ExceptionCase:
    locked = ExceptionCase.objects.select_for_update(no_key=True).get(pk=case.pk)
    if version is not None and locked.version != version:
        raise stale(locked, version)
    return locked


def stale(case: ExceptionCase, version: int) -> Stale:
    """The refusal of a step that was prepared on an older version, with what happened since."""
    return Stale(_what_changed(case, version))


def _check(case: ExceptionCase, name: str) -> None:
    move = MOVES[name]
    if case.status not in move.sources:
        state = case.get_status_display().lower()
        raise NotPossible(f"The case is {state}, so this is not possible now.")


def _what_changed(case: ExceptionCase, version: int) -> str:
    since = case.events.filter(details__version__gt=version).exclude(action="commented")
    told = [
        f"{event.actor_name} {_said(event)} at {timezone.localtime(event.at):%H:%M}"
        for event in since.order_by("-id")[:3]
    ]
    what = listed(told[::-1]) or "Somebody changed it"
    return (
        f"The case changed while you were looking at it: {what}. Nothing of yours was saved. "
        "Look at it again, and repeat what you did if it is still right."
    )


def _said(event: CaseEvent) -> str:
    words = MOVES[event.action].words if event.action in MOVES else "changed it"
    if event.action == "came_back":
        words = "saw it come back"
    return f"{words} {event.note}".strip() if event.action in ("assigned", "snoozed") else words


def _reason(words: str) -> str:
    told = " ".join(words.split())
    if not told:
        raise NotPossible("Say why, in a few words.")
    return text(told, 250)
