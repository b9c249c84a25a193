"""`manage.py bench stock`: products that changed, found among all of them and sent."""

import argparse
from pathlib import Path
from typing import Any

from connectors.management.bench import Bench, Given, Measured, Row
from connectors.management.measuring.ground import Ground
from connectors.management.stock_bench import check, desk, world
from connectors.sfmc.async_rows import ROWS_A_CALL

GOAL = 0.5
MOST_GROWTH = 1.15
"""How much more memory ten times as many products may take: what differs by chance, and no more."""
CALLS_A_REQUEST = 2
"""Handing the rows over, and being told that they are written."""


class StockBench(Bench):
    slug = "stock"
    title = "Changed products to Marketing Cloud"
    parts = {"world": world.write, "desk": desk.measure, "check": check.count}

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--items", type=int, default=200_000, help="products (default 200,000)")
        parser.add_argument(
            "--changed", type=int, default=5_000, help="that changed (default 5,000)"
        )
        parser.add_argument(
            "--few", type=int, default=20_000, help="memory is compared with so many (20,000)"
        )

    def measure(self, options: Given, ground: Ground) -> Measured:
        items, changed = options["items"], min(options["changed"], options["items"])
        few = min(options["few"], items)
        folder = {"folder": str(ground.folder / "world")}
        scenario = ground.part("Making a world", "world", folder)["scenario"]
        small = _trip(ground, scenario, few, min(changed, few))
        large = _trip(ground, scenario, items, changed)
        return _measured(items, small, large)


def _trip(ground: Ground, scenario: str, items: int, changed: int) -> dict[str, Any]:
    """All products sent, then those that changed, and Marketing Cloud asked what it has."""
    ground.fresh_database()
    with ground.sandbox(Path(scenario), f"stock-{items}") as sandbox:
        where = ["--scenario", scenario, "--sandbox", sandbox]
        ground.manage("Setting up connections and mappings", "load_demo", *where)
        given = {"items": items, "changed": changed}
        told = ground.part(f"Measuring the desk with {items:,} products", "desk", given)
        found = ground.part("Asking Marketing Cloud what it holds", "check", {})
    return {**told, **found}


def _measured(items: int, small: dict[str, Any], large: dict[str, Any]) -> Measured:
    some, whole = large["changed"], large["whole"]
    least = CALLS_A_REQUEST * -(-some["rows"] // ROWS_A_CALL)
    growth = large["peak_mb"] / small["peak_mb"]
    lost = items - large["there"] + large["wrong"] + small["wrong"]
    ratio = least / some["calls"]
    ok = ratio >= GOAL and growth <= MOST_GROWTH and lost == 0
    figures = {
        "name": StockBench.slug,
        "ratio": round(ratio, 3),
        "goal": GOAL,
        "ok": ok,
        "rows_per_s": round(some["rows"] / some["seconds"], 1),
        "whole_rows_per_s": round(whole["rows"] / whole["seconds"], 1),
        "calls": some["calls"],
        "least_calls": least,
        "peak_mb": round(large["peak_mb"], 1),
        "peak_mb_small": round(small["peak_mb"], 1),
        "lost": lost,
        "items": items,
        "changed": some["rows"],
    }
    return Measured(ok, figures, _table(items, small, large, figures))


def _table(
    items: int, small: dict[str, Any], large: dict[str, Any], figures: dict[str, Any]
) -> tuple[Row, ...]:
    some, whole = large["changed"], large["whole"]
    growth = large["peak_mb"] / small["peak_mb"]
    return (
        Row(f"All {items:,} products", f"{whole['seconds']:.1f} s, {whole['calls']:,} calls"),
        Row(
            f"{some['rows']:,} changed among them",
            f"{some['seconds']:.1f} s, {figures['rows_per_s']:,.0f} rows a second",
        ),
        Row("Calls for these", f"{some['calls']}", f"at least {figures['least_calls']}"),
        Row("The least calls by those made", f"{figures['ratio']}", f"at least {GOAL}"),
        Row("Growth of memory", f"× {growth:.2f}", f"at most × {MOST_GROWTH}"),
        Row("Missing or wrong in Marketing Cloud", f"{figures['lost']}", "0"),
    )
