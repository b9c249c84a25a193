"""What differs as of a day: worked out when somebody asks, and nothing of it is kept.

It looks at what is dated by that day, by what is known today: a match, an adjustment or a correction
made since counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from time import monotonic

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import QueryCanceled

from reconciliation import differences
from reconciliation.control import Category, Control, Scope, controls
from reconciliation.models import Difference
from reconciliation.refusals import Refused

SECONDS = 20
_ROWS = """
SELECT f.category, f.key, f.title, f.day, f.gateway, f.amount, f.currency, kept.id,
    COALESCE(kept.state, '')
FROM found f
LEFT JOIN LATERAL (
    SELECT d.id, d.state FROM reconciliation_difference d
    WHERE d.control = %(control)s AND d.key = f.key AND d.category = f.category
    ORDER BY d.id DESC LIMIT 1
) kept ON true
WHERE NOT f.tolerated
ORDER BY abs(f.amount) DESC, f.key, f.category LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """One difference. `amount` is minor units; `state` is what has become of it until today, and
    empty when the desk never kept it."""

    category: Category
    key: str
    title: str
    day: date
    gateway: str
    amount: int
    currency: str
    difference: int | None
    state: str

    @property
    def today(self) -> str:
        return str(Difference.State(self.state).label) if self.state else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A control: what differed, by category with the sums of each currency; the largest rows first."""

    control: Control
    number: int
    sums: tuple[tuple[Category, int, tuple[tuple[str, int], ...]], ...]
    rows: tuple[Found, ...]

    @property
    def more(self) -> int:
        return self.number - len(self.rows)


def standing(day: date, *, most: int | None = None, seconds: float = SECONDS) -> Iterator[Standing]:
    """The controls in the order of the trade, each with `most` rows, or all.

    Raises Refused when they take too long to wait for; `seconds` are for all of them together.
    """
    end = monotonic() + seconds
    for control in controls().values():
        try:
            yield _look(control, day, most, max(end - monotonic(), 0.001))
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise
            raise Refused(
                f"“{control.title}” is too much to compare while you wait. Whoever runs the desk "
                "can have it done in the background; the manual says how, under “As of a day”."
            ) from error


def _look(control: Control, day: date, most: int | None, seconds: float) -> Standing:
    """In a transaction that is taken back whatever happens."""
    scope = Scope(at=timezone.now(), today=day, as_of=day)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])
        tally = differences.find(control, scope)
        cursor.execute(_ROWS, {"control": control.slug, "most": most})
        rows = [Found(control.category(slug), *rest) for slug, *rest in cursor.fetchall()]
        transaction.set_rollback(True)
    sums = tuple(
        (control.category(slug), number, tuple(sorted(amounts.items())))
        for slug, (number, amounts) in tally.by_category.items()
    )
    return Standing(control, tally.standing, sums, tuple(rows))
