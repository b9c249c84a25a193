"""How much of each week rules matched without a person."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from reconciliation.matching.rule import BY_HAND
from reconciliation.totals import Narrowed

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Week:
    """Lines booked in a week, and how many of them rules matched without a person."""

    begins: date
    lines: int
    matched: int

    @property
    def rate(self) -> int:
        return 100 * self.matched // self.lines if self.lines else 0


_TREND = """
SELECT date_trunc('week', g.booked_on)::date, count(*), count(m.id)
FROM reconciliation_gatewayline g
LEFT JOIN reconciliation_match m
    ON m.line_id = g.id AND m.undone_at IS NULL AND m.rule <> %(by_hand)s
WHERE g.kind <> 'payout' AND g.booked_on >= %(first)s
    AND (%(currency)s = '' OR g.currency = %(currency)s)
    AND (%(gateway)s = '' OR g.gateway = %(gateway)s)
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
                "first": first,
                "by_hand": BY_HAND,
                "currency": narrowed.currency,
                "gateway": narrowed.gateway,
            },
        )
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    weeks = [first + timedelta(weeks=number) for number in range(WEEKS)]
    return [Week(week, *found.get(week, (0, 0))) for week in weeks]
