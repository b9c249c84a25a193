"""Adjustments: one person of finance proposes, a second one decides; the database insists on two.

What changes figures has a limit per currency and role (`limits`): whoever decides needs a role whose
limit covers the amount. Refusing needs none.
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
from integration.mirror.models import PrimaDocument
from reconciliation import counterparts, limits, match, periods
from reconciliation.control import controls
from reconciliation.limits import Limits
from reconciliation.models import Adjustment, Difference, DifferenceEvent, GatewayLine, Match
from reconciliation.refusals import NotYours, PeriodLocked, Refused, Stale
from reconciliation.running import look_again

Kind = Adjustment.Kind
State = Adjustment.State
_BOOKED = (Kind.WRITE_OFF, Kind.FEE, Kind.FX)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is asked for. `ledger` is the account it is booked to; `until` only for timing."""

    kind: Adjustment.Kind
    reason: str
    ledger: str = ""
    until: date | None = None
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sum:
    """What a proposal is about: signed minor units of a currency, on a day of a company."""

    amount: int
    currency: str
    company: str
    day: date


def propose(
    difference: Difference, proposal: Proposal, *, actor: User, version: int | None
) -> Adjustment:
    """Puts it before a second person. Raises Refused in words; then nothing has changed."""
    _check(proposal, actor)
    with transaction.atomic():
        found = _locked(difference, version)
        about = Sum(found.amount, found.currency, found.company, found.day)
        return _put(found, proposal, about, actor)


def propose_match(
    proposal: Proposal, about: Sum, *, difference: Difference | None, actor: User
) -> Adjustment:
    """A match by hand whose sides differ by `about`: the lines and documents are in the payload."""
    _check(proposal, actor)
    with transaction.atomic():
        found = _locked(difference, None) if difference is not None else None
        return _put(found, proposal, about, actor)


def approve(adjustment: Adjustment, *, actor: User, note: str = "") -> Adjustment:
    """Decides for it, and what was proposed is done."""
    with transaction.atomic():
        made = _decide(adjustment, State.APPROVED, actor, note)
        matched = _matched(made, actor) if made.kind == Kind.MATCH else None
        if made.difference is not None and matched is None:
            _settle(made.difference, made, actor)
    if matched is not None:
        look_again(controls()[match.CONTROL], counterparts.keys_of(matched))
    return made


def refuse(adjustment: Adjustment, *, actor: User, note: str) -> Adjustment:
    """Decides against it; the difference is open again."""
    if not note.strip():
        raise Refused("Say why you refuse, so that the other person knows what to do.")
    with transaction.atomic():
        made = _decide(adjustment, State.REFUSED, actor, note)
        _reopen(made, actor, "refused", note)
        return made


def withdraw(adjustment: Adjustment, *, actor: User, note: str = "") -> Adjustment:
    """The proposer takes it back."""
    if adjustment.proposer_id != actor.pk:
        raise NotYours("Only the person who made the proposal can withdraw it.")
    with transaction.atomic():
        made = _decide(adjustment, State.WITHDRAWN, actor, note)
        _reopen(made, actor, "withdrawn", note)
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


def refuse_many(
    found: Sequence[Adjustment], *, actor: User, note: str
) -> list[tuple[Adjustment, str]]:
    """As `approve_many`, deciding against them."""
    left = []
    for adjustment in found:
        try:
            refuse(adjustment, actor=actor, note=note)
        except Refused as refusal:
            left.append((adjustment, refusal.message))
    return left


def why_not(adjustment: Adjustment, user: User) -> str:
    """Why this person cannot decide it at all; empty when they can."""
    if adjustment.state != State.PROPOSED:
        return f"This proposal is {adjustment.get_state_display().lower()} already."
    if not user.may(May.DECIDE_APPROVALS):
        return "Your roles do not let you decide; finance does."
    if adjustment.proposer_id == user.pk:
        return "You made this proposal. A second person of finance has to decide."
    return ""


def why_not_approve(adjustment: Adjustment, user: User, known: Limits | None = None) -> str:
    """Why this person cannot decide for it, and who can; empty when they can."""
    kind = Kind(adjustment.kind)
    return why_not(adjustment, user) or limits.why_not(
        known or Limits.now(), user, kind, adjustment.currency, adjustment.amount
    )


def _check(proposal: Proposal, actor: User) -> None:
    if not actor.may(May.DECIDE_APPROVALS):
        raise NotYours("Only finance proposes adjustments.")
    if not proposal.reason.strip():
        raise Refused("Say why; the person who decides reads it.")
    if proposal.kind in _BOOKED and not proposal.ledger.strip():
        raise Refused("Name the ledger account it is booked to.")
    if proposal.kind == Kind.TIMING and proposal.until is None:
        raise Refused("Say until when it should have cleared.")


