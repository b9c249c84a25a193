"""What each flow spent of each system's calls on a day, beside what the system allows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from connectors.sync import spending
from connectors.sync.flow import flows
from connectors.sync.models import Connection
from connectors.sync.spending import HOURS, Spent
from exceptions.syncs.figure import Figure
from integration.core.cells import neutral
from integration.exports import Cell

SHADES = 6
"""Flows with a shade of their own in the chart; the rest share the last one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One flow. `percent` of all calls to the system on the day; `shade` is its place in the chart."""

    title: str
    spent: Spent
    percent: int
    shade: int


@dataclass(frozen=True, slots=True)
class SystemLoad:
    """`used` is the share of the day's budget in percent, None without a budget."""

    name: str
    calls: int
    failed: int
    slowed: int
    budget: int | None
    used: int | None
    per_second: int
    lines: tuple[Line, ...]

    @property
    def figures(self) -> list[Figure]:
        used = f"{self.used} % used" if self.used is not None else ""
        return [
            Figure("Calls", self.calls),
            Figure("The day's budget", self.budget, used),
            Figure("A second at most", self.per_second),
            Figure("Failed", self.failed),
            Figure("Told to slow down", self.slowed),
        ]

    @property
    def busiest(self) -> int:
        """Calls of the busiest hour."""
        return max(sum(line.spent.by_hour[hour] for line in self.lines) for hour in range(HOURS))


def of_day(day: date) -> list[SystemLoad]:
    """Every system, in two queries."""
    spent = spending.of_day(day)
    return [
        _system(connection, [one for one in spent if one.system == connection.system])
        for connection in Connection.objects.all()
    ]


def rows(shown: Sequence[SystemLoad]) -> Iterator[list[Cell]]:
    """For a download: a line a flow and system, with its hours."""
    hours = [f"{hour:02d}:00" for hour in range(HOURS)]
    yield ["System", "Flow", "Calls", "Failed", "Told to slow down", *hours]
    for system in shown:
        for line in system.lines:
            told = line.spent
            yield [
                neutral(system.name),
                neutral(line.title),
                told.calls,
                told.failed,
                told.slowed,
                *told.by_hour,
            ]


def _system(connection: Connection, spent: Sequence[Spent]) -> SystemLoad:
    calls, budget = sum(one.calls for one in spent), connection.calls_per_day
    known = flows()
    return SystemLoad(
        name=str(connection),
        calls=calls,
        failed=sum(one.failed for one in spent),
        slowed=sum(one.slowed for one in spent),
        budget=budget,
        used=round(100 * calls / budget) if budget else None,
        per_second=connection.calls_per_second,
        lines=tuple(
            Line(
                title=known[one.flow].title if one.flow in known else one.flow,
                spent=one,
                percent=round(100 * one.calls / calls) if calls else 0,
                shade=min(place, SHADES - 1),
            )
            for place, one in enumerate(spent)
        ),
    )
