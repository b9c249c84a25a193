"""Counts the calls of flows by hour, and tells what a day came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection as database
from django.utils import timezone

from connectors.sync.models import FlowCalls

HOURS = 24
_ADD = """
INSERT INTO sync_flowcalls AS kept (flow, system, hour, calls, failed, slowed)
SELECT %s, told.system, date_trunc('hour', clock_timestamp()), told.calls, told.failed, told.slowed
FROM unnest(%s::text[], %s::int[], %s::int[], %s::int[]) AS told (system, calls, failed, slowed)
ON CONFLICT (hour, flow, system) DO UPDATE SET
    calls = kept.calls + excluded.calls, failed = kept.failed + excluded.failed,
    slowed = kept.slowed + excluded.slowed
"""


def add(flow: str, spent: Mapping[str, Sequence[int]]) -> None:
    """`spent` has calls, failed and slowed by system. Several workers add to the same hour."""
    if not spent:
        return
    columns = [list(column) for column in zip(*spent.values(), strict=True)]
    with database.cursor() as cursor:
        cursor.execute(_ADD, [flow, list(spent), *columns])


@dataclass(slots=True)
class Spent:
    """What one flow spent of one system's calls on a day, and in which hours."""

    flow: str
    system: str
    calls: int = 0
    failed: int = 0
    slowed: int = 0
    by_hour: list[int] = field(default_factory=lambda: [0] * HOURS)


def of_day(day: date) -> list[Spent]:
    """Every flow and system that called on the day here, most calls first. One query."""
    begins = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    found: dict[tuple[str, str], Spent] = {}
    for row in FlowCalls.objects.filter(hour__gte=begins, hour__lt=begins + timedelta(days=1)):
        spent = found.setdefault((row.flow, row.system), Spent(row.flow, row.system))
        spent.calls += row.calls
        spent.failed += row.failed
        spent.slowed += row.slowed
        spent.by_hour[timezone.localtime(row.hour).hour] += row.calls
    return sorted(found.values(), key=lambda one: (-one.calls, one.flow, one.system))