def _put(difference: Difference | None, proposal: Proposal, about: Sum, actor: User) -> Adjustment:
    if difference is not None and difference.state not in (
        Difference.State.OPEN,
        Difference.State.TIMING,
    ):
        raise Refused(f"The difference is {difference.get_state_display().lower()} already.")
    _open_for(about.company, about.day)
    if refusal := limits.why_none(Limits.now(), proposal.kind, about.currency, about.amount):
        raise Refused(refusal)
    try:
        with transaction.atomic():
            made = _create(difference, proposal, about, actor)
    except IntegrityError as error:
        raise Refused("A proposal for this difference is waiting already.") from error
    if difference is not None:
        _move(difference, Difference.State.PROPOSED, actor, f"proposed: {made}", proposal.reason)
    trail.record("adjustment proposed", actor=actor, target=made, kind=proposal.kind)
    return made


def _create(
    difference: Difference | None, proposal: Proposal, about: Sum, actor: User
) -> Adjustment:
    payload = dict(proposal.payload)
    if proposal.until is not None:
        payload["until"] = proposal.until.isoformat()
    return Adjustment.objects.create(
        difference=difference,
        kind=proposal.kind,
        payload=payload,
        amount=about.amount,
        currency=about.currency,
        company=about.company,
        day=about.day,
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
        raise NotYours(refusal) if made.state == State.PROPOSED else Refused(refusal)
    _open_for(made.company, made.day)
    if state == State.APPROVED:
        _may_stand(made, actor)
    made.state, made.decider, made.decider_name = state, actor, str(actor)
    made.decided_at, made.decision_note = timezone.now(), note[:250]
    made.save()
    trail.record(f"adjustment {state.value}", actor=actor, target=made, note=note)
    return made


def _may_stand(made: Adjustment, actor: User) -> None:
    """Approving needs a limit, and a difference that is still what was proposed about."""
    if refusal := why_not_approve(made, actor):
        raise NotYours(refusal)
    about = made.difference
    if about is None or made.kind == Kind.MATCH:
        return
    if about.closed_at is not None:
        raise Refused(f"The difference has closed meanwhile ({about.closed_by}). Refuse it.")
    if (about.amount, about.currency) != (made.amount, made.currency):
        raise Refused(
            f"The difference is {_shown(about.amount, about.currency)} now and was"
            f" {_shown(made.amount, made.currency)} when this was proposed. Refuse it, so that it"
            " can be proposed anew."
        )


def _shown(amount: int, currency: str) -> str:
    return f"{from_minor(amount, currency):,} {currency}" if currency else str(amount)


def _open_for(company: str, day: date) -> None:
    """Raises PeriodLocked: what lies in a period that is signed stands as it was signed."""
    if (shut := periods.shut_at(company, day)) is not None:
        raise PeriodLocked(
            f"{shut} is {shut.get_state_display().lower()}: what lies in it stands. Two people of"
            " finance re-open it first."
        )


def _matched(made: Adjustment, actor: User) -> Match:
    """The match that was proposed, in the name of its proposer."""
    if made.difference is not None:
        _reopen(made, actor, f"match approved: {made}")
    matched = match.by_hand(
        list(GatewayLine.objects.filter(pk__in=made.payload["lines"])),
        list(PrimaDocument.objects.filter(pk__in=made.payload["documents"])),
        actor=made.proposer,
        reason=f"{made.reason} (approved by {actor})"[:250],
    )
    made.payload = {**made.payload, "match": matched.pk}
    made.save(update_fields=["payload"])
    return matched


def _settle(difference: Difference, made: Adjustment, actor: User) -> None:
    found = _locked(difference, None)
    if made.kind == Kind.TIMING:
        found.timing_until = date.fromisoformat(made.payload["until"])
        _move(found, Difference.State.TIMING, actor, f"timing until {found.timing_until}")
        return
    found.closed_at = timezone.now()
    found.closed_by = f"{made.get_kind_display()}, approved by {actor}"[:250]
    _move(found, Difference.State.ADJUSTED, actor, found.closed_by)


def _reopen(made: Adjustment, actor: User, words: str, note: str = "") -> None:
    if made.difference is not None:
        found = _locked(made.difference, None)
        if found.state == Difference.State.PROPOSED:
            _move(found, Difference.State.OPEN, actor, words, note)


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
