"""How much of each week rules matched without a person."""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from reconciliation.matching.rule import BY_HAND
from reconciliation.payouts import MATCHABLE
from reconciliation.totals import WITHIN, Narrowed

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Week:
    """Lines to match of a week, and how many of them rules matched without a person."""

    begins: date
    lines: int
    matched: int

    @property
    def rate(self) -> int:
        return 100 * self.matched // self.lines if self.lines else 0


_TREND = f"""
SELECT date_trunc('week', g.booked_on)::date, count(*), count(m.id)
FROM (SELECT * FROM reconciliation_gatewayline WHERE {WITHIN}) g
LEFT JOIN reconciliation_match m
    ON m.line_id = g.id AND m.undone_at IS NULL AND m.rule <> %(by_hand)s
WHERE g.kind = ANY(%(kinds)s) AND g.booked_on >= %(first)s
GROUP BY 1 ORDER BY 1
"""


def trend(narrowed: Narrowed) -> list[Week]:
    """The last weeks whatever the month, oldest first; a week without lines is there with zero."""
    today = timezone.localdate()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    with connection.cursor() as cursor:
        cursor.execute(
            _TREND,
            {
                **narrowed.parameters(),
                "first": first,
                "by_hand": BY_HAND,
                "kinds": list(MATCHABLE),
            },
        )
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    weeks = [first + timedelta(weeks=number) for number in range(WEEKS)]
    return [Week(week, *found.get(week, (0, 0))) for week in weeks]
