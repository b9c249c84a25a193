"""What an order has reached that its customer may be told: a pure reading of Prima's four axes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Milestone(StrEnum):
    """In the order in which they come."""

    ACCEPTED = "accepted"
    PART_DESPATCHED = "part_despatched"
    DESPATCHED = "despatched"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"

    @property
    def rank(self) -> int:
        """Where it comes among the others."""
        return list(Milestone).index(self)

    @property
    def label(self) -> str:
        return _LABELS[self]

    def is_overtaken_by(self, others: Iterable["Milestone"]) -> bool:
        """When one of these is reached, telling this one would only confuse."""
        return not _OVERTAKEN_BY[self].isdisjoint(others)


_LABELS = {
    Milestone.ACCEPTED: "Accepted",
    Milestone.PART_DESPATCHED: "Part despatched",
    Milestone.DESPATCHED: "Despatched",
    Milestone.DELIVERED: "Delivered",
    Milestone.CANCELLED: "Cancelled",
    Milestone.REFUNDED: "Refunded",
}
# Money back is told beside the way of the goods: a refund of one line stops no other parcel.
_OVERTAKEN_BY: Mapping[Milestone, frozenset[Milestone]] = {
    Milestone.ACCEPTED: frozenset(set(Milestone) - {Milestone.ACCEPTED}),
    Milestone.PART_DESPATCHED: frozenset(
        {Milestone.DESPATCHED, Milestone.DELIVERED, Milestone.CANCELLED}
    ),
    Milestone.DESPATCHED: frozenset({Milestone.DELIVERED, Milestone.CANCELLED}),
    Milestone.DELIVERED: frozenset(),
    Milestone.CANCELLED: frozenset(),
    Milestone.REFUNDED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipment of the order, the parts that matter here."""

    number: str
    tracking: str = ""
    despatched_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An order as Prima tells it now. `parcels` are in the order in which they left."""

    order_status: str
    fulfilment_status: str
    invoice_status: str
    payment_status: str
    changed_at: datetime | None = None
    parcels: Sequence[Parcel] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone reached. `parcel` names the parcel of a part despatch, and is empty otherwise.

    `at` is when it was reached, as far as Prima tells.
    """

    milestone: Milestone
    parcel: str = ""
    at: datetime | None = None


def reached(standing: Standing) -> list[Step]:
    """Everything the order has reached, in the order of the milestones.

    A part despatch is a step of its own for every parcel; the parcel that completes the order
    belongs to the despatch. What Prima passes over between two readings is not seen here at all.
    """
    steps = []
    if standing.order_status in ("accepted", "completed"):
        steps.append(Step(Milestone.ACCEPTED, at=standing.changed_at))
    steps += _despatches(standing)
    if _is_delivered(standing):
        steps.append(Step(Milestone.DELIVERED, at=_last_delivery(standing) or standing.changed_at))
    if standing.order_status == "cancelled":
        steps.append(Step(Milestone.CANCELLED, at=standing.changed_at))
    if standing.payment_status == "refunded" or standing.invoice_status == "credited":
        steps.append(Step(Milestone.REFUNDED, at=standing.changed_at))
    return steps


def _despatches(standing: Standing) -> list[Step]:
    parcels = list(standing.parcels)
    match standing.fulfilment_status:
        case "part_despatched":
            # Before its parcel is known the step has no name; it gets that of the first to come.
            parts = parcels or [Parcel("")]
            return [_part(parcel, standing) for parcel in parts]
        case "despatched" | "delivered":
            last = parcels[-1] if parcels else Parcel("")
            at = last.despatched_at or standing.changed_at
            earlier = [_part(parcel, standing) for parcel in parcels[:-1]]
            return [*earlier, Step(Milestone.DESPATCHED, at=at)]
    return []


def _part(parcel: Parcel, standing: Standing) -> Step:
    at = parcel.despatched_at or standing.changed_at
    return Step(Milestone.PART_DESPATCHED, parcel.number, at)


def _is_delivered(standing: Standing) -> bool:
    if standing.fulfilment_status == "delivered":
        return True
    return (
        standing.fulfilment_status == "despatched"
        and bool(standing.parcels)
        and all(parcel.delivered_at for parcel in standing.parcels)
    )


def _last_delivery(standing: Standing) -> datetime | None:
    times = [parcel.delivered_at for parcel in standing.parcels if parcel.delivered_at]
    return max(times, default=None)
