"""What a held order would look like in Prima, as far as it is known, for the page of its case."""

from dataclasses import dataclass
from typing import Any

from connectors.sync.mirrored import as_data
from connectors.sync.orders import codes, customer, lines
from connectors.sync.orders.preview import effective
from connectors.sync.orders.reading import read
from connectors.sync.orders.translate import translate_reading
from connectors.sync.orders.world import World
from connectors.sync.orders.world_loader import PAGES, load
from integration.records.campaign_order import CampaignOrder

NOT_KNOWN = "not known yet"


@dataclass(frozen=True, slots=True)
class Draft:
    """`payload` in Prima's words; `missing` are JSON Pointers to what is not known yet."""

    payload: dict[str, Any]
    missing: tuple[str, ...] = ()


def draft(order_key: str) -> Draft | None:
    """None when the order cannot be read, or is not there."""
    reference = PAGES.reference()
    payload = effective([order_key]).get(order_key)
    reading = read(payload, reference) if payload is not None else None
    if reading is None or reading.order is None:
        return None
    world = load([reading.order], reference)
    whole = translate_reading(reading, world).order
    return Draft(as_data(whole)) if whole else _as_far_as_known(reading.order, world)


def _as_far_as_known(order: CampaignOrder, world: World) -> Draft:
    day = world.reference.day_of(order.ordered_at)
    account = customer.find(order, world).account
    items = lines.check(order, world, day).found
    known = codes.check(order, world, day)
    missing = [f"/lines/{place}/sku" for place, item in enumerate(items) if item is None]
    payload: dict[str, Any] = {
        "external_ref": order.key,
        "account_code": account.account_code if account else NOT_KNOWN,
        "currency": order.currency,
        "price_basis": order.price_basis,
        "lines": [
            {
                "line_ref": line.line_no,
                "sku": item.sku_key if item else NOT_KNOWN,
                "description": item.description if item else line.description,
                "quantity": f"{line.quantity:f}",
                "unit_price": f"{line.unit_price:f}",
                "tax_code": item.tax_code if item else "",
            }
            for line, item in zip(order.lines, items, strict=True)
        ],
        "discounts": [
            _discount(place, promotion.code, order, world, missing)
            for place, promotion in enumerate(order.promotions)
        ],
        "totals": {"gross": f"{order.total_paid:f}"},
    }
    if account is None:
        missing.append("/account_code")
    if order.shipping_code:
        payload["charges"] = [{"code": known.charge.code if known.charge else NOT_KNOWN}]
        missing += [] if known.charge else ["/charges/0/code"]
    if order.payment_method:
        method = known.payment_method
        payload["payments"] = [{"method": method.code if method else NOT_KNOWN}]
        missing += [] if method else ["/payments/0/method"]
    return Draft(payload, tuple(missing))


def _discount(
    place: int, code: str, order: CampaignOrder, world: World, missing: list[str]
) -> dict[str, str]:
    rule = world.book.promotion(code, world.reference.day_of(order.ordered_at))
    if rule is None:
        missing.append(f"/discounts/{place}/code")
    return {"code": rule.prima_code if rule else NOT_KNOWN, "name": code}
