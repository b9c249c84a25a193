"""The `$filter` of rowset reads: comparisons joined by AND and OR in parentheses, made into SQL."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.sfmc.values import Column, ValueRefused, kept

TOKEN = re.compile(r"\s*(?:(?P<value>'(?:[^']|'')*')|(?P<mark>[(),])|(?P<word>[^\s(),']+))")
OPERATORS = {
    "eq": "=",
    "neq": "<>",
    "ne": "<>",
    "gt": ">",
    "gte": ">=",
    "ge": ">=",
    "lt": "<",
    "lte": "<=",
    "le": "<=",
}
DEEPEST = 50
Find = Callable[[str], Column | None]


class FilterRefused(ValueError):
    """The filter cannot be understood."""


@dataclass(frozen=True, slots=True)
class Condition:
    sql: str
    values: tuple[Any, ...] = ()


def compiled(text: str, find: Find) -> Condition:
    """The filter as an SQL condition over the columns that `find` knows."""
    reader = _Reader(_tokens(text), find)
    condition = reader.either()
    if reader.left():
        raise FilterRefused(f"Unexpected text in the filter: {reader.next()!r}")
    return condition


def compared(column: Column, operator: str, value: str) -> Condition:
    """One comparison. As in SQL, an empty column equals nothing and differs from nothing."""
    return Condition(f"{column.sql} {OPERATORS[operator]} ?", (_kept(column, value),))


def among(column: Column, values: list[str]) -> Condition:
    marks = ",".join("?" * len(values))
    return Condition(f"{column.sql} IN ({marks})", tuple(_kept(column, one) for one in values))


def like(column: Column, pattern: str) -> Condition:
    return Condition(f"{column.sql} LIKE ?", (pattern,))


class _Reader:
    """Reads tokens from left to right: either := both (OR both)*, both := one (AND one)*."""

    def __init__(self, tokens: list[str], find: Find) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0
        self._find = find

    def left(self) -> bool:
        return self._place < len(self._tokens)

    def next(self) -> str:
        if not self.left():
            raise FilterRefused("The filter ends too early.")
        self._place += 1
        return self._tokens[self._place - 1]

    def either(self) -> Condition:
        return self._joined("or", self._both)

    def _both(self) -> Condition:
        return self._joined("and", self._one)

    def _joined(self, word: str, part: Callable[[], Condition]) -> Condition:
        found = [part()]
        while self._ahead() == word:
            self.next()
            found.append(part())
        if len(found) == 1:
            return found[0]
        sql = f" {word.upper()} ".join(one.sql for one in found)
        return Condition(f"({sql})", tuple(value for one in found for value in one.values))

    def _one(self) -> Condition:
        if self._ahead() != "(":
            return self._comparison()
        self.next()
        self._depth += 1
        if self._depth > DEEPEST:
            raise FilterRefused("The filter has too many parentheses.")
        inner = self.either()
        self._expect(")")
        self._depth -= 1
        return inner

    def _comparison(self) -> Condition:
        name = self.next()
        column = self._find(name)
        if column is None:
            raise FilterRefused(f"There is no column {name!r}.")
        operator = self.next().lower()
        if operator in OPERATORS:
            return compared(column, operator, self._value())
        if operator == "like":
            return like(column, self._value())
        if operator == "in":
            return self._in(column)
        if operator == "is":
            return self._null(column)
        raise FilterRefused(f"Unknown operator {operator!r}.")

    def _in(self, column: Column) -> Condition:
        self._expect("(")
        values = [self._value()]
        while self._ahead() == ",":
            self.next()
            values.append(self._value())
        self._expect(")")
        return among(column, values)

    def _null(self, column: Column) -> Condition:
        word = self.next().lower()
        if word == "not":
            self._expect("null")
            return Condition(f"{column.sql} IS NOT NULL")
        if word != "null":
            raise FilterRefused("IS must be followed by NULL or NOT NULL.")
        return Condition(f"{column.sql} IS NULL")

    def _value(self) -> str:
        text = self.next()
        if text.startswith("'"):
            return text[1:-1].replace("''", "'")
        if text in "(),":
            raise FilterRefused("A value is expected.")
        return text

    def _ahead(self) -> str:
        return self._tokens[self._place].lower() if self.left() else ""

    def _expect(self, wanted: str) -> None:
        if self.next().lower() != wanted:
            raise FilterRefused(f"{wanted!r} is expected.")


def _tokens(text: str) -> list[str]:
    found, place, end = [], 0, len(text.rstrip())
    while place < end:
        match = TOKEN.match(text, place)
        if match is None:
            raise FilterRefused("The filter has a quote that does not close.")
        found.append(match[0].strip())
        place = match.end()
    return found


def _kept(column: Column, value: str) -> str | int | None:
    try:
        return kept(column, value) if not column.text_like else value
    except ValueRefused as refused:
        raise FilterRefused(str(refused)) from refused
