"""An order as Prima answers it, booked or only priced."""

from collections.abc import Mapping
from typing import Any

from connectors.prima.rest.reading import decimal, text
from integration.records.sales_order import PlacedOrder, Totals


def placed_order_from(payload: Mapping[str, Any], *, replayed: bool = False) -> PlacedOrder:
    """Raises KeyError, TypeError or ValueError for what is no order."""
    return PlacedOrder(
        id=text(payload, "id", needed=True),
        order_number=text(payload, "order_number", needed=True),
        external_ref=text(payload["external_ref"], "ref", needed=True),
        content_hash=text(payload, "content_hash"),
        order_status=text(payload, "order_status", needed=True),
        gross=decimal(payload["totals"], "gross"),
        currency=text(payload, "currency", needed=True),
        account_code=text(payload.get("customer") or {}, "account_code"),
        replayed=replayed,
    )


def priced_from(payload: Mapping[str, Any]) -> Totals:
    """What a validated order would come to. Raises KeyError, TypeError or ValueError."""
    totals = payload["order"]["totals"]
    return Totals(
        goods_net=decimal(totals, "goods_net"),
        discount_total=decimal(totals, "discount_total"),
        charges_net=decimal(totals, "charges_net"),
        tax_total=decimal(totals, "tax_total"),
        gross=decimal(totals, "gross"),
    )
