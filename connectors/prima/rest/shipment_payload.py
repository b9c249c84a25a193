"""Parcels from Prima's REST contract."""

from collections.abc import Mapping
from typing import Any

from connectors.prima.rest.booked_payload import order_numbers_of
from connectors.prima.rest.reading import decimal, moment_or_none, text
from integration.records.shipment import Shipment, ShippedLine

Payload = Mapping[str, Any]


def shipment_from(payload: Payload) -> Shipment:
    """Raises KeyError, TypeError or ValueError for what is no shipment."""
    return Shipment(
        id=text(payload, "id", needed=True),
        number=text(payload, "number", needed=True),
        order_numbers=order_numbers_of(payload),
        company=text(payload, "company") or "main",
        carrier=text(payload, "carrier"),
        service=text(payload, "service"),
        tracking=text(payload, "tracking"),
        despatched_at=moment_or_none(payload, "despatched_at"),
        delivered_at=moment_or_none(payload, "delivered_at"),
        lines=tuple(_line(line) for line in payload.get("lines") or ()),
        modified_at=moment_or_none(payload, "modified_at"),
        version=text(payload, "version"),
    )


def _line(payload: Payload) -> ShippedLine:
    return ShippedLine(
        line_ref=text(payload, "line_ref", needed=True),
        sku=text(payload, "sku_key") or text(payload, "sku"),
        quantity=decimal(payload, "quantity"),
    )
