"""How old what differs is: how many and how much is open, by control."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import Abs
from django.utils import timezone

from reconciliation.control import Control, controls
from reconciliation.models import Difference
from reconciliation.totals import Narrowed

AGES = ((0, 7, "0–7 days"), (8, 30, "8–30 days"), (31, 60, "31–60 days"), (61, None, "Over 60"))


@dataclass(frozen=True, slots=True)
class Aged:
    """A control's open differences by age; `amounts` are sums by currency for each age."""

    control: Control
    counts: tuple[int, ...]
    amounts: tuple[dict[str, int], ...]

    @property
    def cells(self) -> list[tuple[int, int, list[tuple[str, int]]]]:
        """Where each age begins, how many, and how much by currency without regard to sign."""
        rows = zip(AGES, self.counts, self.amounts, strict=True)
        return [(begin, count, sorted(sums.items())) for (begin, _, _), count, sums in rows]

    @property
    def total(self) -> int:
        return sum(self.counts)


def ageing(narrowed: Narrowed) -> list[Aged]:
    """By the day of the payment, order or document: a difference found late is as old as its money."""
    today = timezone.localdate()
    wanted = {
        f"{what}{place}": kind(filter=_aged(today, begin, end))
        for place, (begin, end, _) in enumerate(AGES)
        for what, kind in (("count", _count), ("sum", _sum))
    }
    rows = (
        Difference.objects.filter(narrowed.differences(), closed_at__isnull=True)
        .order_by()
        .values("control", "currency")
        .annotate(**wanted)
    )
    counts: dict[str, list[int]] = {}
    sums: dict[str, list[dict[str, int]]] = {}
    for row in rows:
        number = counts.setdefault(row["control"], [0] * len(AGES))
        amounts = sums.setdefault(row["control"], [{} for _ in AGES])
        for place in range(len(AGES)):
            number[place] += row[f"count{place}"]
            if row[f"sum{place}"]:
                amounts[place][row["currency"]] = row[f"sum{place}"]
    none = [0] * len(AGES)
    nothing: list[dict[str, int]] = [{} for _ in AGES]
    return [
        Aged(control, tuple(counts.get(slug, none)), tuple(sums.get(slug, nothing)))
        for slug, control in controls().items()
    ]


def _count(filter: Q) -> Count:  # noqa: A002 - as Django calls it
    return Count("pk", filter=filter)


def _sum(filter: Q) -> Sum:  # noqa: A002 - as Django calls it
    return Sum(Abs("amount"), filter=filter)


def in_days(day: date) -> str:
    """How old what is dated that day is, counted as the ages are: "0 days", "1 day", "43 days"."""
    days = max((timezone.localdate() - day).days, 0)
    return "1 day" if days == 1 else f"{days:,} days"


def of_age(begin: int) -> Q:
    """Differences of the age that begins with so many days."""
    end = next(last for first, last, _ in AGES if first == begin)
    return _aged(timezone.localdate(), begin, end)


def _aged(today: date, begin: int, end: int | None) -> Q:
    wanted = Q(day__lte=today - timedelta(days=begin)) if begin else Q()
    if end is not None:
        wanted &= Q(day__gt=today - timedelta(days=end + 1))
    return wanted
