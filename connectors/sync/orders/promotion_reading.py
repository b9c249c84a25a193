"""Reads the promotions of an order. The n-th stays the n-th; unknown words survive to be shown."""

from decimal import Decimal
from typing import Any

from connectors.sync.orders.defects import Defects, shown
from connectors.sync.orders.fields import Fields
from integration.records.campaign_order import CampaignPromotion

_MOST = 50


def read_promotions(
    promotions: Any, defects: Defects, digits: int
) -> tuple[CampaignPromotion, ...]:
    if promotions is None:
        return ()
    if not isinstance(promotions, list):
        defects.add("/promotions", "type", "its promotions are no list.", promotions)
        return ()
    if len(promotions) > _MOST:
        says = f"it has {len(promotions)} promotions; {_MOST} are allowed at most."
        defects.add("/promotions", "too_many", says, str(len(promotions)))
        return ()
    return tuple(
        _promotion(one, f"/promotions/{place}", defects, digits)
        for place, one in enumerate(promotions)
    )


def _promotion(one: Any, at: str, defects: Defects, digits: int) -> CampaignPromotion:
    if not isinstance(one, dict):
        defects.add(at, "type", "one of its promotions is no promotion at all.", one)
        return CampaignPromotion(sequence=0, code="", type="")
    code = one.get("code")
    fields = Fields(one, at, f" of promotion {shown(code)}" if code else "", defects)
    return CampaignPromotion(
        sequence=fields.whole("sequence", "sequence") or 0,
        code=fields.text("code", "code"),
        type=fields.text("type", "type").lower(),
        scope=fields.text("scope", "scope").lower() or "order",
        name=fields.text("name", "name"),
        value=_value(fields),
        amount=fields.amount("amount", "amount", digits=digits),
        line_nos=fields.names("line_nos", "line numbers"),
        skus=fields.names("skus", "SKUs"),
        buy_quantity=fields.whole("buy_quantity", "quantity to buy"),
        get_quantity=fields.whole("get_quantity", "quantity to get"),
        exclusive=fields.flag("exclusive", "mark “exclusive”"),
        reference=fields.text("reference", "reference", limit=40),
    )


def _value(fields: Fields) -> Decimal | None:
    return fields.amount("value", "value", digits=4)
