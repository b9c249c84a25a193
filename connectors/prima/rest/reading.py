"""Single members of Prima's payloads, read strictly: a wrong type is an error, not a guess."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


def text(payload: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    """Empty when absent. ValueError when it is needed and empty."""
    found = payload.get(name)
    if found is None:
        found = ""
    if not isinstance(found, str):
        raise TypeError(f"{name} is not text.")
    if needed and not found:
        raise ValueError(f"{name} is missing.")
    return found


def choice(payload: Mapping[str, Any], name: str, known: Sequence[str]) -> Any:
    """One of the known words; the first when absent."""
    found = payload.get(name) or known[0]
    if found not in known:
        raise ValueError(f"{name} is none of {', '.join(known)}.")
    return found


def decimal(payload: Mapping[str, Any], name: str) -> Decimal:
    """Decimal text, never a JSON number. KeyError when absent."""
    return _decimal(payload[name], name)


def decimal_or_none(payload: Mapping[str, Any], name: str) -> Decimal | None:
    found = payload.get(name)
    return None if found is None or found == "" else _decimal(found, name)


def moment_or_none(payload: Mapping[str, Any], name: str) -> datetime | None:
    """A time of RFC 3339 in UTC."""
    found = text(payload, name)
    if not found:
        return None
    moment = datetime.fromisoformat(found)
    if moment.tzinfo is None:
        raise ValueError(f"{name} has no time zone.")
    return moment.astimezone(UTC)


def day_or_none(payload: Mapping[str, Any], name: str) -> date | None:
    found = text(payload, name)
    return date.fromisoformat(found) if found else None


def _decimal(found: object, name: str) -> Decimal:
    if not isinstance(found, str):
        raise TypeError(f"{name} is not decimal text.")
    try:
        amount = Decimal(found)
    except InvalidOperation as error:
        raise ValueError(f"{name} is not a number.") from error
    if not amount.is_finite():
        raise ValueError(f"{name} is not a number.")
    return amount
