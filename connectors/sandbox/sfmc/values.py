"""The column types of a data extension: what each accepts, how it is kept, how it is shown."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

# Marketing Cloud keeps dates in Central Standard Time the year round, and shows no offset.
CENTRAL = timezone(timedelta(hours=-6))
LONGEST_TEXT = 4000
EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s.,;<>()]+", re.ASCII)
PHONE = re.compile(r"\+?[0-9][0-9 ().\-/]{3,29}", re.ASCII)
LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z]{2,4})?", re.ASCII)
US_DATES = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y")
YES = frozenset({"true", "1", "yes", "y"})
NO = frozenset({"false", "0", "no", "n"})


class ValueRefused(ValueError):
    """The value does not fit its column; the text is the service's message."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    place: int
    length: int | None = None
    scale: int = 2
    primary_key: bool = False
    required: bool = False
    default: str | None = None

    @property
    def sql(self) -> str:
        """Its column in our table. Never the name: that is the client's text."""
        return f"c{self.place}"

    @property
    def text_like(self) -> bool:
        return self.type not in {"Number", "Decimal", "Boolean", "Date"}


def kept(column: Column, value: Any) -> str | int | None:
    """The value as it is kept, or ValueRefused. Empty means null, except in a text column."""
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise _bad(column, "is not a valid value", "InvalidValue")
    if value == "" and not column.text_like:
        return None
    return KEEPERS.get(column.type, _text)(column, value)


def shown(column: Column) -> Callable[[Any], str]:
    """The function that writes a kept value as the service does: always a string."""
    if column.type == "Boolean":
        return _shown_boolean
    if column.type == "Date":
        return _shown_date
    if column.type == "Decimal":
        scale = column.scale
        return lambda value: "" if value is None else _unscaled(value, scale)
    return lambda value: "" if value is None else str(value)


def moment(text: str) -> datetime:
    """A date in ISO 8601 or American notation, on the service's own clock.

    With an offset it is converted; without one it is taken as it stands.
    """
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        parsed = _american(text.strip())
    return parsed.astimezone(CENTRAL) if parsed.tzinfo else parsed.replace(tzinfo=CENTRAL)


def _american(text: str) -> datetime:
    for form in US_DATES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=CENTRAL)
        except ValueError:
            continue
    raise ValueError(f"{text} is not a date")


def _text(column: Column, value: Any) -> str:
    text = str(value)
    if len(text) > (column.length or LONGEST_TEXT):
        raise ValueRefused(
            f"{column.name}: The value for column [{column.name}] "
            "exceeds the column's maximum length."
        )
    return text


def _email(column: Column, value: Any) -> str:
    text = _text(column, str(value).strip())
    if text and not EMAIL.fullmatch(text):
        raise _bad(column, "is not a valid email address", "InvalidEmailAddress")
    return text


def _phone(column: Column, value: Any) -> str:
    text = _text(column, str(value).strip())
    if text and not PHONE.fullmatch(text):
        raise _bad(column, "is not a valid phone number", "InvalidPhoneNumber")
    return text


def _locale(column: Column, value: Any) -> str:
    text = _text(column, str(value).strip())
    if text and not LOCALE.fullmatch(text):
        raise _bad(column, "is not a valid locale", "InvalidLocale")
    return text


def _number(column: Column, value: Any) -> int:
    amount = _decimal_of(column, value, "is not a valid number", "InvalidNumber")
    if amount != amount.to_integral_value() or abs(amount) > 2**31:
        raise _bad(column, "is not a valid number", "InvalidNumber")
    return int(amount)


def _decimal(column: Column, value: Any) -> int:
    """Kept as a whole number of the smallest unit, so that it sorts and compares exactly."""
    amount = _decimal_of(column, value, "is not a valid decimal", "InvalidDecimal")
    scaled = amount.scaleb(column.scale).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if abs(scaled) >= 10 ** min(column.length or 18, 18):
        raise _bad(column, "is not a valid decimal", "InvalidDecimal")
    return int(scaled)


def _decimal_of(column: Column, value: Any, words: str, error: str) -> Decimal:
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation as problem:
        raise _bad(column, words, error) from problem
    if not amount.is_finite() or amount.adjusted() > 20 or isinstance(value, bool):
        raise _bad(column, words, error)
    return amount


def _boolean(column: Column, value: Any) -> int:
    text = str(value).strip().lower()
    if text not in YES | NO:
        raise _bad(column, "is not a valid boolean", "InvalidBoolean")
    return int(text in YES)


def _date(column: Column, value: Any) -> str:
    try:
        parsed = moment(str(value))
    except (ValueError, OverflowError) as problem:
        raise _bad(column, "is not a valid date", "InvalidDate") from problem
    if not 1753 <= parsed.year <= 9999:
        raise _bad(column, "is not a valid date", "InvalidDate")
    return parsed.strftime("%Y-%m-%d %H:%M:%S")


def _bad(column: Column, words: str, error: str) -> ValueRefused:
    return ValueRefused(
        f"{column.name}: The value for column [{column.name}] {words}. Parse error [{error}]"
    )


def _shown_boolean(value: Any) -> str:
    return "" if value is None else ("True" if value else "False")


def _shown_date(value: Any) -> str:
    """`2026-03-01 15:04:05` as `3/1/2026 3:04:05 PM`."""
    if value is None:
        return ""
    hour = int(value[11:13])
    half = "PM" if hour >= 12 else "AM"
    day = f"{int(value[5:7])}/{int(value[8:10])}/{value[:4]}"
    return f"{day} {hour % 12 or 12}:{value[14:19]} {half}"


def _unscaled(value: int, scale: int) -> str:
    if not scale:
        return str(value)
    digits = str(abs(value)).rjust(scale + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"


KEEPERS: dict[str, Callable[[Column, Any], str | int]] = {
    "EmailAddress": _email,
    "Phone": _phone,
    "Locale": _locale,
    "Number": _number,
    "Decimal": _decimal,
    "Boolean": _boolean,
    "Date": _date,
}
