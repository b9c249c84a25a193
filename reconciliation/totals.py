"""The figures of the overview. Each is counted from the rows that its link opens."""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.functions import Abs
from django.utils import timezone

from integration.core import streaming
from reconciliation.control import Control, controls
from reconciliation.models import Difference, Match, Payout, Period
from reconciliation.tolerated import swallowing

RECENT_MONTHS = 3
NONE = "-"
"""Stands in the address for "no currency" or "no gateway"."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the overview is narrowed to. `month` is "2026-10"; `recent` the last months until today."""

    month: str = ""
    currency: str = ""
    gateway: str = ""
    company: str = ""
    recent: bool = False

    @property
    def days(self) -> tuple[date, date]:
        """First and last day of the month, or of the last months; all days without either."""
        if self.recent:
            return _recent_days()
        if not self.month:
            return date.min, date.max
        first = date.fromisoformat(f"{self.month}-01")
        after = (first + timedelta(days=32)).replace(day=1)
        return first, after - timedelta(days=1)

    def query(self, **more: str) -> str:
        asked = {
            "period": self.month, "currency": self.currency, "gateway": self.gateway,
            "company": self.company, **more,
        }  # fmt: skip
        return urlencode({name: value for name, value in asked.items() if value})

    def exact(self, **names: str) -> dict[str, str]:
        """What it is narrowed to, under the names a query has for it; without what it is not."""
        return {
            name: "" if asked == NONE else asked
            for what, name in names.items()
            if (asked := getattr(self, what))
        }

    def differences(self) -> Q:
        first, last = self.days
        asked = self.exact(currency="currency", gateway="gateway", company="company")
        return Q(day__gte=first, day__lte=last, **asked)

    def parameters(self) -> dict[str, Any]:
        """For `WITHIN`, and the first and last day."""
        first, last = self.days
        exact = self.exact(currency="currency", gateway="gateway", company="company")
        names = ("currency", "gateway", "company")
        return {"first": first, "last": last, **{one: exact.get(one) for one in names}}


WITHIN = """(%(currency)s::text IS NULL OR currency = %(currency)s)
    AND (%(gateway)s::text IS NULL OR gateway = %(gateway)s)
    AND (%(company)s::text IS NULL OR company = %(company)s)"""
"""SQL: rows that have these three columns lie within what `Narrowed.parameters` tells."""


