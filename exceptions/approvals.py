"""Four eyes: one person proposes, a second one of finance decides, the database keeps them apart."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from exceptions import lifecycle
from exceptions.action import Done, actions
from exceptions.models import Approval, ExceptionCase
from exceptions.problems import NotAllowed, NotPossible
from exceptions.storable import payload as storable
from exceptions.storable import text
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.audit import trail
from integration.core.waiting import Waiting

State = Approval.State


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is asked for. `payload` is all that the action needs to carry it out later."""

    action: str
    payload: Mapping[str, Any]
    summary: str
    reason: str
    amount: Decimal | None = None
    currency: str = ""


def propose(
    case: ExceptionCase, proposal: Proposal, *, actor: User, version: int | None
) -> Approval:
    """Puts the proposal before finance; the case waits for the decision."""
    with transaction.atomic():
        locked = lifecycle.propose(case, proposal.summary, actor=actor, version=version)
        try:
            with transaction.atomic():
                approval = Approval.objects.create(
                    case=locked,
                    action=proposal.action,
                    payload=storable(dict(proposal.payload)),
                    summary=text(proposal.summary, 300),
                    amount=proposal.amount,
                    currency=proposal.currency,
                    proposer=actor,
                    proposed_at=timezone.now(),
                    reason=text(proposal.reason, 250),
                )
        except IntegrityError as error:
            raise NotPossible("A proposal for this case is waiting already.") from error
        trail.record("approval proposed", actor=actor, target=approval, payload=approval.payload)
        return approval


def approve(approval: Approval, *, actor: User, note: str = "") -> Done:
    """Decides for the proposal and carries it out, in one transaction."""
    with transaction.atomic():
        decided = _decide(approval, State.APPROVED, actor, note)
        lifecycle.decide(decided.case, "approved", decided.summary, actor=actor)
        return actions()[decided.action].carry_out(decided, actor=actor)


def refuse(approval: Approval, *, actor: User, note: str) -> Done:
    """Decides against it; the case is open again and says why."""
    if not note.strip():
        raise NotPossible("Say why you refuse, so that the other person knows what to do.")
    with transaction.atomic():
        decided = _decide(approval, State.REFUSED, actor, note)
        lifecycle.decide(decided.case, "refused", note, actor=actor)
    return Done(f"Refused. {decided.proposer} sees your reason on the case.", approval=decided)


def withdraw(approval: Approval, *, actor: User, note: str = "") -> Done:
    """The proposer takes it back."""
    if actor.pk != approval.proposer_id:
        raise NotAllowed("Only the person who made the proposal can withdraw it.")
    with transaction.atomic():
        decided = _decide(approval, State.WITHDRAWN, actor, note)
        lifecycle.decide(decided.case, "withdrawn", note, actor=actor)
    return Done("The proposal is withdrawn.", approval=decided)


def lapse(case_ids: Collection[int], now: datetime) -> None:
    """Withdraws the proposals of cases that closed by themselves meanwhile."""
    if case_ids:
        Approval.objects.filter(case__in=case_ids, state=State.PROPOSED).update(
            state=State.WITHDRAWN,
            decider=F("proposer"),
            decided_at=now,
            decision_note="The case was resolved before a decision.",
        )


def why_not(approval: Approval, user: User) -> str:
    """Why this person cannot decide, in words; empty when they can."""
    if approval.state != State.PROPOSED:
        return f"This proposal is already {approval.get_state_display().lower()}."
    if not user.may(May.DECIDE_APPROVALS):
        return "Your roles do not let you decide approvals; finance does."
    if approval.proposer_id == user.pk:
        return "You made this proposal. A second person of finance has to decide."
    return ""


def waiting(user: User) -> Waiting:
    """How many wait for this person, and how many of their own for somebody else."""
    found = Approval.objects.filter(state=State.PROPOSED)
    counted = found.aggregate(all=Count("pk"), own=Count("pk", filter=Q(proposer=user)))
    rest = counted["all"] - counted["own"]
    if user.may(May.DECIDE_APPROVALS):
        return Waiting(mine=rest, own=counted["own"])
    return Waiting(own=counted["own"], others=rest)


def _decide(approval: Approval, state: State, actor: User, note: str) -> Approval:
    ExceptionCase.objects.select_for_update(no_key=True).get(pk=approval.case_id)
    locked = Approval.objects.select_for_update(of=("self",)).select_related("case", "proposer")
    found = locked.get(pk=approval.pk)
    refusal = why_not(found, actor)
    if state == State.WITHDRAWN:
        refusal = "" if found.state == State.PROPOSED else refusal
    if refusal:
        raise NotAllowed(refusal)
    found.state, found.decider, found.decided_at = state, actor, timezone.now()
    found.decision_note = text(note, 250)
    found.save(update_fields=["state", "decider", "decided_at", "decision_note"])
    trail.record(f"approval {state.value}", actor=actor, target=found, note=found.decision_note)
    return found
