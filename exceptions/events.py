"""Order events told again or passed over, many at a time, in the background."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from connectors.sync import runner
from connectors.sync.models import OrderEvent
from connectors.sync.order_events import claims
from connectors.sync.order_events.noting import FLOW
from connectors.sync.order_events.reporting import OBJECT
from exceptions import jobs
from exceptions.models import BulkJob, ExceptionCase, Occurrence
from exceptions.words import counted
from integration.accounts.models import User
from integration.audit import trail

State = OrderEvent.State
_DONE = [State.SENT, State.PASSED]


def waiting_events(*cases: ExceptionCase) -> list[str]:
    """The keys of the events that wait behind the cases, each once."""
    rows = Occurrence.objects.filter(case__in=cases, object=OBJECT, closed_at__isnull=True)
    keys = rows.order_by("first_seen_at", "external_id").values_list("external_id", flat=True)
    return list(dict.fromkeys(keys))


def tell(
    keys: Sequence[str], *, action: str, actor: User, case: ExceptionCase | None = None
) -> BulkJob:
    """Tells the customers now, once the caller's transaction has committed.

    The events are touched by the job alone, as items are by theirs.
    """
    title = f"Tell of {counted(len(keys), 'order event')}"
    return jobs.begin(title, action, keys, actor=actor, case=case, args={"step": "tell"})


def leave(keys: Sequence[str], reason: str, *, actor: User, case: ExceptionCase) -> BulkJob:
    """Nobody is told, for this reason."""
    title = f"Do not tell of {counted(len(keys), 'order event')}: {reason}"
    args = {"step": "leave", "reason": reason}
    return jobs.begin(title, "pass_events", keys, actor=actor, case=case, args=args)


def tell_step(job: BulkJob, keys: Sequence[str]) -> list[jobs.Result]:
    """Sets the events to wait and works them off now."""
    claims.again(list(keys), insist=True)
    runner.run(FLOW, started_by=str(job.actor) if job.actor else trail.SYSTEM)
    left = OrderEvent.objects.filter(key__in=keys).exclude(state__in=_DONE)
    return [_result(event) for event in left]


def leave_step(job: BulkJob, keys: Sequence[str]) -> list[jobs.Result]:
    """Passes each over, with the reason in the audit trail."""
    reason = f"Not told, by {job.actor}: {job.payload['reason']}"
    with transaction.atomic():
        for event in claims.pass_over(list(keys), reason):
            trail.record("order event passed over", actor=job.actor, label=event.key, reason=reason)
    left = OrderEvent.objects.filter(key__in=keys).exclude(state__in=_DONE)
    return [_result(event) for event in left]


def _result(event: OrderEvent) -> dict[str, Any]:
    why = event.reason or "It goes with the next run of the flow."
    return {"record": event.key, "why": why}
