"""`manage.py bench orders`: campaign orders on their way to Prima, beside the least it could take."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.management.bench import Bench, Given, Measured, Row
from connectors.management.measuring import turns
from connectors.management.measuring.ground import Ground
from connectors.management.orders_bench import check, desk, floor, world
from integration.mapping.columns import DATA_EXTENSIONS

GOAL = 0.5
MOST_GROWTH = 1.15
"""How much more memory ten times as many orders may take: what differs by chance, and no more."""


@dataclass(frozen=True, slots=True)
class Trip:
    """What the desk told of itself, and what Prima has from it."""

    desk: dict[str, Any]
    found: dict[str, Any]


class OrdersBench(Bench):
    slug = "orders"
    title = "Campaign orders to Prima, end to end"
    parts = {
        "world": world.write,
        "desk": desk.measure,
        "floor": floor.measure,
        "check": check.count,
    }

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--orders", type=int, default=20_000, help="how many (default 20,000)")
        parser.add_argument(
            "--few", type=int, default=2_000, help="memory is compared with so many (default 2,000)"
        )

    def measure(self, options: Given, ground: Ground) -> Measured:
        orders, few = options["orders"], min(options["few"], options["orders"])
        small_world = _world(ground, few, "few")
        with _ready(ground, small_world, "few") as sandbox:
            small = _trip(ground, {**small_world, "sandbox": sandbox}, "")
        large_world = _world(ground, orders, "desk")
        turns_at = ground.folder / "turns"
        turns.make(turns_at)
        with (
            ground.sandbox(Path(large_world["scenario"]), "floor") as floor_sandbox,
            _ready(ground, large_world, "desk") as sandbox,
        ):
            given = {
                **large_world,
                "sandbox": floor_sandbox,
                "turns": str(turns_at),
                "extensions": list(DATA_EXTENSIONS.values()),
            }
            with ground.beside("floor", given) as least:
                large = _trip(ground, {**large_world, "sandbox": sandbox}, str(turns_at))
            same = ground.part("Asking the floor's Prima what it holds", "check", given)
        return _measured(orders, (small, large), least.result(), same)


def _world(ground: Ground, orders: int, name: str) -> dict[str, Any]:
    asked = {"orders": orders, "folder": str(ground.folder / f"world-{name}")}
    return ground.part(f"Making a world of {orders:,} orders", "world", asked)


@contextmanager
def _ready(ground: Ground, world: Given, name: str) -> Iterator[str]:
    """An empty desk, connected to a sandbox of this world; where that is."""
    ground.fresh_database()
    with ground.sandbox(Path(world["scenario"]), name) as sandbox:
        where = ["--scenario", world["scenario"], "--sandbox", sandbox]
        ground.manage("Setting up connections and mappings", "load_demo", *where)
        yield sandbox


def _trip(ground: Ground, world: dict[str, Any], turns_at: str) -> Trip:
    """All orders of the world sent, and Prima asked what it has."""
    what = "Measuring the desk and, by turns, the floor" if turns_at else "Measuring the desk"
    done = ground.part(what, "desk", {"turns": turns_at})
    return Trip(done, ground.part("Asking Prima what it holds", "check", world))


def _measured(
    orders: int, trips: tuple[Trip, Trip], least: dict[str, Any], same: dict[str, Any]
) -> Measured:
    small, large = trips
    ratio = least["seconds"] / large.desk["seconds"]
    growth = large.desk["peak_mb"] / small.desk["peak_mb"]
    lost = small.found["lost"] + large.found["lost"]
    duplicated = small.found["duplicated"] + large.found["duplicated"]
    is_same = same["contents"] == large.found["contents"]
    ok = ratio >= GOAL and growth <= MOST_GROWTH and is_same and not lost and not duplicated
    figures = {
        "name": OrdersBench.slug,
        "ratio": round(ratio, 3),
        "goal": GOAL,
        "ok": ok,
        "orders_per_s": round(orders / large.desk["seconds"], 1),
        "floor_per_s": round(orders / least["seconds"], 1),
        "peak_mb": round(large.desk["peak_mb"], 1),
        "peak_mb_small": round(small.desk["peak_mb"], 1),
        "lost": lost,
        "duplicated": duplicated,
        "orders": orders,
    }
    return Measured(ok, figures, _table(trips, least, growth, is_same) + _verdict(figures))


def _table(
    trips: tuple[Trip, Trip], least: dict[str, Any], growth: float, is_same: bool
) -> tuple[Row, ...]:
    small, large = trips
    return (
        _speed("Floor", least),
        _speed("Desk", large.desk),
        Row("Both sent the same orders", "yes" if is_same else "no", "yes"),
        Row("Connections to Prima", f"{large.desk['connections']}"),
        Row(f"Memory with {small.found['booked']:,} orders", f"{small.desk['peak_mb']:.0f} MB"),
        Row(f"Memory with {large.found['booked']:,} orders", f"{large.desk['peak_mb']:.0f} MB"),
        Row("Growth of memory", f"× {growth:.2f}", f"at most × {MOST_GROWTH}"),
    )


def _speed(what: str, told: dict[str, Any]) -> Row:
    parts = f"{told['reading']:.1f} s reading, {told['sending']:.1f} s sending"
    return Row(what, f"{told['seconds']:.1f} s ({parts})")


def _verdict(figures: dict[str, Any]) -> tuple[Row, ...]:
    return (
        Row("Floor, orders a second", f"{figures['floor_per_s']:,}"),
        Row("Desk, orders a second", f"{figures['orders_per_s']:,}"),
        Row("Desk against floor", f"{figures['ratio']}", f"at least {GOAL}"),
        Row("Lost orders", f"{figures['lost']}", "0"),
        Row("Orders booked twice", f"{figures['duplicated']}", "0"),
    )
