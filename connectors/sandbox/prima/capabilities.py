"""What this Prima says it can do: defaults, laid over by the scenario's `prima.capabilities`.

`GET /prima/v1/{company}/capabilities` answers the members of `DEFAULTS` and, besides,
`company`, `server_time` (RFC 3339, UTC) and `tax_codes` ({code: rate in percent as text}).
`limits.max_length` has one entry a field path, `0` or absent meaning no limit; the paths are the
resource and the members below it: "customers.name", "addresses.lines" (characters of one line),
"items.sku", "sales_orders.external_ref.ref", "sales_orders.lines.line_ref".

Switches of this sandbox beyond the contract: `guest_orders` (an order may name no account),
`backorders` (too little stock is a warning, else a refusal), `require_known_promotions` (a
discount's code must be on the list of promotion codes).
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP
from typing import Any

from connectors.sandbox.scenario import ScenarioRefused

MAX_LENGTH: dict[str, int] = {
    "customers.account_code": 20,
    "customers.name": 60,
    "customers.vat_number": 14,
    "customers.eori": 17,
    "customers.company_number": 8,
    "customers.email": 254,
    "customers.phone": 16,
    "customers.price_list": 20,
    "customers.payment_terms": 20,
    "customers.hold_reason": 60,
    "customers.external_keys.system": 20,
    "customers.external_keys.key": 64,
    "addresses.name": 60,
    "addresses.attention": 60,
    "addresses.lines": 60,
    "addresses.city": 35,
    "addresses.county": 35,
    "addresses.postcode": 10,
    "addresses.phone": 16,
    "contacts.first_name": 60,
    "contacts.last_name": 60,
    "contacts.email": 254,
    "items.sku": 30,
    "items.variant": 10,
    "items.gtin": 14,
    "items.description": 100,
    "items.tax_code": 10,
    "items.uom": 10,
    "sales_orders.external_ref.system": 20,
    "sales_orders.external_ref.ref": 35,
    "sales_orders.channel": 20,
    "sales_orders.customer_po": 35,
    "sales_orders.source_media": 20,
    "sales_orders.payment_terms": 20,
    "sales_orders.hold.reason": 60,
    "sales_orders.notes.text": 1000,
    "sales_orders.attribution.journey_key": 64,
    "sales_orders.attribution.campaign_id": 64,
    "sales_orders.attribution.promo_code": 64,
    "sales_orders.lines.line_ref": 20,
    "sales_orders.lines.sku": 30,
    "sales_orders.lines.description": 100,
    "sales_orders.discounts.ref": 20,
    "sales_orders.discounts.code": 30,
    "sales_orders.discounts.name": 60,
    "sales_orders.charges.code": 20,
    "sales_orders.charges.description": 100,
    "sales_orders.payments.method": 20,
    "sales_orders.payments.provider": 40,
    "sales_orders.payments.transaction_id": 64,
    "sales_orders.payments.voucher_number": 40,
    "sales_orders.payments.credit_note_number": 40,
}

_READ = ["list", "read", "changes", "snapshot"]
DEFAULTS: dict[str, Any] = {
    "contract_version": "1",
    "adapter": "rest",
    "resources": {
        "customers": [*_READ, "create", "update", "match", "merge"],
        "items": [*_READ, "create", "update"],
        "availability": ["query", "changes", "snapshot"],
        "prices": ["query"],
        "tax-codes": ["list"],
        "charge-codes": ["list"],
        "promotion-codes": ["list"],
        "source-media": ["list"],
        "payment-methods": ["list"],
        "sales-orders": [*_READ, "validate", "create", "cancel", "hold", "release"],
        "invoices": _READ,
        "credit-notes": _READ,
        "receipts": _READ,
        "shipments": _READ,
        "consents": ["read", "changes", "snapshot"],
        "consent-events": ["create"],
        "batch": ["create"],
        "subscriptions": ["list", "create", "delete"],
    },
    "limits": {
        "max_length": MAX_LENGTH,
        "address_lines": 6,
        "max_lines": 999,
        "batch_size": 100,
        "page_size": 500,
        "availability_items": 200,
        "body_bytes": 5 * 1024 * 1024,
        "calls_per_second": 0,
        "concurrency": 4,
        "idempotency_days": 30,
    },
    "charset": "utf-8",
    "vat_rounding": "line",
    "rounding_mode": "half_up",
    "price_basis": ["net", "gross"],
    "order_discount": "allocate_to_lines",
    "consent_write": "endpoint",
    "change_feed": "cursor",
    "currencies": ["GBP", "EUR", "USD"],
    "status_map": {
        "RCVD": "received",
        "OPEN": "accepted",
        "HELD": "on_hold",
        "REJ": "rejected",
        "CANC": "cancelled",
        "COMP": "completed",
    },
    "guest_orders": False,
    "backorders": True,
    "require_known_promotions": True,
}
_ROUNDING = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}


class CapabilitiesRefused(ScenarioRefused):
    """The scenario asks for something the sandbox cannot be."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The members the sandbox itself branches on; `document` is the whole, as answered."""

    document: Mapping[str, Any]
    max_length: Mapping[str, int]
    address_lines: int
    max_lines: int
    batch_size: int
    page_size: int
    availability_items: int
    body_bytes: int
    charset: str
    invoice_rounding: bool
    rounding: str
    price_basis: tuple[str, ...]
    currencies: tuple[str, ...]
    guest_orders: bool
    backorders: bool
    require_known_promotions: bool


def build(overrides: Mapping[str, Any]) -> Capabilities:
    """The defaults with the overrides laid over them. CapabilitiesRefused for unknown members."""
    document = _laid_over(deepcopy(DEFAULTS), overrides, "")
    limits = document["limits"]
    if document["rounding_mode"] not in _ROUNDING:
        raise CapabilitiesRefused(f"rounding_mode is one of {', '.join(_ROUNDING)}.")
    if document["vat_rounding"] not in ("line", "invoice"):
        raise CapabilitiesRefused("vat_rounding is line or invoice.")
    if document["charset"] not in ("utf-8", "iso-8859-1"):
        raise CapabilitiesRefused("charset is utf-8 or iso-8859-1.")
    return Capabilities(
        document=document,
        max_length=limits["max_length"],
        address_lines=int(limits["address_lines"]),
        max_lines=int(limits["max_lines"]),
        batch_size=int(limits["batch_size"]),
        page_size=int(limits["page_size"]),
        availability_items=int(limits["availability_items"]),
        body_bytes=int(limits["body_bytes"]),
        charset=document["charset"],
        invoice_rounding=document["vat_rounding"] == "invoice",
        rounding=_ROUNDING[document["rounding_mode"]],
        price_basis=tuple(document["price_basis"]),
        currencies=tuple(document["currencies"]),
        guest_orders=bool(document["guest_orders"]),
        backorders=bool(document["backorders"]),
        require_known_promotions=bool(document["require_known_promotions"]),
    )


# What may hold members that the defaults do not name.
_OPEN = {"limits.max_length", "status_map", "resources"}


def _laid_over(base: dict[str, Any], over: Mapping[str, Any], path: str) -> dict[str, Any]:
    for name, value in over.items():
        where = f"{path}.{name}" if path else name
        if name not in base and path not in _OPEN:
            raise CapabilitiesRefused(f"Unknown capability {where!r}.")
        if isinstance(value, Mapping) and isinstance(base.get(name), dict):
            _laid_over(base[name], value, where)
        else:
            base[name] = value
    return base
