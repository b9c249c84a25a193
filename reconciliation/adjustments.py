"""Adjustments: one person of finance proposes, a second one decides; the database insists on two.

Write-offs, fees and exchange differences have a limit each, per currency; above it nobody decides
them in the desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from integration.accounts.models import User
from integration.accounts.roles import May
from integration.audit import trail
from integration.core.money import from_minor
from reconciliation import periods
from reconciliation.models import Adjustment, AdjustmentLimit, Difference, DifferenceEvent
from reconciliation.refusals import Refused, Stale

Kind = Adjustment.Kind
State = Adjustment.State
_MONEY = (Kind.WRITE_OFF, Kind.FEE, Kind.FX)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is asked for. `ledger` is the account it is booked to; `until` only for timing."""

    kind: Adjustment.Kind
    reason: str
    ledger: str = ""
    until: date | None = None
    payload: dict[str, Any] = field(default_factory=dict)


def propose(
    difference: Difference, proposal: Proposal, *, actor: User, version: int | None
) -> Adjustment:
    """Puts it before a second person. Raises Refused in words; then nothing has changed."""
    _check(proposal, actor)
    with transaction.atomic():
        found = _locked(difference, version)
        if found.state not in (Difference.State.OPEN, Difference.State.TIMING):
            raise Refused(f"The difference is {found.get_state_display().lower()} already.")
        _within_limit(proposal.kind, found)
        try:
            with transaction.atomic():
                made = _create(found, proposal, actor)
        except IntegrityError as error:
            raise Refused("A proposal for this difference is waiting already.") from error
        _move(found, Difference.State.PROPOSED, actor, f"proposed: {made}", proposal.reason)
        trail.record("adjustment proposed", actor=actor, target=made, kind=proposal.kind)
        return made


def approve(adjustment: Adjustment, *, actor: User, note: str = "") -> Adjustment:
    """Decides for it, and the difference is adjusted."""
    with transaction.atomic():
        made = _decide(adjustment, State.APPROVED, actor, note)
        if made.difference is not None:
            _settle(made.difference, made, actor)
        return made


def refuse(adjustment: Adjustment, *, actor: User, note: str) -> Adjustment:
    """Decides against it; the difference is open again."""
    if not note.strip():
        raise Refused("Say why you refuse, so that the other person knows what to do.")
    with transaction.atomic():
        made = _decide(adjustment, State.REFUSED, actor, note)
        _reopen(made, actor, f"refused: {note}")
        return made


def withdraw(adjustment: Adjustment, *, actor: User, note: str = "") -> Adjustment:
    """The proposer takes it back."""
    if adjustment.proposer_id != actor.pk:
        raise Refused("Only the person who made the proposal can withdraw it.")
    with transaction.atomic():
        made = _decide(adjustment, State.WITHDRAWN, actor, note)
        _reopen(made, actor, "withdrawn")
        return made


def approve_many(
    found: Sequence[Adjustment], *, actor: User, note: str = ""
) -> list[tuple[Adjustment, str]]:
    """Each in a transaction of its own; answers those that were not, and why."""
    left = []
    for adjustment in found:
        try:
            approve(adjustment, actor=actor, note=note)
        except Refused as refusal:
            left.append((adjustment, refusal.message))
    return left


def why_not(adjustment: Adjustment, user: User) -> str:
    """Why this person cannot decide it; empty when they can."""
    if adjustment.state != State.PROPOSED:
        return f"This proposal is {adjustment.get_state_display().lower()} already."
    if not user.may(May.DECIDE_APPROVALS):
        return "Your roles do not let you decide; finance does."
    if adjustment.proposer_id == user.pk:
        return "You made this proposal. A second person of finance has to decide."
    return ""


def limit_of(kind: str, currency: str) -> int | None:
    """The limit in minor units; None when there is none for this currency."""
    rows = AdjustmentLimit.objects.filter(kind=kind, currency__in=[currency, "*"])
    found = {row.currency: row.amount for row in rows}
    return found.get(currency, found.get("*"))


