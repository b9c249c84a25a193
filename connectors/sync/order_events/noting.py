"""Notes what orders have reached, in the transaction of the change that says so."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from connectors.sync.nudges import nudge
from connectors.sync.order_event import OrderEvent, key_of
from connectors.sync.order_events.planning import Known, plan
from connectors.sync.order_events.reporting import close
from integration.mapping.milestones import MilestoneBook
from integration.mirror.models import BookedOrder, Shipment
from integration.records.milestones import Milestone, Parcel, Standing, Step

FLOW = "order_events"
State = OrderEvent.State
NOT_MAPPED = "No event was set for this milestone on that day."
TOO_OLD = "It happened too long before the desk learned of it."
AWAITS_TRACKING = "Waits for the tracking number."


@dataclass(frozen=True, slots=True)
class _Seen:
    order: BookedOrder
    parcels: Sequence[Parcel]
    events: Sequence[OrderEvent]


def note(order_numbers: Iterable[str]) -> int:
    """Looks at these orders as the mirror has them now; answers how many events wait newly.

    In the caller's transaction. Takes a handful of queries for any number of orders.
    """
    seen = _seen(sorted(set(order_numbers)))
    book, now = MilestoneBook.load(), timezone.now()
    new: list[OrderEvent] = []
    changed: list[OrderEvent] = []
    for one in seen:
        new += _note_one(one, book, now, changed)
    OrderEvent.objects.bulk_create(new, ignore_conflicts=True)
    OrderEvent.objects.bulk_update(
        changed, ["parcel", "state", "reason", "not_before", "reached_at"]
    )
    close([event for event in changed if event.state == State.PASSED])
    waiting = sum(event.state == State.WAITING for event in new)
    if waiting or any(event.state == State.WAITING for event in changed):
        nudge(FLOW)
    return waiting


def _seen(numbers: Sequence[str]) -> list[_Seen]:
    orders = BookedOrder.objects.filter(order_number__in=numbers, deleted_at__isnull=True)
    parcels = parcels_of(numbers)
    events: dict[str, list[OrderEvent]] = defaultdict(list)
    for event in OrderEvent.objects.filter(order_number__in=numbers).select_for_update(no_key=True):
        events[event.order_number].append(event)
    return [
        _Seen(order, parcels.get(order.order_number, []), events[order.order_number])
        for order in orders
    ]


def parcels_of(order_numbers: Sequence[str]) -> dict[str, list[Parcel]]:
    """The parcels of each order, in the order in which they left."""
    found: dict[str, list[Parcel]] = defaultdict(list)
    for row in Shipment.objects.filter(
        order_numbers__overlap=list(order_numbers), deleted_at__isnull=True
    ).order_by("despatched_at", "number"):
        parcel = Parcel(row.number, row.tracking, row.despatched_at, row.delivered_at)
        for number in row.order_numbers:
            found[number].append(parcel)
    return found


def _note_one(
    seen: _Seen, book: MilestoneBook, now: datetime, changed: list[OrderEvent]
) -> list[OrderEvent]:
    """The new events; those that changed are added to `changed`."""
    rows = {(event.milestone, event.parcel): event for event in seen.events}
    known = [_known(event) for event in seen.events]
    found = plan(_standing(seen, now), known, lambda step: _refusal(step, book, now))
    touched: dict[int, OrderEvent] = {}
    for one, parcel in found.named:
        row = rows[one.step]
        row.parcel = parcel
        touched[row.pk] = row
    for row in seen.events:
        waits = row.state == State.WAITING and row.reason == AWAITS_TRACKING
        if waits and not awaits_tracking(row, seen.parcels, seen.events):
            _may_go(row, seen, book, now)
            touched[row.pk] = row
    for one, why in found.overtaken:
        row = rows[one.step]
        row.state, row.reason = State.PASSED, why
        touched[row.pk] = row
    changed += touched.values()
    return [_row(seen, one.step, one.passed, book, now) for one in found.noted]


def _may_go(row: OrderEvent, seen: _Seen, book: MilestoneBook, now: datetime) -> None:
    """Its tracking number has come, and with it when the parcel left."""
    parcel = parcel_of(row, seen.parcels, seen.events)
    if parcel is not None and parcel.despatched_at is not None:
        row.reached_at = parcel.despatched_at
    step = Step(Milestone(row.milestone), row.parcel, row.reached_at)
    row.reason, row.not_before = _refusal(step, book, now), now
    row.state = State.PASSED if row.reason else State.WAITING


def _known(event: OrderEvent) -> Known:
    is_open = event.state in (State.WAITING, State.HELD) and not event.in_doubt
    return Known(Milestone(event.milestone), event.parcel, is_open)


def _standing(seen: _Seen, now: datetime) -> Standing:
    order = seen.order
    told = order.data.get("status_changed_at")
    return Standing(
        order.order_status,
        order.fulfilment_status,
        order.invoice_status,
        order.payment_status,
        datetime.fromisoformat(told) if told else order.modified_at or now,
        seen.parcels,
    )


def _refusal(step: Step, book: MilestoneBook, now: datetime) -> str:
    at = step.at or now
    rule = book.rule(step.milestone, timezone.localdate(at))
    if rule is None:
        return NOT_MAPPED
    return TOO_OLD if now - at > rule.latest_after else ""


def _row(seen: _Seen, step: Step, passed: str, book: MilestoneBook, now: datetime) -> OrderEvent:
    event = OrderEvent(
        key=key_of(seen.order.order_number, step.milestone, step.parcel),
        order_number=seen.order.order_number,
        milestone=step.milestone,
        parcel=step.parcel,
        reached_at=step.at or now,
        noted_at=now,
        not_before=now,
        state=State.PASSED if passed else State.WAITING,
        reason=passed,
    )
    rule = book.rule(step.milestone, timezone.localdate(event.reached_at))
    if not passed and rule is not None and awaits_tracking(event, seen.parcels, seen.events):
        event.not_before = now + rule.wait_for_tracking
        event.reason = AWAITS_TRACKING
    return event


def awaits_tracking(
    event: OrderEvent, parcels: Sequence[Parcel], siblings: Sequence[OrderEvent]
) -> bool:
    """True for a despatch whose parcel has no tracking number yet."""
    if event.milestone not in (Milestone.PART_DESPATCHED, Milestone.DESPATCHED):
        return False
    parcel = parcel_of(event, parcels, siblings)
    return parcel is None or not parcel.tracking


def parcel_of(
    event: OrderEvent, parcels: Sequence[Parcel], siblings: Sequence[OrderEvent]
) -> Parcel | None:
    """The parcel an event tells of: its own, or of a despatch the last that no part has told."""
    if event.milestone == Milestone.PART_DESPATCHED:
        return next((one for one in parcels if one.number == event.parcel), None)
    parts = {one.parcel for one in siblings if one.milestone == Milestone.PART_DESPATCHED}
    if event.milestone == Milestone.DESPATCHED:
        return next((one for one in reversed(parcels) if one.number not in parts), None)
    return parcels[-1] if parcels else None
