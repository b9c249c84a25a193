"""Items and reference lists, to and from Prima's REST contract."""

from collections.abc import Mapping
from typing import Any

from connectors.prima.rest.reading import (
    choice,
    day_or_none,
    decimal,
    decimal_or_none,
    moment_or_none,
    text,
)
from integration.records.item import Code, CodeList, Item, TaxCode

KINDS = ("stock", "service", "non_stock", "charge", "voucher", "kit")
STATES = ("active", "blocked", "discontinued")


def item_from(payload: Mapping[str, Any]) -> Item:
    """Raises KeyError, TypeError or ValueError for what is no item."""
    variant = payload.get("variant") or {}
    return Item(
        sku=text(payload, "sku", needed=True),
        description=text(payload, "description"),
        kind=choice(payload, "kind", KINDS),
        tax_code=text(payload, "tax_code"),
        variant=(
            text(variant, "m1"),
            text(variant, "m2"),
            text(variant, "m3"),
            text(variant, "m4"),
        ),
        gtin=text(payload, "gtin"),
        uom=text(payload, "uom") or "EA",
        price=decimal_or_none(payload, "price"),
        currency=text(payload, "currency"),
        status=choice(payload, "status", STATES),
        blocked_reason=text(payload, "blocked_reason"),
        brand=text(payload, "brand"),
        season=text(payload, "season"),
        modified_at=moment_or_none(payload, "modified_at"),
        version=text(payload, "version"),
    )


def item_payload(item: Item) -> dict[str, Any]:
    """The body of POST /items. What is empty is left out."""
    payload: dict[str, Any] = {
        name: getattr(item, name)
        for name in ("sku", "description", "kind", "tax_code", "gtin", "uom", "brand", "season")
        if getattr(item, name)
    }
    if any(item.variant):
        payload["variant"] = dict(zip(("m1", "m2", "m3", "m4"), item.variant, strict=True))
    if item.price is not None:
        payload["price"] = format(item.price, "f")
    return payload


def tax_code_from(payload: Mapping[str, Any]) -> TaxCode:
    return TaxCode(
        code=text(payload, "code", needed=True),
        description=text(payload, "description"),
        rate=decimal(payload, "rate"),
        valid_from=day_or_none(payload, "valid_from"),
        valid_to=day_or_none(payload, "valid_to"),
    )


def code_from(kind: CodeList, payload: Mapping[str, Any]) -> Code:
    return Code(
        list=kind,
        code=text(payload, "code", needed=True),
        description=text(payload, "description"),
        tax_code=text(payload, "tax_code"),
        valid_from=day_or_none(payload, "valid_from"),
        valid_to=day_or_none(payload, "valid_to"),
    )
