"""What an answer of Marketing Cloud means for an event: pure decisions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.errors import (
    CircuitOpen,
    MisconfiguredError,
    Rejected,
    Throttled,
    TransientError,
)
from connectors.sfmc.journeys import EntryOutcome
from connectors.sync import backoff
from connectors.sync.context import Failure
from connectors.sync.order_event import OrderEvent
from integration.core.problems import Problem

State = OrderEvent.State
RUNTIME_ERROR = "30000"
"""Marketing Cloud's own trouble with one contact: it may do better again."""
UNKNOWN_DEFINITION = "30003"
LOOK_AFTER = timedelta(minutes=2)
"""So long an entry may take to appear in the log of entries."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the event. `problem` when a person must look."""

    state: State
    reason: str = ""
    event_id: str = ""
    in_doubt: bool = False
    not_before: datetime | None = None
    problem: Problem | None = None


def answered(event: OrderEvent, outcome: EntryOutcome, now: datetime) -> Verdict:
    """Of an entry that Marketing Cloud answered for."""
    if outcome.event_id:
        return Verdict(State.SENT, event_id=outcome.event_id)
    if outcome.code == RUNTIME_ERROR:
        return _later(event, outcome.message, now)
    return refused(event, outcome.message or f"It gave no reason ({outcome.code}).")


def failed(event: OrderEvent, failure: Failure, now: datetime) -> Verdict:
    """Of a call that did not succeed, as far as we know."""
    match failure.error:
        case Rejected() as error:
            said = " ".join(issue.message for issue in error.issues) or error.message
            return refused(event, said)
        case CircuitOpen() | MisconfiguredError() as error:
            return Verdict(State.WAITING, error.message, not_before=now)
        case TransientError(outcome_unknown=False) as error:
            asked = error.retry_after if isinstance(error, Throttled) else None
            return _later(event, error.message, now, at_least=asked)
    # Whatever else happened, it may have been taken.
    return in_doubt(now)


def is_about_members(failure: Failure) -> bool:
    """True for a refusal of a whole call that single entries may have caused."""
    if not isinstance(failure.error, Rejected):
        return False
    return all(issue.code != UNKNOWN_DEFINITION for issue in failure.error.issues)


def in_doubt(now: datetime) -> Verdict:
    why = "No answer came; Marketing Cloud is asked whether it has it."
    return Verdict(State.WAITING, why, in_doubt=True, not_before=now + LOOK_AFTER)


def refused(event: OrderEvent, said: str) -> Verdict:
    facts = {"definition": event.event_definition, "said": said[:200]}
    message = (
        f"Contact {event.contact_key} could not be told of order {event.order_number} "
        f"({event.get_milestone_display().lower()}): {said}"
    )
    return Verdict(State.HELD, said[:250], problem=Problem("event_refused", message, facts))


def _later(event: OrderEvent, why: str, now: datetime, *, at_least: float | None = None) -> Verdict:
    wait = backoff.delay(event.attempts + 1, at_least=at_least)
    return Verdict(State.WAITING, why[:250], not_before=now + wait)
