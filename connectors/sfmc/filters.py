"""`$filter` texts for reading data extension rows, safe whatever the values hold."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from connectors.sfmc.values import central_text

Operator = Literal["eq", "neq", "gt", "gte", "lt", "lte", "like"]
FilterValue = str | int | bool | Decimal | datetime | date

_COLUMN = re.compile(r"[^\W\d][\w ]{0,127}")


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition. `&` and `|` combine two."""

    text: str

    def __and__(self, other: "Filter") -> "Filter":
        return Filter(f"({self.text} AND {other.text})")

    def __or__(self, other: "Filter") -> "Filter":
        return Filter(f"({self.text} OR {other.text})")


def where(column: str, operator: Operator, value: FilterValue) -> Filter:
    """`where("Status", "eq", "new")`."""
    return Filter(f"{_column(column)} {operator} {_quoted(value)}")


def where_in(column: str, values: list[str]) -> Filter:
    """The column holds one of the values. ValueError when there are none."""
    if not values:
        raise ValueError("A list of values to look for cannot be empty.")
    return Filter(f"{_column(column)} in ({','.join(_quoted(value) for value in values)})")


def where_empty(column: str) -> Filter:
    return Filter(f"{_column(column)} IS NULL")


def where_present(column: str) -> Filter:
    return Filter(f"{_column(column)} IS NOT NULL")


def order_by(column: str, *, descending: bool = False) -> str:
    return f"{_column(column)} {'desc' if descending else 'asc'}"


def _column(name: str) -> str:
    if not _COLUMN.fullmatch(name):
        raise ValueError(f"“{name}” cannot be the name of a column.")
    return name


def _quoted(value: FilterValue) -> str:
    match value:
        case datetime():
            text = central_text(value)
        case date():
            text = value.isoformat()
        case Decimal():
            text = format(value, "f")
        case _:
            text = str(value)
    return "'" + text.replace("'", "''") + "'"
