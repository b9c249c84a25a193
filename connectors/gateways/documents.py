"""JSON documents read piece by piece: the items of the lists asked for, and what stands around."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO, TextIO

from connectors.gateways.encoding import text_of
from connectors.gateways.problems import Code, FileProblem, cut_short
from connectors.gateways.row import Row, plain

_CHUNK = 1 << 16
_LONGEST = 8 << 20
_DEEPEST = 20
_BLANK = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """An item of a list (`number` from 1) or, with number 0, a value.

    `path` tells where it stood: "pagination.count".
    """

    path: str
    number: int
    value: Any


def pieces(stream: BinaryIO, lists: frozenset[str]) -> Iterator[Piece]:
    """Walks the document once. Items of any list named in `lists`, or of a list that is the whole
    document, come one by one; every other value comes whole.

    Raises FileProblem when the document ends early or is no JSON.
    """
    scan = _Scan(text_of(stream))
    yield from _value(scan, "", lists)
    if scan.peek():
        raise _no_json()


def counted(value: object) -> int | None:
    """How many items the document says that there are; None when it does not say.

    Raises FileProblem for what is no number.
    """
    if value is None:
        return None
    if isinstance(value, int):
        return value
    raise FileProblem(Code.WRONG_COUNT, f"“{value}” is not a number of rows.", value=str(value))


def row_of(piece: Piece) -> Row:
    """The item as a row: "resultAmount": {"value": …} is the cell "resultamount value"."""
    cells: dict[str, str] = {}
    _flatten(piece.value, "", cells)
    return Row(piece.number, cells)


def _flatten(value: object, path: str, cells: dict[str, str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(inner, f"{path} {plain(key)}" if path else plain(key), cells)
    elif isinstance(value, bool):
        cells[path] = "true" if value else "false"
    elif value is not None and not isinstance(value, list):
        cells[path] = str(value)


class _Scan:
    """A window on the text that moves forward and never holds more than one value."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_refused)

    def _more(self) -> bool:
        chunk = self._text.read(_CHUNK)
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that means something; empty at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> str:
        found = self.peek()
        if not found:
            raise cut_short("its last bracket is missing.")
        if found not in wanted:
            raise _no_json()
        self._at += 1
        return found

    def whole(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if len(self._buffer) - self._at > _LONGEST:
                    raise _no_json() from error
                if not self._more():
                    raise self._unfinished(error) from error
                continue
            if end < len(self._buffer):
                self._at = end
                return value
            length = end - self._at  # A number may go on in what is not read yet.
            if not self._more():
                self._at = length
                return value

    def _unfinished(self, error: json.JSONDecodeError) -> FileProblem:
        rest = self._buffer[self._at :]
        if error.pos >= len(self._buffer.rstrip()) or error.msg.startswith("Unterminated"):
            return cut_short("its last value has no end.")
        if not rest.strip() or rest.strip() in "true false null -":
            return cut_short("its last value has no end.")
        return _no_json()


def _value(scan: _Scan, path: str, lists: frozenset[str]) -> Iterator[Piece]:
    if path.count(".") > _DEEPEST:
        raise _no_json()
    opening = scan.peek()
    if opening == "[" and (not path or path.rpartition(".")[2] in lists):
        yield from _items(scan, path)
    elif opening == "{":
        yield from _members(scan, path, lists)
    elif not path:
        raise _no_json()
    else:
        yield Piece(path, 0, scan.whole())


def _items(scan: _Scan, path: str) -> Iterator[Piece]:
    scan.take("[")
    number = 0
    if scan.peek() == "]":
        scan.take("]")
        return
    while True:
        number += 1
        yield Piece(path, number, scan.whole())
        if scan.take(",]") == "]":
            return


def _members(scan: _Scan, path: str, lists: frozenset[str]) -> Iterator[Piece]:
    scan.take("{")
    if scan.peek() == "}":
        scan.take("}")
        return
    while True:
        if scan.peek() not in {'"', ""}:
            raise _no_json()
        key = scan.whole()
        scan.take(":")
        yield from _value(scan, f"{path}.{key}" if path else str(key), lists)
        if scan.take(",}") == "}":
            return


def _refused(word: str) -> None:
    raise FileProblem(Code.BAD_AMOUNT, f"“{word}” is not an amount.", value=word)


def _no_json() -> FileProblem:
    return FileProblem(Code.UNREADABLE, "The file is damaged: its brackets do not match.")
