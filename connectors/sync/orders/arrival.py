"""From rows of the data extensions to the payload the desk keeps, and its fingerprint.

A payload is {"order": {field: text}, "lines": [{field: text}], "promotions": [{field: text}]}, by
our field names, with the source's own text. Columns the desk does not know are kept under "extra".
"""

import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.sync.orders.content import told
from integration.mapping.columns import COLUMNS

Record = dict[str, Any]
Payload = dict[str, Any]
Row = Mapping[str, object]
KEY_LENGTH = 120
LOST_CHARACTER = "\N{REPLACEMENT CHARACTER}"
NULL_CHARACTER = "\N{SYMBOL FOR NULL}"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DIGITS = re.compile(r"(\d{1,18})")


@dataclass(frozen=True, slots=True)
class SourceColumns:
    """For each part ("order", "line", "promotion"), their column in lower case → our field."""

    fields: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, renamed: Mapping[str, Mapping[str, str]]) -> "SourceColumns":
        """`renamed` maps a part to {our field: their column}; other fields keep their usual name."""
        return cls(
            {
                part: {
                    column.lower(): field
                    for field, column in {**columns, **renamed.get(part, {})}.items()
                }
                for part, columns in COLUMNS.items()
            }
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """An order as it came. `key` is unique even when the source gave none, or one too long."""

    key: str
    payload: Payload
    content_hash: str


def arrivals(
    orders: Iterable[Row], lines: Iterable[Row], promotions: Iterable[Row], columns: SourceColumns
) -> list[Arrival]:
    """One arrival an order, in the order they came; lines without a header make one as well."""
    headers = [record(row, columns.fields["order"]) for row in orders]
    line_rows = _by_order(lines, columns.fields["line"])
    promotion_rows = _by_order(promotions, columns.fields["promotion"])
    known = {order_key(header) for header in headers}
    orphans = [key for key in dict.fromkeys([*line_rows, *promotion_rows]) if key not in known]
    headers += [{"key": key} for key in orphans if key]
    return [
        arrival(header, line_rows.get(key, []) if key else [], promotion_rows.get(key, []))
        for header in headers
        for key in [order_key(header)]
    ]


def arrival(header: Record, lines: Sequence[Record], promotions: Sequence[Record]) -> Arrival:
    """The parts of one order together, in an order of their own, so that equal orders are equal."""
    payload = {
        "order": header,
        "lines": sorted(lines, key=lambda line: _natural(line, "line_no")),
        "promotions": sorted(promotions, key=lambda one: _natural(one, "sequence")),
    }
    hashed = content_hash(payload)
    return Arrival(unique_key(order_key(header), hashed), payload, hashed)


def content_hash(payload: object) -> str:
    """The same for the same order, however its keys are ordered and its values written."""
    text = json.dumps(told(payload), sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def record(row: Row, fields: Mapping[str, str]) -> Record:
    """One row under our names."""
    found: Record = {}
    extra: Record = {}
    for column, value in row.items():
        field = fields.get(column.lower())
        text = "" if value is None else storable(str(value))
        if field:
            found[field] = text
        else:
            extra[storable(column)] = text
    return {**found, "extra": extra} if extra else found


def storable(text: str) -> str:
    """The text, with what no database can hold replaced by a sign that reading stumbles over."""
    if text.isascii() and "\x00" not in text:
        return text
    return _UNSTORABLE.sub(lambda c: NULL_CHARACTER if c[0] == "\x00" else LOST_CHARACTER, text)


def order_key(header: Record) -> str:
    """The key as it goes to Prima: trimmed and in the composed form."""
    key = header.get("key", "")
    return _trimmed(key) if isinstance(key, str) else ""


def _trimmed(key: str) -> str:
    return unicodedata.normalize("NFC", key).strip()


def _by_order(rows: Iterable[Row], fields: Mapping[str, str]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        part = record(row, fields)
        key = _trimmed(part.pop("order_key", ""))
        found[key].append(part)
    return found


def unique_key(key: str, hashed: str) -> str:
    """The order's own key, or one by its content when there is none or it is too long."""
    if not key:
        return f"without key {hashed[:16]}"
    return key if len(key) <= KEY_LENGTH else f"{key[:100]}…{hashed[:16]}"


def _natural(part: Record, field: str) -> tuple[list[tuple[int, int, str]], str]:
    """Line 2 before line 10; what has no number goes by its text, ties by the whole content."""
    pieces = _DIGITS.split(str(part.get(field, "")))
    number = [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces if p]
    return number, json.dumps(part, sort_keys=True, default=str)
