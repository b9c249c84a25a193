"""A broken export: 100 orders, half of them rows that are no order, one of 10,000 lines."""

from datetime import datetime
from typing import Any

from connectors.sandbox.worlds.world import Plan
from connectors.sandbox.worlds.world import build as build_world
from connectors.sandbox.worlds.wrongs import malformed


def build(
    orders: int = 100, wrong_share: float = 0.5, seed: int = 404, today: datetime | None = None
) -> dict[str, Any]:
    plan = Plan(
        name="malformed_rows",
        description="An export in which every other order cannot be read.",
        seed=seed,
        orders=orders,
        customers=40,
        items=80,
        wrong_share=wrong_share,
        wrongs=(malformed.GIANT, *malformed.WRONGS),
        strays=2,
    )
    return build_world(plan, today)
