"""Puts movements together to payouts, each gateway in its own rhythm."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from connectors.sandbox.trade.calendar import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, Span
from connectors.sandbox.trade.movement import Movement, named


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Pays on these weekdays what moved up to `delay` days before."""

    weekdays: tuple[int, ...]
    delay: int


RHYTHMS: Mapping[str, Rhythm] = {
    "stripe": Rhythm((MONDAY, THURSDAY), 3),
    "paypal": Rhythm((FRIDAY,), 1),
    "worldpay": Rhythm((WEDNESDAY,), 2),
    "adyen": Rhythm((TUESDAY,), 2),
}
PREFIXES = {"stripe": "po_", "paypal": "PPW", "worldpay": "WP", "adyen": ""}


@dataclass(frozen=True, slots=True)
class Batch:
    """What a gateway pays out at once. `amount` is Σ net of the movements, in minor units."""

    gateway: str
    currency: str
    paid_on: date
    id: str
    movements: Sequence[Movement] = field(repr=False)

    @property
    def amount(self) -> int:
        return sum(movement.net for movement in self.movements)


def batches(gateway: str, movements: Iterable[Movement], span: Span) -> Iterator[Batch]:
    """Every payout of the gateway in these days, by currency and day.

    While a balance is negative nothing is paid, and it goes into the next payout.
    """
    by_currency = sorted(movements, key=lambda one: (one.currency, one.at, one.id))
    for currency, found in groupby(by_currency, key=lambda one: one.currency):
        yield from _of_currency(gateway, currency, list(found), span)


def _of_currency(
    gateway: str, currency: str, movements: list[Movement], span: Span
) -> Iterator[Batch]:
    rhythm, start, number = RHYTHMS[gateway], 0, 0
    for day in span.on(*rhythm.weekdays):
        until = day - timedelta(days=rhythm.delay)
        end = sum(movement.at.date() <= until for movement in movements)
        waiting = movements[start:end]
        if sum(movement.net for movement in waiting) <= 0:
            continue
        number += 1
        yield Batch(gateway, currency, day, _id(gateway, currency, day, number), tuple(waiting))
        start = end


def _id(gateway: str, currency: str, day: date, number: int) -> str:
    if gateway == "adyen":
        return str(200 + number)
    own = named(gateway, currency, day.isoformat())
    return PREFIXES[gateway] + (own.upper() if gateway != "stripe" else own)
