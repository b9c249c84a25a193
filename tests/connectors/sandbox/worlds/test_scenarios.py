"""The other built-in scenarios, and the scenario file of the manual."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.sandbox import scenario
from connectors.sandbox.scenarios import (
    broken_promotions,
    bulk,
    busy_week,
    happy_day,
    malformed_rows,
    trading_months,
)
from connectors.sandbox.world import build as build_systems
from tests.connectors.sandbox.worlds.recount import World, total_paid

TODAY = datetime(2026, 11, 23, tzinfo=UTC)
MANUAL = Path(__file__).parents[4] / "docs" / "manual"


def test_a_happy_day_has_nothing_wrong():
    day = happy_day.build(today=TODAY)
    world = World(day)
    assert len(world.headers) == 60
    assert day["truth"] == {}
    assert all(
        Decimal(world.headers[key]["TotalPaid"]) == total_paid(world, key)[0] for key in world.right
    )


def test_broken_promotions_are_wrong_in_their_promotions_only():
    world = World(broken_promotions.build(today=TODAY))
    assert len(world.headers) == 300
    assert len(world.truth) == 120
    assert {kind for kinds in world.truth.values() for kind in kinds} == {"bad_discount"}


def test_malformed_rows_hold_an_order_of_ten_thousand_lines():
    world = World(malformed_rows.build(today=TODAY))
    assert max(len(lines) for lines in world.lines.values()) == 10_000
    assert {kind for kinds in world.truth.values() for kind in kinds} == {"unreadable_order"}
    assert len(set(world.lines) - set(world.headers)) == 2


def test_trading_months_are_a_busy_week_and_right_orders_since_last_month():
    week = World(busy_week.build(orders=100, today=TODAY))
    world = World(trading_months.build(orders=100, earlier=80, today=TODAY))

    days = sorted(world.headers[key]["OrderDate"][:10] for key in world.right)
    assert len(world.headers) == len(week.headers) + 80
    assert len(world.truth) == len(week.truth)
    assert "2026-09-26" <= days[0] <= "2026-10-05"
    assert sum(day < "2026-11-16" for day in days) == 80
    assert all(
        Decimal(world.headers[key]["TotalPaid"]) == total_paid(world, key)[0] for key in world.right
    )


def test_orders_in_bulk_are_as_many_as_asked_for_and_all_right():
    world = World(bulk.build(orders=3_000, today=TODAY))
    assert len(world.right) == 3_000
    assert world.truth == {}


def test_all_are_offered_by_name():
    offered = {
        "empty",
        "happy_day",
        "busy_week",
        "broken_promotions",
        "malformed_rows",
        "bulk",
        "trading_months",
    }
    assert offered <= set(scenario.names())


@pytest.mark.parametrize("name", ["happy_day", "busy_week", "broken_promotions", "malformed_rows"])
def test_the_sandbox_takes_it_as_it_is(name, tmp_path):
    front = build_systems(scenario.load(name), tmp_path)
    front.close()
    assert (tmp_path / "sfmc.sqlite3").stat().st_size > 50_000


def test_the_example_of_the_manual_is_a_scenario_that_the_sandbox_takes(tmp_path):
    example = MANUAL / "example-scenario.json"
    loaded = scenario.load(example)
    assert loaded["name"] == "corner-shop"
    build_systems(loaded, tmp_path).close()


def test_the_example_of_the_manual_adds_up():
    world = World(json.loads((MANUAL / "example-scenario.json").read_text(encoding="utf-8")))
    paid, taken = total_paid(world, "SHOP-1001")
    assert paid == Decimal(world.headers["SHOP-1001"]["TotalPaid"])
    assert taken == [Decimal("4.60")]
    assert world.truth == {"SHOP-1002": ["unknown_sku"]}
