"""Days, times and time zones as gateways write them, as aware moments in UTC."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSETS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "IST": 1, "CET": 1, "MEZ": 1,
    "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3, "AST": -4, "ADT": -3, "EDT": -4,
    "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8, "AKST": -9,
    "HST": -10,
}  # fmt: skip
_NAMES = {
    "eastern time (us & canada)": "America/New_York",
    "central time (us & canada)": "America/Chicago",
    "mountain time (us & canada)": "America/Denver",
    "pacific time (us & canada)": "America/Los_Angeles",
    "atlantic time (canada)": "America/Halifax",
    "arizona": "America/Phoenix",
    "hawaii": "Pacific/Honolulu",
    "alaska": "America/Anchorage",
    "london": "Europe/London",
    "edinburgh": "Europe/London",
    "dublin": "Europe/Dublin",
    "paris": "Europe/Paris",
    "madrid": "Europe/Madrid",
    "sydney": "Australia/Sydney",
    "melbourne": "Australia/Melbourne",
    "brisbane": "Australia/Brisbane",
    "adelaide": "Australia/Adelaide",
    "perth": "Australia/Perth",
    "tokyo": "Asia/Tokyo",
}
_MOMENT = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_NUMERIC = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?")


class Order(StrEnum):
    """The order of the parts of a numeric date."""

    YEAR_FIRST = "ymd"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


def moment(text: str, zone: tzinfo = UTC) -> datetime:
    """A text with the year first, in its own offset or else in `zone`. ValueError when it is none.

    A text with no time of day means midnight there.
    """
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    year, month, day, hour, minute, second, offset = found.groups()
    place = _offset(offset) if offset else zone
    return _utc(datetime(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
        tzinfo=place,
    ))  # fmt: skip


def epoch(text: str) -> datetime:
    """Seconds since 1970. ValueError when it is no whole number, or one of no year we count."""
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(text) from error


def _utc(when: datetime) -> datetime:
    """ValueError beyond the first and the last year."""
    try:
        return when.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(when)) from error


def day(text: str, order: Order = Order.YEAR_FIRST) -> date:
    """The day a text starts with or is. ValueError when it is none."""
    bare = text.strip()
    if order is Order.YEAR_FIRST:
        found = _MOMENT.fullmatch(bare)
        if not found:
            raise ValueError(text)
        return date(int(found[1]), int(found[2]), int(found[3]))
    found = _NUMERIC.fullmatch(bare)
    if not found:
        raise ValueError(text)
    first, second, last = (int(part) for part in found.groups())
    if len(found[1]) == 4:
        return date(first, second, last)
    year = last if len(found[3]) == 4 else 2000 + last
    return date(year, second, first) if order is Order.DAY_FIRST else date(year, first, second)


def at(when: date, clock: str, zone: tzinfo) -> datetime:
    """A day and a time of day ("2:30:00 PM", "14:30") in a zone. An empty time means midnight."""
    if not clock.strip():
        return _utc(datetime(when.year, when.month, when.day, tzinfo=zone))
    found = _CLOCK.fullmatch(clock.strip())
    if not found:
        raise ValueError(clock)
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4][0] in "pP" else 0)
    return _utc(
        datetime(
            when.year, when.month, when.day, hour, int(found[2]), int(found[3] or 0), tzinfo=zone
        )
    )


def order_of(samples: Sequence[str]) -> Order | None:
    """What dates can only be read as; None when every one of them can be read both ways."""
    for text in samples:
        found = _NUMERIC.fullmatch(text.strip())
        if not found:
            continue
        if len(found[1]) == 4:
            return Order.YEAR_FIRST
        if int(found[1]) > 12:
            return Order.DAY_FIRST
        if int(found[2]) > 12:
            return Order.MONTH_FIRST
        if "." in text:
            return Order.DAY_FIRST
    return None


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo:
    """A zone by abbreviation, offset, city or full name. ValueError when nobody knows it."""
    bare = name.strip()
    if bare.upper() in _OFFSETS:
        return timezone(timedelta(hours=_OFFSETS[bare.upper()]))
    if re.fullmatch(r"(?:GMT|UTC)?[+-]\d{2}:?\d{2}", bare):
        return _offset(bare.removeprefix("GMT").removeprefix("UTC"))
    try:
        return ZoneInfo(_NAMES.get(bare.casefold(), bare))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(name) from error


@lru_cache(maxsize=256)
def _offset(text: str) -> tzinfo:
    if text in {"Z", "UTC", "GMT"}:
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
