"""The days of the trade: when goods leave, when gateways pay out, when the bank books."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The days told of, from `first` up to `last`, both included."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        day = self.first
        while day <= self.last:
            yield day
            day += _DAY

    def on(self, *weekdays: int) -> Iterator[date]:
        return (day for day in self.days() if day.weekday() in weekdays)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def working(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    while day.weekday() > FRIDAY:
        day += _DAY
    return day


def after(day: date, days: int = 1) -> date:
    """So many days later, on a working day."""
    return working(day + timedelta(days=days))


def month(day: date) -> str:
    return f"{day:%Y-%m}"


def last_month(today: date) -> date:
    """Its first day."""
    return (today.replace(day=1) - _DAY).replace(day=1)
