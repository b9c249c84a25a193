"""Marketing Cloud's values as text, both ways: truth, numbers and moments."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

CENTRAL = timezone(timedelta(hours=-6), "CST")
"""Central Standard Time the year round: Marketing Cloud's clock knows no summer time."""

Value = str | int | bool | Decimal | datetime | date | None

_SHOWN = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AP]M))?", re.IGNORECASE
)
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")


class MalformedValue(ValueError):
    """A value that is not what its column promises; the text says so to a person."""


def as_bool(text: str) -> bool:
    """True or False in any case; SOAP's 1 and 0 as well."""
    match text.strip().lower():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
    raise MalformedValue(f"“{_short(text)}” is neither True nor False.")


def as_decimal(text: str) -> Decimal:
    """A plain number; no thousands sign, no exponent."""
    stripped = text.strip()
    if not _DECIMAL.fullmatch(stripped) or not stripped.isascii():
        raise MalformedValue(f"“{_short(text)}” is not a number.")
    return Decimal(stripped)


def as_moment(text: str) -> datetime:
    """`3/1/2026 4:05:00 PM` or ISO; without an offset it is Central Standard Time. Answers UTC."""
    stripped = text.strip()
    shown = _SHOWN.fullmatch(stripped)
    try:
        moment = _moment(shown) if shown else datetime.fromisoformat(stripped)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=CENTRAL)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedValue(f"“{_short(text)}” is not a date and time.") from error


def to_wire(value: Value) -> str | int | bool | None:
    """A value as a data extension takes it in JSON."""
    match value:
        case Decimal():
            return format(value, "f")
        case datetime():
            return _utc_text(value)
        case date():
            return value.isoformat()
    return value


def central_text(moment: datetime) -> str:
    """A moment without an offset, as filters and SOAP compare it."""
    return moment.astimezone(CENTRAL).replace(tzinfo=None).isoformat(timespec="seconds")


def _moment(shown: re.Match[str]) -> datetime:
    month, day, year, hour, minute, second, half = shown.groups()
    hours = int(hour or 0)
    if half is not None:
        if not 1 <= hours <= 12:
            raise ValueError(hours)
        hours = hours % 12 + (12 if half.upper() == "PM" else 0)
    return datetime(
        int(year), int(month), int(day), hours, int(minute or 0), int(second or 0), tzinfo=CENTRAL
    )


def _utc_text(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
