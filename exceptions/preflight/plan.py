"""What is going to be sent: goods, promotions, audience and how many are expected to buy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

from exceptions.preflight.models import Preflight

PROMISES = {
    "percent": "Percentage off",
    "amount": "Amount off",
    "fixed_price": "Fixed price",
    "free_shipping": "Free or reduced carriage",
    "buy_x_get_y": "Buy some, get some",
    "bundle": "Bundle at a price",
}
"""What each type of promotion promises, in words."""


@dataclass(frozen=True, slots=True)
class PlannedSku:
    """`units` is how many are expected to be sold; None leaves that to the uptake."""

    sku: str
    units: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedPromotion:
    """In the words of the order tables: `type` is the structure, `scope` what it is on."""

    code: str
    type: str
    value: str = ""
    scope: str = "order"


@dataclass(frozen=True, slots=True)
class Plan:
    """`uptake` is the share of the audience that buys, in percent."""

    name: str
    campaign: str
    send_on: date
    currency: str
    skus: tuple[PlannedSku, ...]
    promotions: tuple[PlannedPromotion, ...]
    audience: str
    uptake: Decimal

    def buyers(self, contacts: int) -> int:
        """How many of the contacts are expected to buy, rounded up."""
        share = Decimal(contacts) * self.uptake / 100
        return int(share.to_integral_value(ROUND_CEILING))


def as_data(row: Preflight) -> dict[str, Any]:
    """The plan as a run keeps it."""
    return {
        "name": row.name,
        "campaign": row.campaign,
        "send_on": row.send_on.isoformat(),
        "currency": row.currency,
        "skus": row.skus,
        "promotions": row.promotions,
        "audience": row.audience,
        "uptake": str(row.uptake),
    }


def plan_from(data: Mapping[str, Any]) -> Plan:
    return Plan(
        name=data["name"],
        campaign=data["campaign"],
        send_on=date.fromisoformat(data["send_on"]),
        currency=data["currency"],
        skus=tuple(PlannedSku(one["sku"], one.get("units")) for one in data["skus"]),
        promotions=tuple(
            PlannedPromotion(one["code"], one["type"], one.get("value", ""), one["scope"])
            for one in data["promotions"]
        ),
        audience=data["audience"],
        uptake=Decimal(data["uptake"]),
    )