def _recent_days() -> tuple[date, date]:
    this = timezone.localdate().replace(day=1)
    first = this
    for _ in range(RECENT_MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return first, (this + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def overdue() -> Q:
    """Differences that should have cleared by now; the next run opens them again."""
    return Q(state=Difference.State.TIMING, timing_until__lt=timezone.localdate())


@dataclass(frozen=True, slots=True)
class Line:
    """One control, month, currency and gateway: number and amount of what agrees and waits.

    Without a gateway (None) it is the sum of several.
    """

    control: Control
    month: str
    currency: str
    gateway: str | None
    counts: tuple[int, int]
    waiting: tuple[int, int]
    company: str = ""

    @property
    def agreed(self) -> int:
        return self.counts[0]

    @property
    def agreed_amount(self) -> int:
        return self.counts[1]

    @property
    def open(self) -> int:
        return self.waiting[0]

    @property
    def open_amount(self) -> int:
        return self.waiting[1]

    @property
    def first_day(self) -> date:
        return date.fromisoformat(f"{self.month}-01")

    @property
    def query(self) -> str:
        gateway = "" if self.gateway is None else self.gateway or NONE
        return Narrowed(self.month, self.currency or NONE, gateway, self.company).query()

    @property
    def share(self) -> int:
        """How much of the number agrees, in percent, rounded down."""
        return 100 * self.agreed // max(self.agreed + self.open, 1)


_AGREED = f"""
SELECT to_char(day, 'YYYY-MM'), currency, gateway, count(*), sum(abs(amount))::bigint
FROM ({{agreed}}) agreed WHERE day BETWEEN %(first)s AND %(last)s AND {WITHIN} GROUP BY 1, 2, 3
"""
_ROWS = f"""
SELECT key, company, day, currency, gateway, amount FROM ({{agreed}}) agreed
WHERE day BETWEEN %(first)s AND %(last)s AND {WITHIN}
ORDER BY day DESC, key LIMIT %(size)s OFFSET %(start)s
"""


def by_control(narrowed: Narrowed) -> list[Line]:
    """By control in the order of the trade, then newest month first."""
    still_open = _open(narrowed)
    lines = []
    for slug, control in controls().items():
        agreed = {row[:3]: row[3:] for row in _agreed(control, narrowed)}
        waiting = {key[1:]: value for key, value in still_open.items() if key[0] == slug}
        keys = sorted({*agreed, *waiting}, key=lambda one: (_down(one[0]), one[1:]))
        lines += [
            Line(
                control,
                month,
                currency,
                gateway,
                agreed.get((month, currency, gateway), (0, 0)),
                waiting.get((month, currency, gateway), (0, 0)),
                narrowed.company,
            )
            for month, currency, gateway in keys
        ]
    return lines


@dataclass(frozen=True, slots=True)
class Rows:
    """A month and currency of a control: the sum, and its gateways when they are several."""

    sum: Line
    parts: tuple[Line, ...]


def rows_by_control(lines: Sequence[Line]) -> list[tuple[Control, list[Rows]]]:
    """Lines as `by_control` gives them, the gateways of a month and currency under their sum."""
    found: dict[str, tuple[Control, list[Rows]]] = {}
    for (slug, _, _), group in groupby(
        lines, key=lambda one: (one.control.slug, one.month, one.currency)
    ):
        parts = tuple(group)
        rows = Rows(parts[0], ()) if len(parts) == 1 else Rows(_sum(parts), parts)
        found.setdefault(slug, (parts[0].control, []))[1].append(rows)
    return list(found.values())


def _sum(parts: Sequence[Line]) -> Line:
    return replace(
        parts[0],
        gateway=None,
        counts=(sum(one.agreed for one in parts), sum(one.agreed_amount for one in parts)),
        waiting=(sum(one.open for one in parts), sum(one.open_amount for one in parts)),
    )


def offered() -> tuple[list[date], list[str], list[str]]:
    """First days of months, currencies and gateways the overview may be narrowed to, newest month first."""
    periods = Period.objects.order_by("-first_day").values_list("first_day", flat=True).distinct()
    found = Difference.objects.order_by().values_list("currency", "gateway").distinct()
    paid = Payout.objects.order_by().values_list("currency", "gateway").distinct()
    pairs = [*found, *paid]
    return (
        list(periods),
        sorted({currency for currency, _ in pairs if currency}),
        sorted({gateway for _, gateway in pairs if gateway}),
    )


def agreed_rows(
    control: Control, narrowed: Narrowed, start: int, size: int | None
) -> Iterator[tuple[Any, ...]]:
    """The rows behind an agreed figure: key, company, day, currency, gateway, amount.

    All of them when `size` is None.
    """
    asked = {**narrowed.parameters(), "start": start, "size": size}
    return streaming.rows(_ROWS.format(agreed=control.agreed), asked)


def agreed_total(control: Control, narrowed: Narrowed) -> tuple[int, dict[str, int]]:
    """How many rows, and their amounts by currency."""
    rows = _agreed(control, narrowed)
    amounts: dict[str, int] = {}
    for _, currency, _, _, amount in rows:
        amounts[currency] = amounts.get(currency, 0) + amount
    return sum(row[3] for row in rows), amounts


def _agreed(control: Control, narrowed: Narrowed) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_AGREED.format(agreed=control.agreed), narrowed.parameters())
        return list(cursor.fetchall())


def _open(narrowed: Narrowed) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    found: dict[tuple[str, str, str, str], tuple[int, int]] = {}
    rows = (
        Difference.objects.filter(narrowed.differences(), closed_at__isnull=True)
        .order_by()
        .values_list("control", "day__year", "day__month", "currency", "gateway")
        .annotate(number=Count("pk"), amount=Sum(Abs("amount")))
    )
    for control, year, month, currency, gateway, number, amount in rows:
        found[control, f"{year}-{month:02d}", currency, gateway] = (number, amount)
    return found


def _down(month: str) -> int:
    return -int(month.replace("-", ""))


@dataclass(frozen=True, slots=True)
class News:
    """What changed since yesterday began."""

    opened: int
    healed: int
    adjusted: int
    matched: int
    undone: int


def yesterday() -> datetime:
    now = timezone.localtime()
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


def news() -> News:
    since = yesterday()
    states = Difference.State
    closed = Q(closed_at__gte=since)
    counted = Difference.objects.aggregate(
        opened=Count("pk", filter=Q(first_seen_at__gte=since) & ~Q(state=states.TOLERATED)),
        healed=Count("pk", filter=closed & Q(state=states.HEALED)),
        adjusted=Count("pk", filter=closed & Q(state=states.ADJUSTED)),
    )
    matches = Match.objects.aggregate(
        matched=Count("pk", filter=Q(made_at__gte=since)),
        undone=Count("pk", filter=Q(undone_at__gte=since)),
    )
    return News(**counted, **matches)


@dataclass(frozen=True, slots=True)
class Swallowed:
    """What tolerances swallowed of one control and currency; signed, and how much in all."""

    control: str
    what: str
    currency: str
    number: int
    net: int
    gross: int
    link: str


def swallowed(narrowed: Narrowed) -> list[Swallowed]:
    """In matches, and in differences that were closed as within tolerance."""
    first, last = narrowed.days
    matches = swallowing().filter(undone_at__isnull=True, day__gte=first, day__lte=last)
    matches = matches.filter(
        **narrowed.exact(currency="currency", gateway="line__gateway", company="company")
    )
    differences = Difference.objects.filter(
        narrowed.differences(), state=Difference.State.TOLERATED
    )
    return [
        *_swallowed(matches, "difference", "Matches", "matches", narrowed),
        *_swallowed(differences, "amount", "Differences", "differences", narrowed),
    ]


def _swallowed(
    rows: Any, column: str, what: str, page: str, narrowed: Narrowed
) -> Sequence[Swallowed]:
    found = (
        rows.order_by("control", "currency")
        .values_list("control", "currency")
        .annotate(number=Count("pk"), net=Sum(column), gross=Sum(Abs(column)))
    )
    return [
        Swallowed(
            controls()[control].title if control in controls() else control,
            what,
            currency,
            number,
            net,
            gross,
            f"{page}/?{_behind(page, control, currency, narrowed)}",
        )
        for control, currency, number, net, gross in found
    ]


def _behind(page: str, control: str, currency: str, narrowed: Narrowed) -> str:
    asked = replace(narrowed, currency=currency)
    if page == "matches":
        return asked.query(control=control, tolerance="used")
    return asked.query(control=control, state="tolerated")
