"""The start of a file, looked at once by every format that might know it."""

import csv
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import PurePath
from typing import BinaryIO

from connectors.gateways.delimited import delimiter_of
from connectors.gateways.encoding import start_of
from connectors.gateways.row import plain
from connectors.gateways.workbook import is_workbook, workbook_rows

SIZE = 1 << 16
_ROWS = 40


@dataclass(frozen=True)
class Head:
    """The first bytes, the name, and the first rows when the file is a table."""

    data: bytes
    name: str
    sheet: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, stream: BinaryIO, name: str) -> "Head":
        stream.seek(0)
        data = stream.read(SIZE)
        sheet: tuple[tuple[str, ...], ...] = ()
        if is_workbook(stream):
            sheet = tuple(tuple(cells) for _, cells in islice(workbook_rows(stream), _ROWS))
        stream.seek(0)
        return cls(data, PurePath(name).name, sheet)

    @cached_property
    def text(self) -> str:
        return "" if self.sheet else start_of(self.data).lstrip("\ufeff")

    @property
    def is_json(self) -> bool:
        return self.text.lstrip()[:1] in {"{", "["}

    @property
    def is_xml(self) -> bool:
        return self.text.lstrip().startswith("<")

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The first rows as cells; none for JSON and XML."""
        if self.sheet or self.is_json or self.is_xml:
            return self.sheet
        lines = self.text.splitlines()[:_ROWS]
        filled = [line for line in lines if line.strip()]
        if not filled:
            return ()
        read = csv.reader(filled, delimiter=delimiter_of(filled))
        return tuple(tuple(cells) for cells in read)

    @cached_property
    def titles(self) -> tuple[frozenset[str], ...]:
        """The plain titles each of the first rows would give, were it the header."""
        return tuple(frozenset(plain(cell) for cell in row) for row in self.rows)

    def names(self, key: str) -> bool:
        """The JSON text has this key."""
        return self.is_json and f'"{key}"' in self.text
