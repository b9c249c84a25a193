"""From the kept payload to a campaign order, with everything in it that cannot be read.

An order that cannot be read in some places is still read in the others, so that all its problems
are found in one pass: unreadable values stand as empty or zero and no sum is made of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from connectors.prima.capabilities import Capabilities
from connectors.sync.orders.arrival import content_hash, order_key, unique_key
from connectors.sync.orders.defects import NOT_COMPLETE, Defects, shown
from connectors.sync.orders.fields import Fields
from connectors.sync.orders.line_reading import read_lines
from connectors.sync.orders.promotion_reading import read_promotions
from connectors.sync.orders.world import Reference
from integration.core.money import is_currency, minor_digits
from integration.core.problems import Problem
from integration.mapping.book import Policy
from integration.records.address import Address
from integration.records.campaign_order import CampaignOrder, PriceBasis

NOON = time(12, tzinfo=UTC)
_ORDER = "sales_orders."


@dataclass(frozen=True, slots=True)
class Reading:
    """`order` is None when there is no header at all. `content_hash` is of the payload as read."""

    order: CampaignOrder | None
    problems: tuple[Problem, ...]
    content_hash: str


def read(payload: Any, reference: Reference) -> Reading:
    """The order in the payload, by the rules of the reference data."""
    hashed = content_hash(payload)
    header = payload.get("order") if isinstance(payload, dict) else None
    if not isinstance(header, dict) or not _has_header(header):
        key = order_key(header) if isinstance(header, dict) else ""
        return Reading(None, _no_header(unique_key(key, hashed)), hashed)
    defects = Defects(unique_key(order_key(header), hashed))
    fields = Fields(header, "/order", "", defects, reference.capabilities.charset)
    order = _order(fields, payload, reference)
    return Reading(order, defects.problems(), hashed)


def _has_header(header: Mapping[str, Any]) -> bool:
    return any(value for name, value in header.items() if name != "key")


def _no_header(key: str) -> tuple[Problem, ...]:
    defects = Defects(key)
    defects.add("/order", "missing", "its header is missing; only lines or nothing at all came.")
    return defects.problems()


def _order(fields: Fields, payload: Mapping[str, Any], reference: Reference) -> CampaignOrder:
    policy, limits = reference.policy, reference.capabilities.limits
    currency = fields.text("currency").upper()
    if not currency:
        fields.wrong("currency", "missing", "the currency is missing.")
    digits = minor_digits(currency) if is_currency(currency) else 2
    lines = read_lines(payload.get("lines"), fields.defects, policy, reference.capabilities)
    _check_line_count(fields, payload.get("lines"))
    key = fields.text("key", "order key", limit=limits.length(_ORDER + "external_ref.ref", 35))
    if not key:
        fields.wrong("key", "missing", "the order key is missing.")
    return CampaignOrder(
        key=key,
        contact_key=fields.text("contact_key"),
        email=fields.text("email", "e-mail address"),
        ordered_at=_ordered_at(fields, policy, reference),
        currency=currency,
        price_basis=_basis(fields, reference.capabilities),
        total_paid=fields.amount("total_paid", "total paid", digits=digits, needed=True)
        or Decimal(0),
        lines=lines,
        promotions=read_promotions(payload.get("promotions"), fields.defects, digits),
        first_name=fields.text("first_name"),
        last_name=fields.text("last_name"),
        company_name=fields.text("company_name"),
        tax_number=fields.text("tax_number"),
        phone=fields.text("phone", "telephone number"),
        campaign=fields.text("campaign", limit=_length(reference, "attribution.campaign_id", 64)),
        journey=fields.text("journey", limit=_length(reference, "attribution.journey_key", 64)),
        source_media=fields.text("source_media"),
        invoice_address=_address(fields, "invoice"),
        delivery_address=_address(fields, "delivery"),
        shipping_code=fields.text("shipping_code"),
        shipping_amount=fields.amount("shipping_amount", "shipping amount", digits=digits)
        or Decimal(0),
        tax_total=fields.amount("tax_total", "total tax", digits=digits),
        payment_method=fields.text("payment_method"),
        payment_provider=fields.text(
            "payment_provider", limit=_length(reference, "payments.provider", 40)
        ),
        payment_reference=fields.text(
            "payment_reference", limit=_length(reference, "payments.transaction_id", 64)
        ),
        payment_terms=fields.text("payment_terms"),
        modified_at=fields.moment("modified_at", "time of change"),
        customer_po=fields.text(
            "customer_po", "purchase order number", limit=_length(reference, "customer_po", 35)
        ),
    )


def _length(reference: Reference, path: str, default: int) -> int:
    return reference.capabilities.limits.length(_ORDER + path, default)


def _ordered_at(fields: Fields, policy: Policy, reference: Reference) -> datetime:
    """An impossible date is reported and stands as today, so that the other checks have a day."""
    today = datetime.combine(reference.today, NOON)
    moment = fields.moment("ordered_at", "order date", needed=True)
    if moment is None:
        return today
    day = f"{moment.day} {moment:%B} {moment.year}"
    if (reference.today - moment.date()).days > policy.oldest_order_days:
        says = f"orders older than {policy.oldest_order_days} days are not taken."
        fields.wrong("ordered_at", "too_old", f"the order date is {day}; {says}")
        return today
    if moment.date() > reference.today + timedelta(days=1):
        fields.wrong("ordered_at", "future", f"the order date is {day}, which is in the future.")
        return today
    return moment


def _basis(fields: Fields, capabilities: Capabilities) -> PriceBasis:
    basis = fields.text("price_basis").lower()
    if basis not in ("gross", "net"):
        fields.wrong(
            "price_basis", "basis", f"the price basis is “{shown(basis)}”; it must be gross or net."
        )
    elif basis not in capabilities.price_basis:
        taken = " or ".join(capabilities.price_basis)
        fields.wrong("price_basis", "basis", f"the prices are {basis}; Prima takes {taken} prices.")
    return "net" if basis == "net" else "gross"


def _address(fields: Fields, use: str) -> Address:
    """Its lines stand where the source has them; empty ones in between stay, for the pointers."""
    lines = [fields.text(f"{use}_line{n}", f"{use} address line {n}") for n in (1, 2, 3)]
    while lines and not lines[-1]:
        lines.pop()
    return Address(
        name=fields.text(f"{use}_name"),
        lines=tuple(lines),
        city=fields.text(f"{use}_city"),
        county=fields.text(f"{use}_county"),
        postcode=fields.text(f"{use}_postcode"),
        country=fields.text(f"{use}_country"),
    )


def _check_line_count(fields: Fields, lines: Any) -> None:
    stated = fields.whole("line_count", "number of lines")
    came = len(lines) if isinstance(lines, list) else 0
    if stated is not None and stated != came:
        fields.wrong(
            "line_count",
            NOT_COMPLETE,
            f"it has {stated} lines by its header, but {came} arrived; the order is not complete.",
        )
