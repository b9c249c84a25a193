"""Writes tables as text."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

Row = Mapping[str, str]


def table(columns: Sequence[str], rows: Iterable[Row], *, delimiter: str = ",") -> bytes:
    """Column names, then the rows; a cell that a row does not have is empty."""
    out = StringIO()
    writer = csv.DictWriter(out, columns, restval="", delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows without names, every cell in quotes."""
    out = StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()
