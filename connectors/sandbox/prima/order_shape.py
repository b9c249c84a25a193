"""The members of a sales order, as it may be sent."""

from typing import Any

from connectors.sandbox.prima.address_shape import ADDRESS
from connectors.sandbox.prima.customer_shape import EXTERNAL_KEY
from connectors.sandbox.prima.shapes import (
    Choice,
    Flag,
    Many,
    Members,
    Number,
    Shape,
    Text,
    Time,
    Whole,
)

_AT = "sales_orders."
AMOUNT = Number()
SIGNED = Number(negative=True)
UNIT_PRICE = Number(places=4)
PERCENTAGE = Number(places=4)

_ALLOCATIONS = Many(
    Members(
        {
            "discount_ref": Text(_AT + "discounts.ref", required=True),
            "amount": Number(required=True),
        }
    )
)
VARIANT = Members({name: Text("items.variant") for name in ("m1", "m2", "m3", "m4")})
KINDS = ("stock", "service", "non_stock", "charge", "voucher", "kit")

_LINE: dict[str, Shape] = {
    "line_ref": Text(_AT + "lines.line_ref", required=True),
    "sku": Text(_AT + "lines.sku", required=True),
    "variant": VARIANT,
    "kind": Choice(KINDS),
    "description": Text(_AT + "lines.description"),
    "quantity": Number(places=3, required=True, zero=False),
    "uom": Text("items.uom"),
    "list_unit_price": UNIT_PRICE,
    "unit_price": Number(places=4, required=True, missing="price.missing"),
    "allocations": _ALLOCATIONS,
    "net_amount": Number(required=True),
    "tax_code": Text("items.tax_code", required=True),
    "tax_rate": PERCENTAGE,
    "tax_amount": Number(required=True),
    "warehouse": Text("items.uom"),
    "due_date": Time(),
    "parent_line_ref": Text(_AT + "lines.line_ref"),
}
_DISCOUNT: dict[str, Shape] = {
    "ref": Text(_AT + "discounts.ref", required=True),
    "code": Text(_AT + "discounts.code"),
    "name": Text(_AT + "discounts.name"),
    "target": Choice(("line", "order", "charge")),
    "value_type": Choice(("percentage", "fixed_amount", "fixed_price")),
    "value": PERCENTAGE,
    "allocation": Choice(("across", "each", "explicit")),
    "sequence": Whole(),
    "stacking": Choice(("stack", "exclusive")),
    "funding": Choice(("vendor", "own")),
    "amount": Number(required=True),
}
_CHARGE: dict[str, Shape] = {
    "code": Text(_AT + "charges.code", required=True),
    "description": Text(_AT + "charges.description"),
    "net_amount": Number(required=True),
    "tax_code": Text("items.tax_code", required=True),
    "tax_amount": Number(required=True),
    "allocations": _ALLOCATIONS,
}
_PAYMENT: dict[str, Shape] = {
    "method": Text(_AT + "payments.method", required=True),
    "sub_method": Text(_AT + "payments.method"),
    "provider": Text(_AT + "payments.provider"),
    "auth_ref": Text(_AT + "payments.transaction_id"),
    "transaction_id": Text(_AT + "payments.transaction_id"),
    "amount": Number(required=True),
    "captured_at": Time("time"),
    "voucher_number": Text(_AT + "payments.voucher_number"),
    "credit_note_number": Text(_AT + "payments.credit_note_number"),
}
_TAX_SUMMARY = Many(
    Members(
        {
            "code": Text("items.tax_code", required=True),
            "rate": PERCENTAGE,
            "base": AMOUNT,
            "tax": AMOUNT,
        }
    )
)
_TOTALS: dict[str, Shape] = {
    "goods_net": AMOUNT,
    "discount_total": AMOUNT,
    "charges_net": AMOUNT,
    "tax_total": AMOUNT,
    "tax_summary": _TAX_SUMMARY,
    "gross": AMOUNT,
    "rounding_adjustment": SIGNED,
}
ORDER = Members(
    {
        "external_ref": Members(
            {
                "system": Text(_AT + "external_ref.system", required=True),
                "ref": Text(_AT + "external_ref.ref", required=True),
            },
            required=True,
        ),
        "channel": Text(_AT + "channel"),
        "order_date": Time(required=True),
        "tax_date": Time(),
        "requested_date": Time(),
        "customer": Members(
            {"account_code": Text("customers.account_code"), "external_key": EXTERNAL_KEY}
        ),
        "guest": Members(
            {
                "name": Text("customers.name", personal=True),
                "email": Text("customers.email", personal=True),
                "phone": Text("customers.phone", personal=True),
            }
        ),
        "customer_po": Text(_AT + "customer_po"),
        "payment_terms": Text(_AT + "payment_terms"),
        "currency": Text(required=True),
        "price_basis": Choice(("net", "gross"), required=True),
        "source_media": Text(_AT + "source_media"),
        "attribution": Members(
            {
                name: Text(f"{_AT}attribution.{name}")
                for name in ("journey_key", "campaign_id", "promo_code")
            }
        ),
        "invoice_address": ADDRESS,
        "delivery_address": ADDRESS,
        "hold": Members({"on": Flag(required=True), "reason": Text(_AT + "hold.reason")}),
        "notes": Many(Members({"kind": Text(_AT + "channel"), "text": Text(_AT + "notes.text")})),
        "discounts": Many(Members(_DISCOUNT)),
        "lines": Many(Members(_LINE), required=True, least=1),
        "charges": Many(Members(_CHARGE)),
        "payments": Many(Members(_PAYMENT)),
        "totals": Members(_TOTALS),
        "expected_totals": Members({"gross": Number(required=True)}),
        "totals_policy": Choice(("reject", "hold")),
    }
)


def reference_of(body: dict[str, Any]) -> tuple[str, str] | None:
    """The (system, ref) of the order, or None when it names none."""
    external = body.get("external_ref")
    if not isinstance(external, dict):
        return None
    system, ref = external.get("system"), external.get("ref")
    if isinstance(system, str) and isinstance(ref, str) and system and ref:
        return system, ref
    return None
