"""What an event says, or why it cannot be told: prepared for a whole claim in a few queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from connectors.sfmc.journeys import Entry
from connectors.sfmc.values import Value, to_wire
from connectors.sync.order_contacts import OrderContact, contacts_of
from connectors.sync.order_event import OrderEvent
from connectors.sync.order_events.noting import NOT_MAPPED, parcel_of, parcels_of
from integration.core.problems import Problem
from integration.mapping.milestones import EventRule, MilestoneBook
from integration.mirror.models import BookedOrder, Shipment
from integration.records.milestones import Milestone, Parcel

GONE = "Prima has no such order any more."
NO_CONTACT = "No contact of Marketing Cloud belongs to this account."


@dataclass(frozen=True, slots=True)
class Ready:
    """An event that may be told now. The address goes out with the entry and is not kept."""

    event: OrderEvent
    entry: Entry
    email: str


@dataclass(frozen=True, slots=True)
class Passed:
    """An event that nobody is told; `event.reason` says why."""

    event: OrderEvent


@dataclass(frozen=True, slots=True)
class Stopped:
    """An event a person must look at."""

    event: OrderEvent
    problem: Problem


Prepared = Ready | Passed | Stopped


@dataclass(frozen=True, slots=True)
class _World:
    book: MilestoneBook
    orders: dict[str, BookedOrder]
    contacts: dict[str, OrderContact]
    parcels: dict[str, list[Parcel]]
    parts: dict[str, list[OrderEvent]]
    carriers: dict[str, str]
    now: datetime


def prepare(events: Sequence[OrderEvent]) -> list[Prepared]:
    """In their order. Contact, definition and data are set on the events that are ready."""
    world = _world(events)
    return [_prepared(event, world) for event in events]


def _world(events: Sequence[OrderEvent]) -> _World:
    numbers = sorted({event.order_number for event in events})
    parts: dict[str, list[OrderEvent]] = defaultdict(list)
    told = OrderEvent.objects.filter(order_number__in=numbers, milestone=Milestone.PART_DESPATCHED)
    for part in told:
        parts[part.order_number].append(part)
    parcels = parcels_of(numbers)
    names = {parcel.number for found in parcels.values() for parcel in found}
    return _World(
        MilestoneBook.load(),
        {
            order.order_number: order
            for order in BookedOrder.objects.filter(
                order_number__in=numbers, deleted_at__isnull=True
            ).defer("data")
        },
        contacts_of(numbers),
        parcels,
        parts,
        dict(Shipment.objects.filter(number__in=names).values_list("number", "carrier")),
        timezone.now(),
    )


def _prepared(event: OrderEvent, world: _World) -> Prepared:
    order = world.orders.get(event.order_number)
    rule = world.book.rule(Milestone(event.milestone), timezone.localdate(event.reached_at))
    if order is None or rule is None:
        event.reason = GONE if order is None else NOT_MAPPED
        return Passed(event)
    contact = world.contacts[event.order_number]
    if not contact.contact_key:
        return _without_contact(event, order, contact)
    if world.now - event.reached_at > rule.latest_after and not event.insisted:
        return Stopped(event, _too_late(event, rule))
    event.contact_key, event.event_definition = contact.contact_key, rule.event_definition
    told = _told(event, order, contact, world)
    event.data = {name: to_wire(value) for name, value in told.items() if name != "email"}
    entry = Entry(contact.contact_key, {rule.columns[name]: told[name] for name in told})
    return Ready(event, entry, contact.email)


def _told(
    event: OrderEvent, order: BookedOrder, contact: OrderContact, world: _World
) -> dict[str, Value]:
    """Facts of the order. No campaign, no offer: it is a service message."""
    number = event.order_number
    parcel = None
    if event.milestone in (
        Milestone.PART_DESPATCHED, Milestone.DESPATCHED, Milestone.DELIVERED
    ):  # fmt: skip
        parcel = parcel_of(event, world.parcels.get(number, []), world.parts.get(number, []))
    told: dict[str, Value] = {
        "event": event.key,
        "order_number": number,
        "campaign_order": contact.campaign_order,
        "contact_key": contact.contact_key,
        "email": contact.email,
        "milestone": str(event.milestone),
        "reached_at": event.reached_at,
        "currency": order.currency,
        "total": order.gross,
    }
    if parcel is not None:
        told |= {
            "carrier": world.carriers.get(parcel.number, ""),
            "tracking": parcel.tracking,
            "parcel": parcel.number,
        }
    return told


def _without_contact(event: OrderEvent, order: BookedOrder, contact: OrderContact) -> Prepared:
    """A campaign order must have somebody to tell; an order taken over the counter need not."""
    if not contact.campaign_order:
        event.reason = NO_CONTACT
        return Passed(event)
    message = (
        f"Order {order.order_number} ({contact.campaign_order}) has no contact key, so nobody can "
        "be told what becomes of it."
    )
    facts = {"account": order.account_code, "order": contact.campaign_order}
    return Stopped(event, Problem("event_without_contact", message, facts))


def _too_late(event: OrderEvent, rule: EventRule) -> Problem:
    label = Milestone(event.milestone).label.lower()
    hours = int(rule.latest_after.total_seconds() // 3600)
    message = (
        f"Order {event.order_number} was {label} on {event.reached_at:%d %B at %H:%M} UTC, and its "
        f"customer could not be told within {hours} hours."
    )
    return Problem("event_late", message, {"milestone": label, "definition": rule.event_definition})
