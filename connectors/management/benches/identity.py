"""`manage.py bench identity`: linking a whole estate of which the truth is known."""

import argparse
from typing import Any

from connectors.management.bench import Bench, Given, Measured, Row
from connectors.management.identity_bench import desk, world
from connectors.management.measuring.ground import Ground
from connectors.sync.identity.ladder import STEPS

LEAST_RECALL = 0.95
MOST_SECONDS = 120.0
"""For a hundred thousand contacts; fewer have their share, and never less than a tenth of it."""
MOST_MB = 400.0


class IdentityBench(Bench):
    slug = "identity"
    title = "Contacts and accounts linked, with known truth"
    parts = {
        "world": world.write,
        "load": desk.load,
        "floor": desk.floor,
        "link": desk.link,
        "again": desk.again,
    }

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--contacts", type=int, default=100_000, help="how many contacts (default 100,000)"
        )
        parser.add_argument(
            "--accounts", type=int, default=80_000, help="how many accounts (default 80,000)"
        )

    def measure(self, options: Given, ground: Ground) -> Measured:
        given = {
            "contacts": options["contacts"],
            "accounts": options["accounts"],
            "folder": str(ground.folder),
        }
        told: dict[str, dict[str, Any]] = {}
        ground.fresh_database()
        told["world"] = ground.part("Writing an estate with known truth", "world", given)
        told["load"] = ground.part("Bringing it into the mirror", "load", given)
        told["floor"] = ground.part("Measuring the floor", "floor", given)
        told["link"] = ground.part("Linking", "link", given)
        told["again"] = ground.part("Linking again", "again", given)
        return _measured(options["contacts"], told)


def _measured(contacts: int, told: dict[str, dict[str, Any]]) -> Measured:
    link, again = told["link"], told["again"]
    judged = link["judged"]
    goal = MOST_SECONDS * max(0.1, contacts / 100_000)
    is_right = not judged["false_links"] and judged["recall"] >= LEAST_RECALL
    is_idle = not again["linked"]
    is_small = link["peak_mb"] <= MOST_MB
    figures = {
        "name": IdentityBench.slug,
        "ratio": round(link["seconds"] / goal, 3),
        "goal": 1.0,
        "ok": is_right and is_idle and is_small and link["seconds"] <= goal,
        "false_links": judged["false_links"],
        "precision": round(judged["precision"], 6),
        "recall": round(judged["recall"], 5),
        "recall_linked": round(judged["recall_linked"], 5),
        "seconds": round(link["seconds"], 2),
        "again_seconds": round(again["again_s"], 2),
        "floor_seconds": round(told["floor"]["floor_s"], 2),
        "peak_mb": round(link["peak_mb"], 1),
        "contacts": told["world"]["contacts"],
        "accounts": told["world"]["accounts"],
    }
    return Measured(bool(figures["ok"]), figures, (*_rows(told, figures, goal), *_kinds(judged)))


def _rows(told: dict[str, dict[str, Any]], figures: dict[str, Any], goal: float) -> tuple[Row, ...]:
    judged, steps = told["link"]["judged"], told["link"]["figures"]["linked"]
    return (
        Row("Contacts and accounts", f"{figures['contacts']:,} and {figures['accounts']:,}"),
        Row("Loading", f"{told['load']['load_s']:.1f} s"),
        Row("One bare join by e-mail", f"{figures['floor_seconds']} s"),
        Row("Linking", f"{figures['seconds']} s", f"at most {goal:.0f} s"),
        Row("Memory of the program", f"{figures['peak_mb']} MB", f"at most {MOST_MB:.0f} MB"),
        Row("Links", f"{judged['linked']:,}"),
        *(Row(f"  {STEPS[step]}", f"{number:,}") for step, number in steps.items()),
        Row("False links", f"{judged['false_links']}", "0"),
        Row("Precision of links", f"{judged['precision']:.3%}", "100%"),
        Row(
            "Recall, linked or put before a person",
            f"{judged['recall']:.2%}",
            f"at least {LEAST_RECALL:.0%}",
        ),
        Row("Recall, linked at once", f"{judged['recall_linked']:.2%}"),
        Row("Pairs put before a person", f"{judged['offered']:,}"),
        Row("Of these right", f"{judged['offered_right']:,}"),
        Row("Linking again", f"{figures['again_seconds']} s"),
        Row("Linked the second time", f"{told['again']['linked']}", "0"),
    )


def _kinds(judged: dict[str, Any]) -> tuple[Row, ...]:
    return tuple(
        Row(
            f"Case: {kind.replace('_', ' ')}",
            f"{linked:,} linked, {offered:,} to a person, of {number:,}",
        )
        for kind, (number, linked, offered) in judged["kinds"].items()
    )
