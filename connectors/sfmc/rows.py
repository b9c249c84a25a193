"""Rows of data extensions as values: read, to be written, and what became of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from connectors.sfmc.calls import as_json
from connectors.sfmc.values import Value, to_wire


@dataclass(frozen=True, slots=True)
class Row:
    """Column names come in lower case and values as text. None is an empty value."""

    keys: Mapping[str, str]
    values: Mapping[str, str | None]

    def columns(self) -> dict[str, str | None]:
        """Keys and values together."""
        return {**self.keys, **self.values}


@dataclass(frozen=True, slots=True)
class RowPage:
    """`count` is how many rows match in all; `number` begins at 1."""

    rows: tuple[Row, ...]
    count: int
    number: int


@dataclass(frozen=True, slots=True)
class RowWrite:
    """`keys` names exactly the columns of the primary key."""

    keys: Mapping[str, Value]
    values: Mapping[str, Value]

    def nested(self) -> dict[str, dict[str, Any]]:
        return {"keys": _wire(self.keys), "values": _wire(self.values)}

    def flat(self) -> dict[str, Any]:
        return {**_wire(self.keys), **_wire(self.values)}


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of the row at `index` of what was given. `retryable`: it may do better again."""

    index: int
    ok: bool
    message: str = ""
    code: str = ""
    retryable: bool = False


def row_from(item: Mapping[str, Any]) -> Row:
    """Raises KeyError, TypeError or AttributeError when the item is no row."""
    return Row(
        keys={name.lower(): str(value) for name, value in item.get("keys", {}).items()},
        values={name.lower(): _text(value) for name, value in item.get("values", {}).items()},
    )


def pieces(
    rows: Sequence[Mapping[str, Any]], *, most: int, most_bytes: int
) -> Iterator[tuple[int, list[bytes]]]:
    """Rows as JSON texts in pieces a call can carry, each with the index of its first row.

    A single row that is too long by itself makes a piece of its own.
    """
    first, texts, length = 0, list[bytes](), 0
    for index, row in enumerate(rows):
        text = as_json(row)
        if texts and (len(texts) == most or length + len(text) + 1 > most_bytes):
            yield first, texts
            first, texts, length = index, [], 0
        texts.append(text)
        length += len(text) + 1
    if texts:
        yield first, texts


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The rows in lists of at most `size`."""
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch


def _wire(columns: Mapping[str, Value]) -> dict[str, Any]:
    return {name: to_wire(value) for name, value in columns.items()}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
