"""As many right orders as wanted, to measure with."""

from datetime import datetime
from typing import Any

from connectors.sandbox.worlds.world import Plan
from connectors.sandbox.worlds.world import build as build_world


def build(orders: int = 20_000, seed: int = 5, today: datetime | None = None) -> dict[str, Any]:
    plan = Plan(
        name="bulk",
        description=f"{orders} orders, all of them right.",
        seed=seed,
        orders=orders,
    )
    return build_world(plan, today)
