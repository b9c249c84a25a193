"""What an answer or an error of Prima means for the order: pure decisions."""

from datetime import datetime

from connectors.errors import (
    CircuitOpen,
    DuplicateReference,
    MisconfiguredError,
    NotFound,
    Rejected,
    RemoteError,
    Stale,
    Throttled,
    TransientError,
    UnexpectedShape,
)
from connectors.sync import backoff
from connectors.sync.context import Failure
from connectors.sync.delivery.outcome import Delivery, Outcome, State, held, released
from connectors.sync.delivery.refusals import problems_of
from connectors.sync.inbox import changed_after_sending
from integration.core.problems import Problem
from integration.records.sales_order import PlacedOrder


def booked(delivery: Delivery, placed: PlacedOrder, *, found: bool = False) -> Outcome:
    return Outcome(
        delivery,
        State.SENT,
        attempts=delivery.item.attempts + 1,
        placed=placed,
        found=found or placed.replayed,
    )


def failed(delivery: Delivery, failure: Failure, max_attempts: int, now: datetime) -> Outcome:
    """The outcome of sending an order that was not booked, as far as we know."""
    match failure.error:
        case CircuitOpen() | MisconfiguredError():
            return released(delivery, why=failure.error.message)
        case Rejected() as error:
            return held(delivery, problems_of(delivery, error))
        case DuplicateReference() as error:
            return held(
                delivery, (changed_after_sending(delivery.order.key, error.existing_number),)
            )
        case NotFound() | Stale() as error:
            return held(delivery, (_refused(delivery, error),))
        case TransientError() | UnexpectedShape() as error:
            return again(delivery, error, max_attempts, now)
    return held(delivery, (unexpected(delivery, failure),), in_doubt=True)


def again(
    delivery: Delivery,
    error: TransientError | UnexpectedShape,
    max_attempts: int,
    now: datetime,
    *,
    in_doubt: bool = False,
) -> Outcome:
    """Later, or a case when the attempts are used up. An answer that cannot be read says nothing
    about the effect, so the order is in doubt after it."""
    attempts = delivery.item.attempts + 1
    in_doubt = in_doubt or isinstance(error, UnexpectedShape) or error.outcome_unknown
    if attempts >= max_attempts:
        problem = _not_delivered(delivery, error, attempts)
        return held(delivery, (problem,), in_doubt=in_doubt, attempts=attempts)
    asked = error.retry_after if isinstance(error, Throttled) else None
    return Outcome(
        delivery,
        State.WAITING,
        attempts=attempts,
        in_doubt=in_doubt,
        not_before=now + backoff.delay(attempts, at_least=asked),
        last_error=error.message,
    )


def poisoned(delivery: Delivery) -> Outcome:
    """It took its worker down again and again."""
    key = delivery.order.key
    problem = Problem(
        "unexpected_failure",
        f"The worker was lost {delivery.item.crashes} times while it had order {key}.",
        {"order": key, "exception": "worker lost", "place": key},
    )
    return held(delivery, (problem,), in_doubt=delivery.item.in_doubt)


def unexpected(delivery: Delivery, failure: Failure) -> Problem:
    name = type(failure.error).__name__
    return Problem(
        "unexpected_failure",
        f"The desk failed unexpectedly with order {delivery.order.key}.",
        {"order": delivery.order.key, "exception": name, "place": failure.place},
    )


def _refused(delivery: Delivery, error: RemoteError) -> Problem:
    facts = {"order": delivery.order.key, "code": "upstream.rejected", "said": error.message[:200]}
    return Problem("rejected_by_prima", f"Order {delivery.order.key}: {error.message}", facts)


def _not_delivered(
    delivery: Delivery, error: TransientError | UnexpectedShape, attempts: int
) -> Problem:
    return Problem(
        "delivery_failed",
        f"Order {delivery.order.key} could not be delivered in {attempts} attempts. "
        f"The last one: {error.message}",
        {
            "order": delivery.order.key,
            "system": "prima",
            "error": type(error).__name__,
            "said": error.message[:200],
        },
    )
