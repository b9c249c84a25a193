"""What a body may look like: members, their types, lengths, characters and decimals.

A shape reports everything wrong with a value. Unknown members are refused, so that a typing error
does not go unnoticed. `None` counts as absent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from connectors.sandbox.prima.capabilities import Capabilities
from connectors.sandbox.prima.problem import Issue

NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")
_SHOWN = 80


@dataclass(slots=True)
class Findings:
    """Where the shapes report to. `digits` is the number of decimals of the body's currency."""

    capabilities: Capabilities
    digits: int | None = None
    issues: list[Issue] = field(default_factory=list)

    def add(self, at: str, code: str, message: str, **more: str) -> None:
        self.issues.append(Issue(at, code, message, **more))  # type: ignore[arg-type]


class Shape(Protocol):
    @property
    def required(self) -> bool: ...

    def check(self, value: Any, at: str, found: Findings) -> None: ...


@dataclass(frozen=True, slots=True)
class Text:
    """`limit` is a path of the capabilities' max_length; `personal` text is not repeated back."""

    limit: str = ""
    required: bool = False
    personal: bool = False
    too_long: str = "field.too_long"
    missing: str = "field.required"

    def check(self, value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, str):
            found.add(at, "field.invalid", "Text is expected here.")
            return
        if self.required and not value.strip():
            found.add(at, self.missing, "This must not be empty.")
        shown = "" if self.personal else value[:_SHOWN]
        most = found.capabilities.max_length.get(self.limit, 0)
        if most and len(value) > most:
            found.add(
                at,
                self.too_long,
                f"This has {len(value)} characters; {most} are allowed.",
                value=shown,
                limit=str(most),
                actual=str(len(value)),
            )
        if not (value.isascii() and value.isprintable()):
            _check_characters(value, at, found)


def _check_characters(value: str, at: str, found: Findings) -> None:
    bad = [c for c in value if not _representable(c, found.capabilities.charset)]
    if bad:
        names = ", ".join(sorted({f"U+{ord(c):04X}" for c in bad})[:5])
        found.add(
            at,
            "text.unrepresentable",
            f"Prima cannot store these characters: {names}.",
            limit=found.capabilities.charset,
            actual=names,
        )


def _representable(character: str, charset: str) -> bool:
    if character in "\n\t":
        return True
    number = ord(character)
    if number < 0x20 or 0x7F <= number < 0xA0 or 0xD800 <= number < 0xE000:
        return False
    return charset == "utf-8" or number < 0x100


@dataclass(frozen=True, slots=True)
class Number:
    """A number written as text. `places` None means as many decimals as the currency has."""

    places: int | None = None
    required: bool = False
    negative: bool = False
    zero: bool = True
    missing: str = "field.required"

    def check(self, value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, str) or not NUMBER.fullmatch(value):
            kept = value[:_SHOWN] if isinstance(value, str) else ""
            found.add(
                at, "field.invalid", 'A number written as text is expected, as "12.50".', value=kept
            )
            return
        places = found.digits if self.places is None else self.places
        actual = len(value.partition(".")[2])
        if (
            places is not None
            and actual > places
            and Decimal(value) != round(Decimal(value), places)
        ):
            found.add(
                at,
                "money.scale",
                f"This has {actual} decimals; {places} are allowed.",
                value=value,
                limit=str(places),
                actual=str(actual),
            )
        if not self.negative and Decimal(value) < 0:
            found.add(at, "field.invalid", "This cannot be below zero.", value=value)
        if not self.zero and Decimal(value) == 0:
            found.add(at, "field.invalid", "This must be above zero.", value=value)


@dataclass(frozen=True, slots=True)
class Whole:
    required: bool = False

    def check(self, value: Any, at: str, found: Findings) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            found.add(at, "field.invalid", "A whole number is expected here.")


@dataclass(frozen=True, slots=True)
class Flag:
    required: bool = False

    def check(self, value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, bool):
            found.add(at, "field.invalid", "true or false is expected here.")


@dataclass(frozen=True, slots=True)
class Choice:
    values: tuple[str, ...]
    required: bool = False

    def check(self, value: Any, at: str, found: Findings) -> None:
        if value not in self.values:
            allowed = ", ".join(self.values)
            kept = value[:_SHOWN] if isinstance(value, str) else ""
            found.add(
                at,
                "enum.unmapped",
                f"One of these is expected: {allowed}.",
                value=kept,
                limit=allowed,
            )


@dataclass(frozen=True, slots=True)
class Time:
    """A date ("2026-11-23") or a time with its offset ("2026-11-23T09:05:00Z")."""

    of: Literal["date", "time"] = "date"
    required: bool = False

    def check(self, value: Any, at: str, found: Findings) -> None:
        if read_time(value, self.of) is None:
            found.add(at, "field.invalid", f"An ISO {self.of} is expected here.")


def read_time(value: Any, of: Literal["date", "time"]) -> date | datetime | None:
    if not isinstance(value, str):
        return None
    try:
        if of == "date":
            return date.fromisoformat(value) if len(value) == len("2026-11-23") else None
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@dataclass(frozen=True, slots=True)
class Members:
    """A JSON object with exactly these members."""

    fields: Mapping[str, Shape]
    required: bool = False

    def check(self, value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, dict):
            found.add(at, "field.invalid", "A JSON object is expected here.")
            return
        for name, member in value.items():
            shape = self.fields.get(name)
            if shape is None:
                found.add(f"{at}/{_escaped(name)}", "field.unknown", "Prima has no such member.")
            elif member is not None:
                shape.check(member, f"{at}/{name}", found)
        for name, shape in self.fields.items():
            if shape.required and value.get(name) is None:
                missing = getattr(shape, "missing", "field.required")
                found.add(f"{at}/{name}", missing, "This is missing.")


@dataclass(frozen=True, slots=True)
class Many:
    """A JSON list; `least` entries at least."""

    of: Shape
    required: bool = False
    least: int = 0

    def check(self, value: Any, at: str, found: Findings) -> None:
        if not isinstance(value, list):
            found.add(at, "field.invalid", "A list is expected here.")
            return
        if len(value) < self.least:
            found.add(at, "field.required", f"At least {self.least} entry is needed.")
        for place, entry in enumerate(value):
            self.of.check(entry, f"{at}/{place}", found)


def _escaped(name: str) -> str:
    return name[:_SHOWN].replace("~", "~0").replace("/", "~1")
