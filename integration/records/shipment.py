"""Parcels that left Prima's warehouse."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """How many of an order's line are in the parcel."""

    line_ref: str
    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel. `tracking` is the carrier's number, empty when there is none (yet).

    `delivered_at` is when the carrier handed it over, None while it is under way or not known.
    """

    id: str
    number: str
    order_numbers: tuple[str, ...]
    company: str = "main"
    carrier: str = ""
    service: str = ""
    tracking: str = ""
    despatched_at: datetime | None = None
    delivered_at: datetime | None = None
    lines: tuple[ShippedLine, ...] = ()
    modified_at: datetime | None = None
    version: str = ""
