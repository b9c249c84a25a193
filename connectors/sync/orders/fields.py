"""Reads single fields of one part of a payload; what is wrong goes to the defects."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from connectors.sfmc.values import MalformedValue, as_moment
from connectors.sync.orders.arrival import LOST_CHARACTER, NULL_CHARACTER
from connectors.sync.orders.defects import Defects, shown

_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{0,12})?|[+-]?\.[0-9]{1,12}", re.ASCII)
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}(\.0*)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_EXPONENT = re.compile(r"[+-]?\d*\.?\d+[eE][+-]?\d+", re.ASCII)
_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!][^<>]*>")
_TRUE, _FALSE = ("true", "1", "yes"), ("", "false", "0", "no")


@dataclass(slots=True)
class Fields:
    """The fields of one part. `at` is its JSON Pointer, `where` names it: " of line 2"."""

    part: Mapping[str, Any]
    at: str
    where: str
    defects: Defects
    charset: str = "utf-8"

    def wrong(self, name: str, reason: str, says: str) -> None:
        self.defects.add(f"{self.at}/{name}", reason, says, self.part.get(name, ""))

    def text(self, name: str, label: str = "", *, limit: int = 0) -> str:
        """Trimmed and in the composed form; empty when it is absent or cannot be read.

        A text with a limit is sent to Prima as it is, so it must fit Prima's characters as well.
        """
        value = self.part.get(name)
        if value is None or value == "":
            return ""
        if not isinstance(value, str):
            if not isinstance(value, int) or isinstance(value, bool):
                self.wrong(name, "type", f"the {self._label(name, label)} is not text.")
                return ""
            value = str(value)
        if not (value.isascii() and value.isprintable()):
            value = self._composed(name, label, value)
        value = value.strip()
        if "<" in value and _MARKUP.search(value):
            says = f"the {self._label(name, label)} contains HTML, which would be printed as it is."
            self.wrong(name, "markup", says)
        if limit and len(value) > limit:
            self.wrong(
                name,
                "too_long",
                f"the {self._label(name, label)} has {len(value)} characters; "
                f"Prima holds {limit} at most.",
            )
        if limit and self.charset != "utf-8" and not fits(value, self.charset):
            says = f"the {self._label(name, label)} has characters that Prima cannot hold."
            self.wrong(name, "unrepresentable", says)
        return value

    def amount(self, name: str, label: str, *, digits: int, needed: bool = False) -> Decimal | None:
        """An amount of zero or more with no more than `digits` decimals."""
        text = self.text(name, label)
        if not text:
            if needed:
                self.wrong(name, "missing", f"the {self._label(name, label)} is missing.")
            return None
        label = self._label(name, label)
        if not _NUMBER.fullmatch(text):
            self.wrong(name, *_not_a_number(label, text))
            return None
        number = Decimal(text)
        if number < 0:
            self.wrong(name, "negative", f"the {label} is {text}; it cannot be below zero.")
            return None
        if not _has_at_most(number, digits):
            self.wrong(
                name, "decimals", f"the {label} is {text}; {digits} decimals are allowed at most."
            )
            return None
        return number

    def whole(self, name: str, label: str) -> int | None:
        """A whole number of zero or more; None when absent or unreadable."""
        text = self.text(name, label)
        if not text:
            return None
        if not _WHOLE.fullmatch(text) or Decimal(text) < 0:
            label = self._label(name, label)
            self.wrong(name, "number", f"the {label} is “{shown(text)}”, not a whole number.")
            return None
        return int(Decimal(text))

    def flag(self, name: str, label: str) -> bool:
        value = self.part.get(name)
        if isinstance(value, bool):
            return value
        text = self.text(name, label).lower()
        if text not in _TRUE and text not in _FALSE:
            label = self._label(name, label)
            self.wrong(name, "flag", f"the {label} is “{shown(text)}”, neither true nor false.")
        return text in _TRUE

    def moment(self, name: str, label: str, *, needed: bool = False) -> datetime | None:
        text = self.text(name, label)
        if not text:
            if needed:
                self.wrong(name, "missing", f"the {self._label(name, label)} is missing.")
            return None
        moment = _moment(text)
        if moment is None:
            label = self._label(name, label)
            self.wrong(name, "date", f"the {label} is “{shown(text)}”, which is not a date.")
        return moment

    def names(self, name: str, label: str) -> tuple[str, ...]:
        """A list written with commas, semicolons or bars."""
        text = self.text(name, label)
        return tuple(one for piece in re.split(r"[,;|]", text) if (one := piece.strip()))

    def _composed(self, name: str, label: str, value: str) -> str:
        value = unicodedata.normalize("NFC", value)
        if any(_is_control(sign) for sign in value):
            self.wrong(
                name,
                "control_character",
                f"the {self._label(name, label)} “{shown(value)}” holds a character that is no text.",
            )
        return value

    def _label(self, name: str, label: str) -> str:
        return f"{label or name.replace('_', ' ')}{self.where}"


def fits(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs") or sign in (NULL_CHARACTER, LOST_CHARACTER)


def _not_a_number(label: str, text: str) -> tuple[str, str]:
    says = f"the {label} is “{shown(text)}”"
    if _THOUSANDS.fullmatch(text):
        return "thousands", f"{says}; write {text.replace(',', '')}, without thousands commas."
    if _DECIMAL_COMMA.fullmatch(text):
        return "decimal_comma", f"{says}; write {text.replace(',', '.')}, with a decimal point."
    if _EXPONENT.fullmatch(text):
        return "exponent", f"{says}; write the number out, without an exponent."
    return "number", f"{says}, which is not a number of a usual size."


def _has_at_most(number: Decimal, digits: int) -> bool:
    return number == number.quantize(Decimal(1).scaleb(-digits))


@lru_cache(maxsize=4096)
def _moment(text: str) -> datetime | None:
    try:
        return as_moment(text)
    except MalformedValue:
        return None
