"""A busy week: 2,000 orders, about one in eight wrong, in every way there is."""

from datetime import datetime
from typing import Any

from connectors.sandbox.worlds.world import Plan
from connectors.sandbox.worlds.world import build as build_world

WARRANTIES = 40
LEADS = 6


def build(
    orders: int = 2000,
    wrong_share: float = 0.12,
    seed: int = 2026,
    today: datetime | None = None,
) -> dict[str, Any]:
    """In small worlds the orders for WARRANTY-3Y are one in fifty."""
    plan = Plan(
        name="busy_week",
        description="A week of many orders, about one in eight wrong in some way.",
        seed=seed,
        orders=orders,
        customers=420,
        wrong_share=wrong_share,
        warranties=min(WARRANTIES, orders // 50),
        strays=2,
        leads=LEADS,
    )
    return build_world(plan, today)
