"""Pounds for a euro, day by day, and what a gateway makes of it."""

from datetime import date
from decimal import Decimal
from random import Random

_MIDDLE = 8560
_MARGIN = Decimal("0.985")
_STEP = Decimal("0.0001")


def market(day: date) -> Decimal:
    """The rate of the day that finance books at."""
    return Decimal(_MIDDLE + Random(day.toordinal()).randint(-45, 45)) / 10_000


def at_gateway(day: date) -> Decimal:
    """The gateway keeps its margin in the rate."""
    return (market(day) * _MARGIN).quantize(_STEP)
