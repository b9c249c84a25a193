"""The problem of a promotion that must not enter Prima as it is."""

from dataclasses import dataclass
from decimal import Decimal

from connectors.sync.orders.discount import Reason
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder, CampaignPromotion

CODE = "bad_discount"


@dataclass(frozen=True, slots=True)
class Promoted:
    """A promotion of an order and its place in the payload."""

    order: CampaignOrder
    promotion: CampaignPromotion
    place: int
    content_hash: str = ""

    @property
    def name(self) -> str:
        return self.promotion.code or self.promotion.name or "without a code"

    def problem(self, reason: Reason, says: str, field: str = "code", **facts: str) -> Problem:
        """`says` is half a sentence about the promotion, without its name and full stop."""
        one = self.promotion
        return Problem(
            CODE,
            f"Order {self.order.key}: the promotion {self.name[:80]} {says}.",
            {
                "code": one.code[:80],
                "type": one.type[:40],
                "reason": reason,
                "order": self.order.key,
                "scope": one.scope[:40],
                "name": one.name[:200],
                "value": _text(one.value),
                "amount": _text(one.amount),
                "currency": self.order.currency,
                "content_hash": self.content_hash,
                **facts,
            },
            pointers=(f"/promotions/{self.place}/{field}",),
            target_pointers=("/discounts",),
        )


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"
