"""A quiet week of a small shop: 60 orders, all of them right."""

from datetime import datetime
from typing import Any

from connectors.sandbox.worlds.world import Plan
from connectors.sandbox.worlds.world import build as build_world


def build(orders: int = 60, seed: int = 11, today: datetime | None = None) -> dict[str, Any]:
    plan = Plan(
        name="happy_day",
        description="A few orders, all of them right.",
        seed=seed,
        orders=orders,
        customers=40,
        items=80,
    )
    return build_world(plan, today)
