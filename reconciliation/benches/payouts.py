"""`manage.py bench payouts`: a payout report of a gigabyte, read, checked and imported."""

import argparse
from typing import Any

from connectors.management.bench import Bench, Given, Measured, Row
from connectors.management.measuring.ground import Ground
from reconciliation.payouts_bench import desk, floor, world

GOAL = 0.15
RATIOS_FROM = 100_000
"""Below so many lines the time goes into starting, and the ratio tells nothing."""
MOST_GROWTH = 1.15
"""How much more memory a file of ten times the length may take: chance, and no more."""


class PayoutsBench(Bench):
    slug = "payouts"
    title = "A payout report, imported"
    parts = {"world": world.write, "floor": floor.measure, "desk": desk.measure}

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--lines", type=int, default=1_000_000, help="sales in the file (default 1,000,000)"
        )
        parser.add_argument(
            "--few", type=int, default=100_000, help="memory is compared with so many (100,000)"
        )

    def measure(self, options: Given, ground: Ground) -> Measured:
        lines = options["lines"]
        small = _taken_in(ground, min(options["few"], lines), with_floor=False)
        large = _taken_in(ground, lines, with_floor=True)
        return _measured(lines, small, large)


def _taken_in(ground: Ground, lines: int, *, with_floor: bool) -> dict[str, Any]:
    path = ground.folder / f"report-{lines}.csv"
    given = {"lines": lines, "path": str(path), "folder": str(ground.folder / str(lines))}
    ground.fresh_database()
    told = ground.part(f"Writing a report of {lines:,} sales", "world", given)
    if with_floor:
        told |= ground.part("Copying its bare cells", "floor", given)
    return told | ground.part(f"Taking in {lines:,} sales", "desk", given)


def _measured(lines: int, small: dict[str, Any], large: dict[str, Any]) -> Measured:
    growth = large["peak_mb"] / small["peak_mb"]
    ratio = large["floor_s"] / large["read_s"]
    wrong = sum(each["rows"] - each["arrived"] for each in (small, large))
    is_right = not wrong and small["net"] == large["net"] == 0
    is_quick = lines < RATIOS_FROM or ratio >= GOAL
    figures = {
        "name": PayoutsBench.slug,
        "ratio": round(ratio, 3),
        "goal": GOAL,
        "ok": is_right and is_quick and growth <= MOST_GROWTH,
        "floor_s": round(large["floor_s"], 2),
        "read_s": round(large["read_s"], 2),
        "import_s": round(large["import_s"], 2),
        "megabytes": round(large["bytes"] / 1e6),
        "peak_mb": round(large["peak_mb"], 1),
        "peak_mb_small": round(small["peak_mb"], 1),
        "lost": wrong,
        "lines": lines,
    }
    return Measured(bool(figures["ok"]), figures, _table(large, figures, growth))


def _table(large: dict[str, Any], figures: dict[str, Any], growth: float) -> tuple[Row, ...]:
    return (
        Row("The file", f"{large['rows']:,} rows, {figures['megabytes']:,} MB"),
        Row("Keeping it as it came", f"{large['keep_s']:.1f} s"),
        Row("Reading and checking", f"{figures['read_s']} s"),
        Row("Its bare cells, copied", f"{figures['floor_s']} s"),
        Row("The bare cells by the reading", f"{figures['ratio']}", f"at least {GOAL}"),
        Row("Importing", f"{figures['import_s']} s"),
        Row("Memory of the program", f"{figures['peak_mb']} MB"),
        Row("Growth of memory", f"× {growth:.2f}", f"at most × {MOST_GROWTH}"),
        Row("Rows that did not arrive", f"{figures['lost']}", "0"),
        *([Row("Why not", large["message"])] if large["message"] else []),
    )