def _check(proposal: Proposal, actor: User) -> None:
    if not actor.may(May.DECIDE_APPROVALS):
        raise Refused("Only finance proposes adjustments.")
    if not proposal.reason.strip():
        raise Refused("Say why; the person who decides reads it.")
    if proposal.kind in _MONEY and not proposal.ledger.strip():
        raise Refused("Name the ledger account it is booked to.")
    if proposal.kind == Kind.TIMING and proposal.until is None:
        raise Refused("Say until when it should have cleared.")


def _within_limit(kind: Adjustment.Kind, difference: Difference) -> None:
    if kind not in _MONEY:
        return
    limit = limit_of(kind, difference.currency)
    if limit is None:
        raise Refused(
            f"No limit is set for “{kind.label}” in {difference.currency}. An admin sets it."
        )
    if abs(difference.amount) > limit:
        allowed = from_minor(limit, difference.currency)
        raise Refused(
            f"Above the limit of {allowed} {difference.currency} for “{kind.label}”. "
            "Put it right at its source instead."
        )


def _create(difference: Difference, proposal: Proposal, actor: User) -> Adjustment:
    payload = dict(proposal.payload)
    if proposal.until is not None:
        payload["until"] = proposal.until.isoformat()
    return Adjustment.objects.create(
        difference=difference,
        kind=proposal.kind,
        payload=payload,
        amount=difference.amount,
        currency=difference.currency,
        company=difference.company,
        day=periods.booking_day(difference.company, difference.day),
        account_code=proposal.ledger[:40],
        reason=proposal.reason[:250],
        proposer=actor,
        proposer_name=str(actor),
        proposed_at=timezone.now(),
    )


def _decide(adjustment: Adjustment, state: Adjustment.State, actor: User, note: str) -> Adjustment:
    made = (
        Adjustment.objects.select_for_update(of=("self",))
        .select_related("difference", "proposer")
        .get(pk=adjustment.pk)
    )
    refusal = why_not(made, actor)
    if state == State.WITHDRAWN:
        refusal = "" if made.state == State.PROPOSED else refusal
    if refusal:
        raise Refused(refusal)
    made.state, made.decider, made.decider_name = state, actor, str(actor)
    made.decided_at, made.decision_note = timezone.now(), note[:250]
    made.save()
    trail.record(f"adjustment {state.value}", actor=actor, target=made, note=note)
    return made


def _settle(difference: Difference, made: Adjustment, actor: User) -> None:
    found = _locked(difference, None)
    if made.kind == Kind.TIMING:
        found.timing_until = date.fromisoformat(made.payload["until"])
        _move(found, Difference.State.TIMING, actor, f"timing until {found.timing_until}")
        return
    found.closed_at = timezone.now()
    found.closed_by = f"{made.get_kind_display()}, approved by {actor}"[:250]
    _move(found, Difference.State.ADJUSTED, actor, found.closed_by)


def _reopen(made: Adjustment, actor: User, words: str) -> None:
    if made.difference is not None:
        found = _locked(made.difference, None)
        if found.state == Difference.State.PROPOSED:
            _move(found, Difference.State.OPEN, actor, words)


def _locked(difference: Difference, version: int | None) -> Difference:
    found = Difference.objects.select_for_update().get(pk=difference.pk)
    if version is not None and found.version != version:
        last = found.events.order_by("-id").first()
        who = f"{last.actor_name} {last.action}" if last else "somebody else"
        raise Stale(f"The difference changed meanwhile ({who}). Look again.")
    return found


def _move(
    difference: Difference, to: Difference.State, actor: User, action: str, note: str = ""
) -> None:
    difference.state = to
    difference.version += 1
    difference.save()
    DifferenceEvent.objects.create(
        difference=difference,
        at=timezone.now(),
        actor=actor,
        actor_name=str(actor),
        action=action[:60],
        note=note,
    )
