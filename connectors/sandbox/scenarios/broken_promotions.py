"""A campaign whose promotions went out wrong: 300 orders, two in five cannot be booked."""

from datetime import datetime
from typing import Any

from connectors.sandbox.worlds.world import Plan
from connectors.sandbox.worlds.world import build as build_world
from connectors.sandbox.worlds.wrongs import discounts


def build(
    orders: int = 300, wrong_share: float = 0.4, seed: int = 77, today: datetime | None = None
) -> dict[str, Any]:
    plan = Plan(
        name="broken_promotions",
        description="A campaign with promotions that the desk cannot book.",
        seed=seed,
        orders=orders,
        customers=120,
        items=120,
        wrong_share=wrong_share,
        wrongs=discounts.WRONGS,
    )
    return build_world(plan, today)
