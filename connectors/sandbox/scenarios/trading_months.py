"""The busy week and the weeks before it since last month: enough to close a month with."""

from datetime import datetime
from typing import Any

from connectors.sandbox.scenarios.busy_week import LEADS, WARRANTIES
from connectors.sandbox.worlds.world import Plan
from connectors.sandbox.worlds.world import build as build_world


def build(
    orders: int = 2000,
    earlier: int = 600,
    wrong_share: float = 0.12,
    seed: int = 2026,
    today: datetime | None = None,
) -> dict[str, Any]:
    """In small worlds the orders for WARRANTY-3Y are one in fifty."""
    plan = Plan(
        name="trading_months",
        description="A busy week, and the orders since last month that were right.",
        seed=seed,
        orders=orders,
        earlier=earlier,
        customers=420 if orders > 1000 else 60,
        items=300 if orders > 1000 else 80,
        wrong_share=wrong_share,
        warranties=min(WARRANTIES, orders // 50),
        strays=2,
        leads=LEADS,
    )
    return build_world(plan, today)
