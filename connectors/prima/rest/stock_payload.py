"""Availability of items, from Prima's REST contract."""

from collections.abc import Mapping
from typing import Any

from connectors.prima.rest.reading import choice, day_or_none, decimal_or_none, moment_or_none, text
from integration.records.stock import Availability

STATES = ("unknown", "known")


def availability_from(payload: Mapping[str, Any]) -> Availability:
    """Raises KeyError, TypeError or ValueError for what is none. No number is never zero."""
    free = decimal_or_none(payload, "free_stock")
    status = choice(payload, "status", STATES)
    return Availability(
        sku_key=text(payload, "sku_key", needed=True),
        status="unknown" if free is None else status,
        free_stock=free if status == "known" else None,
        available_on=day_or_none(payload, "available_date"),
        warehouse=text(payload, "warehouse"),
        as_of=moment_or_none(payload, "as_of"),
        version=text(payload, "version"),
    )
