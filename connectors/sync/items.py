"""What may be done with items from outside: set to wait again, held, rejected, cancelled.

All of it is set-based, and none of it touches what is in Prima already.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from connectors.sync import rows
from connectors.sync.flow import ORDERS
from connectors.sync.models import SyncItem

State = SyncItem.State
_WORKED_ON = [State.WORKING, State.SENDING]
_REOPENED = [State.HELD, State.REJECTED]


def enqueue(
    flow: str, external_ids: Iterable[str], *, not_before: datetime | None = None, reason: str = ""
) -> None:
    """New items, waiting. Those that are known already are left as they are."""
    now = timezone.now()
    new = [
        SyncItem(
            flow=flow,
            external_id=external_id,
            not_before=not_before or now,
            reason=_cut(reason),
            created_at=now,
            changed_at=now,
        )
        for external_id in external_ids
    ]
    rows.write(new)


def requeue(flow: str, external_ids: Sequence[str], reason: str) -> int:
    """Held, rejected and waiting items are due now; what is being worked on is looked at again.

    `reason` in words says why: "SKU X1 mapped". Answers how many items it concerned.
    """
    return _nudge(flow, external_ids, reason, [State.WAITING, *_REOPENED, *_WORKED_ON])


def nudge_held(flow: str, external_ids: Sequence[str], reason: str) -> int:
    """As `requeue`, for changes that came by themselves: what a person rejected stays rejected."""
    return _nudge(flow, external_ids, reason, [State.HELD, *_WORKED_ON])


def nudge(flow: str, external_ids: Sequence[str], reason: str) -> int:
    """As `nudge_held`, and what waits for a later time is due now."""
    return _nudge(flow, external_ids, reason, [State.WAITING, State.HELD, *_WORKED_ON])


def renew(flow: str, external_ids: Sequence[str], reason: str) -> None:
    """The records changed: new ones are added, and what was done with the others is done anew.

    What a person rejected or cancelled stays so.
    """
    enqueue(flow, external_ids, reason=reason)
    now = timezone.now()
    SyncItem.objects.filter(flow=flow, external_id__in=external_ids, state=State.SENT).update(
        state=State.WAITING,
        attempts=0,
        crashes=0,
        not_before=now,
        last_error="",
        reason=_cut(reason),
        changed_at=now,
    )
    nudge(flow, external_ids, reason)


def postpone(flow: str, external_ids: Sequence[str], until: datetime, reason: str) -> int:
    """Waiting and held items wait until then: more is to come."""
    return SyncItem.objects.filter(
        flow=flow, external_id__in=external_ids, state__in=[State.WAITING, State.HELD]
    ).update(state=State.WAITING, not_before=until, reason=_cut(reason), changed_at=timezone.now())


def hold(flow: str, external_ids: Sequence[str], reason: str) -> int:
    """Waiting items wait for a person."""
    return _move(flow, external_ids, State.HELD, reason, from_states=[State.WAITING])


def reject(external_id: str, reason: str, actor: object, *, flow: str = ORDERS) -> bool:
    """A person refuses the record. False when it is in Prima already or being sent just now."""
    return bool(
        _move(
            flow,
            [external_id],
            State.REJECTED,
            f"Rejected by {actor}: {reason}",
            from_states=[State.WAITING, State.HELD],
        )
    )


def cancel(external_id: str, reason: str, actor: object, *, flow: str = ORDERS) -> bool:
    """The record is not wanted any more. False as for `reject`."""
    return bool(
        _move(
            flow,
            [external_id],
            State.CANCELLED,
            f"Cancelled by {actor}: {reason}",
            from_states=[State.WAITING, State.HELD, State.REJECTED],
        )
    )


def _nudge(flow: str, external_ids: Sequence[str], reason: str, states: Sequence[str]) -> int:
    now = timezone.now()
    reopened = Q(state__in=_REOPENED)
    return SyncItem.objects.filter(
        flow=flow, external_id__in=external_ids, state__in=states
    ).update(
        state=Case(
            When(reopened, then=Value(State.WAITING)),
            default=F("state"),
            output_field=models.CharField(),
        ),
        crashes=Case(
            When(reopened, then=Value(0)), default=F("crashes"), output_field=models.IntegerField()
        ),
        attempts=0,
        not_before=now,
        reason=_cut(reason),
        changed_at=now,
    )


def _move(
    flow: str, external_ids: Sequence[str], to: str, reason: str, *, from_states: Sequence[str]
) -> int:
    # An order in doubt may be in Prima: it must not be put aside before Prima has been asked.
    settled: models.QuerySet[SyncItem] = SyncItem.objects.filter(
        flow=flow, external_id__in=external_ids, state__in=from_states
    )
    if to != State.HELD:
        settled = settled.filter(in_doubt=False)
    return settled.update(state=to, reason=_cut(reason), changed_at=timezone.now())


def _cut(reason: str) -> str:
    return reason if len(reason) <= 120 else f"{reason[:119]}…"
