"""The figures of the report, each with the address of the rows it is the total of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from exceptions.campaigns import ledger
from exceptions.campaigns.ledger import FIGURES, Figure
from exceptions.campaigns.narrowed import Narrowed
from exceptions.kind import kind_of
from integration.core import streaming


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: how many orders, how much, and the query of its rows."""

    figure: Figure
    number: int
    amount: Decimal
    query: str


@dataclass(frozen=True, slots=True)
class Line:
    """All figures of a campaign, a journey or a currency. `link` narrows to it."""

    campaign: str | None
    journey: str | None
    currency: str
    cells: tuple[Cell, ...]
    link: str

    def cell(self, slug: str) -> Cell:
        return next(cell for cell in self.cells if cell.figure.slug == slug)

    @property
    def money(self) -> dict[str, Decimal]:
        """Amounts by figure, for the chart."""
        return {cell.figure.slug: cell.amount for cell in self.cells}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why orders are held: the queue, how many, how much. An order may wait in several queues."""

    journey: str
    currency: str
    title: str
    number: int
    amount: Decimal
    query: str


@dataclass(frozen=True, slots=True)
class Week:
    """What was ordered in a week, and how much of that is in Prima and invoiced by now."""

    begins: date
    currency: str
    ordered: Decimal
    created: Decimal
    invoiced: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """One order behind a figure."""

    key: str
    at: datetime
    campaign: str
    journey: str
    customer: str
    order_number: str | None
    state: str | None
    currency: str
    amount: Decimal | None


Sums = dict[tuple[str, str, str], list[Any]]


class Report:
    """All lines of one narrowing, from one pass over the ledger."""

    def __init__(self, narrowed: Narrowed) -> None:
        self._narrowed = narrowed
        self._sums: Sums = {
            (row[0], row[1], row[2]): list(row[3:])
            for row in _asked(ledger.SUMS, ledger.params(narrowed))
        }

    def by_currency(self) -> list[Line]:
        return self._lines(lambda key: (None, None, key[2]))

    def by_campaign(self) -> list[Line]:
        """Most ordered first."""
        return self._lines(lambda key: (key[0], None, key[2]))

    def by_journey(self) -> list[Line]:
        return self._lines(lambda key: key)

    def _lines(self, group: Any) -> list[Line]:
        found: dict[tuple[str | None, str | None, str], list[Any]] = {}
        for key, values in self._sums.items():
            into = found.setdefault(group(key), [0] * len(values))
            found[group(key)] = [a + b for a, b in zip(into, values, strict=True)]
        lines = [self._line(*key, values) for key, values in found.items()]
        return sorted(
            lines,
            key=lambda line: (
                -line.cells[0].amount,
                line.campaign or "",
                line.journey or "",
                line.currency,
            ),
        )

    def _line(
        self, campaign: str | None, journey: str | None, currency: str, values: Sequence[Any]
    ) -> Line:
        own = replace(self._narrowed, currency=currency)
        if campaign is not None:
            own = replace(own, campaign=campaign)
        if journey is not None:
            own = replace(own, journey=journey)
        more = {"q": own.text or None}
        cells = tuple(
            Cell(
                figure,
                values[2 * place],
                Decimal(values[2 * place + 1]),
                own.query(figure=figure.slug, **more),
            )
            for place, figure in enumerate(FIGURES.values())
        )
        return Line(campaign, journey, currency, cells, replace(own, currency="").query())


def reasons(narrowed: Narrowed) -> list[Reason]:
    """Why orders of the campaign are held, most orders first."""
    return [
        Reason(
            journey,
            currency,
            kind_of(kind).plural,
            number,
            amount,
            replace(narrowed, journey=journey, currency=currency).query(figure="held", kind=kind),
        )
        for journey, currency, kind, number, amount in _asked(
            ledger.REASONS, ledger.params(narrowed)
        )
    ]


def weeks(narrowed: Narrowed) -> dict[str, list[Week]]:
    """By currency as the figures above it, most ordered first; each oldest first."""
    found: dict[str, list[Week]] = {}
    for row in _asked(ledger.WEEKS, ledger.params(narrowed)):
        week = Week(*row)
        found.setdefault(week.currency, []).append(week)
    most = sorted(found.items(), key=lambda one: -sum(week.ordered for week in one[1]))
    return dict(most)


def rows(narrowed: Narrowed, start: int, size: int | None) -> Iterator[Row]:
    """The orders behind a figure, all of them when `size` is None."""
    asked = {**ledger.params(narrowed), "start": start, "size": size}
    return (Row(*row) for row in streaming.rows(ledger.rows_sql(FIGURES[narrowed.figure]), asked))


def totals(narrowed: Narrowed) -> list[tuple[str, int, Decimal]]:
    """Currency, number and amount of the same rows."""
    return list(_asked(ledger.total_sql(FIGURES[narrowed.figure]), ledger.params(narrowed)))


def currencies(lines: Iterable[Line]) -> list[str]:
    return sorted({line.currency for line in lines if line.currency})


def _asked(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
