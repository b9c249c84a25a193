"""Moves cases after their occurrences changed: opened, come back, or resolved. Never silently."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from exceptions import approvals, ledger
from exceptions.models import ACTIVE, CaseEvent, ExceptionCase, Status
from exceptions.storable import text
from integration.audit.trail import SYSTEM

HEALED = "No longer wrong when it was tried again"
WENT_THROUGH = "Went through when tried again"


def settle(
    cases: Sequence[ExceptionCase],
    *,
    seen: Collection[int],
    closed: Mapping[int, Sequence[str]],
    now: datetime,
) -> None:
    """Recounts the locked cases and moves them. `closed` are the words that closed occurrences."""
    counts = ledger.recount([case.pk for case in cases])
    events: list[CaseEvent] = []
    for case in cases:
        before = case.status
        is_new = case.pk in seen and case.first_seen_at == now
        case.open_count = counts[case.pk]
        if is_new:
            events.append(_event(case, "opened", "", now))
        elif before not in ACTIVE and case.open_count:
            _come_back(case)
            events.append(_event(case, "came_back", before, now))
        elif before in ACTIVE and not case.open_count:
            _resolve(case, closed.get(case.pk, ()), now)
            events.append(_event(case, "resolved", before, now, case.resolution))
    ExceptionCase.objects.filter(pk__in=seen).update(last_seen_at=now)
    moved = {event.case_id for event in events if event.action != "opened"}
    ledger.move([case for case in cases if case.pk in moved])
    CaseEvent.objects.bulk_create(events)
    approvals.lapse([event.case_id for event in events if event.from_status == Status.WAITING], now)


def resolution_of(closed: Sequence[str]) -> str:
    """Why a case was resolved, from the words that closed its occurrences."""
    told = Counter(closed).most_common()
    if not told:
        return HEALED
    more = len(told) - 1
    rest = f" and {more} other change{'s' if more > 1 else ''}" if more else ""
    return text(f"{told[0][0]}{rest}", 250)


def _come_back(case: ExceptionCase) -> None:
    case.status = Status.OPEN
    case.resolution = ""
    case.closed_at = None
    case.snoozed_until = None
    case.regressions += 1
    case.version += 1


def _resolve(case: ExceptionCase, how: Sequence[str], now: datetime) -> None:
    case.status = Status.RESOLVED
    case.resolution = resolution_of(how)
    case.closed_at = now
    case.snoozed_until = None
    case.version += 1


def _event(
    case: ExceptionCase, action: str, before: str, now: datetime, note: str = ""
) -> CaseEvent:
    return CaseEvent(
        case=case,
        at=now,
        actor_name=SYSTEM,
        action=action,
        from_status=before,
        to_status=case.status,
        note=note,
        details={"version": case.version, "orders": case.open_count},
    )
