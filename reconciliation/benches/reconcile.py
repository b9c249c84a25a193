"""`manage.py bench reconcile`: matching with known truth, beside one bare join of the tables."""

import argparse
from typing import Any

from connectors.management.bench import Bench, Given, Measured, Row
from connectors.management.measuring.ground import Ground
from reconciliation.matching.rule import title_of
from reconciliation.reconcile_bench import desk, duck, floor, load, world

GOAL = 2.0
LEAST_RECALL = 0.995
MOST_AGAIN = 0.05
TURNS = 3
RATIOS_FROM = 100_000
"""Below so many lines the time goes into starting each statement, and ratios tell nothing."""


class ReconcileBench(Bench):
    slug = "reconcile"
    title = "Payout lines and documents, matched by rule"
    parts = {
        "world": world.write,
        "load": load.load,
        "floor": floor.measure,
        "duck": duck.measure,
        "desk": desk.measure,
        "again": desk.again,
    }

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--lines", type=int, default=1_000_000, help="how many sales (default 1,000,000)"
        )

    def measure(self, options: Given, ground: Ground) -> Measured:
        lines = options["lines"]
        given = {"lines": lines, "folder": str(ground.folder), "turns": TURNS}
        told: dict[str, dict[str, Any]] = {}
        ground.fresh_database()
        told["world"] = ground.part(f"Writing {lines:,} sales with known truth", "world", given)
        told["load"] = ground.part("Copying them into the tables", "load", given)
        told["floor"] = ground.part("Measuring the floor", "floor", given)
        if duck.is_here():
            told["duck"] = ground.part("Measuring DuckDB", "duck", given)
        told["desk"] = ground.part("Matching", "desk", given)
        told["again"] = ground.part("Matching what changed", "again", given)
        return _measured(lines, told)


def _measured(lines: int, told: dict[str, dict[str, Any]]) -> Measured:
    first, again = told["desk"], told["again"]
    false = first["judged"]["false_matches"] + again["judged"]["false_matches"]
    recall = min(first["judged"]["recall"], again["judged"]["recall"])
    ratio = first["match_s"] / told["floor"]["floor_s"]
    once_more = again["again_s"] / first["match_s"]
    is_right = not false and recall >= LEAST_RECALL and not again["missed"]
    is_quick = lines < RATIOS_FROM or (ratio <= GOAL and once_more <= MOST_AGAIN)
    figures = {
        "name": ReconcileBench.slug,
        "ratio": round(ratio, 3),
        "goal": GOAL,
        "ok": is_right and is_quick,
        "load_s": round(told["load"]["load_s"], 2),
        "match_s": round(first["match_s"], 2),
        "floor_s": round(told["floor"]["floor_s"], 2),
        "false_matches": false,
        "recall": round(recall, 5),
        "incremental_ratio": round(once_more, 4),
        "missed": again["missed"],
        "peak_mb": round(max(each.get("peak_mb", 0) for each in told.values()), 1),
        "lines": lines,
    }
    return Measured(bool(figures["ok"]), figures, (*_speed(told, figures), *_rules(first)))


def _speed(told: dict[str, dict[str, Any]], figures: dict[str, Any]) -> tuple[Row, ...]:
    world_, first, again = told["world"], told["desk"], told["again"]
    duck_ = told.get("duck")
    return (
        Row("Lines and documents", f"{world_['lines']:,} and {world_['documents']:,}"),
        Row("Loading", f"{figures['load_s']} s"),
        Row("Bare join", f"{figures['floor_s']} s"),
        *([Row("The same in DuckDB", f"{duck_['join_s']:.2f} s")] if duck_ else []),
        Row("Matching", f"{figures['match_s']} s"),
        Row("Matching against bare join", f"× {figures['ratio']}", f"at most × {GOAL}"),
        Row("False matches", f"{figures['false_matches']}", "0"),
        Row("Recall", f"{figures['recall']:.2%}", f"at least {LEAST_RECALL:.1%}"),
        Row(
            f"Again, {again['changed']:,} rows changed",
            f"{again['again_s']:.2f} s, {figures['incremental_ratio']:.1%}",
            f"at most {MOST_AGAIN:.0%}",
        ),
        Row("Missed by matching only what changed", f"{again['missed']}", "0"),
        Row("Memory of the program", f"{figures['peak_mb']} MB"),
        Row("Swallowed by tolerances", _amounts(first["swallowed"])),
        Row("Lines left open", f"{first['open_lines']:,}"),
    )


def _rules(first: dict[str, Any]) -> tuple[Row, ...]:
    """How much each rule yields and how much of that is right, then each kind of case."""
    rules = first["judged"]["rules"]
    cases = first["judged"]["cases"]
    return (
        *(
            Row(
                f"Rule: {title_of(rule)}",
                f"{of['matches']:,}, {1 - of['false'] / of['matches']:.2%} right",
                "100%",
            )
            for rule, of in rules.items()
        ),
        *(
            Row(f"Case: {kind.replace('_', ' ')}", f"{of['found']:,} of {of['cases']:,} found")
            for kind, of in cases.items()
        ),
    )


def _amounts(minor: dict[str, int]) -> str:
    return ", ".join(f"{amount} {code}" for code, amount in minor.items()) or "nothing"
