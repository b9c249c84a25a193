"""Orders that nobody placed, to see what would become of real ones."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from exceptions.preflight.plan import Plan, PlannedPromotion

NOBODY: Mapping[str, str] = {}
_ADDRESS = ("name", "line1", "line2", "line3", "city", "county", "postcode", "country")


def payload(
    plan: Plan,
    key: str,
    lines: Sequence[tuple[str, str]],
    *,
    contact: Mapping[str, str] = NOBODY,
    promotions: Sequence[PlannedPromotion] = (),
    total: str = "0",
) -> dict[str, Any]:
    """A payload as campaign orders have it. `lines` are (SKU, unit price), one unit of each.

    `contact` are the fields of a contact; invoice and delivery go to their address.
    """
    known = dict(contact)
    name = known.get("company_name") or (
        f"{known.get('first_name', '')} {known.get('last_name', '')}".strip()
    )
    address = {**known, "name": name}
    header = {
        "key": key,
        "contact_key": known.get("key", ""),
        "ordered_at": datetime.combine(plan.send_on, time(12), UTC).isoformat(),
        "currency": plan.currency,
        "price_basis": "gross",
        "total_paid": total,
        "campaign": plan.campaign,
    }
    for field in ("email", "first_name", "last_name", "company_name", "tax_number", "phone"):
        header[field] = known.get(field, "")
    for side in ("invoice", "delivery"):
        header |= {f"{side}_{part}": address.get(part, "") for part in _ADDRESS}
    return {
        "order": header,
        "lines": [
            {"line_no": str(place), "sku": sku, "quantity": "1", "unit_price": price}
            for place, (sku, price) in enumerate(lines, start=1)
        ],
        "promotions": [
            {
                "sequence": str(place), "code": one.code, "type": one.type, "value": one.value,
                "scope": one.scope,
            }
            for place, one in enumerate(promotions, start=1)
        ],
    }  # fmt: skip
