"""Tables of text: comma, semicolon, tab or pipe between the cells, rows by column name."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import BinaryIO, TextIO

from connectors.gateways.encoding import text_of
from connectors.gateways.problems import Code, FileProblem, cut_short
from connectors.gateways.row import Row, plain
from connectors.gateways.workbook import is_workbook, workbook_rows

Numbered = tuple[int, list[str]]

_PREAMBLE = 40
_DELIMITERS = ",;\t|"
_WITHIN_NUMBER = re.compile(r"(?<=\d),(?=\d)")


def raw_rows(stream: BinaryIO, delimiter: str = "") -> Iterator[Numbered]:
    """The rows that hold anything, with the number of the line each starts on."""
    if is_workbook(stream):
        yield from workbook_rows(stream)
        return
    if not delimiter:
        text = text_of(stream)
        delimiter = delimiter_of(islice(text, _PREAMBLE))
        text.close()
    yield from csv_rows(text_of(stream), delimiter)


def csv_rows(text: TextIO, delimiter: str) -> Iterator[Numbered]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 0
    try:
        for cells in reader:
            if any(cells) and (len(cells) > 1 or cells[0].strip()):
                yield line + 1, cells
            line = reader.line_num
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise cut_short("a quoted text has no end.", line + 1) from error
        raise FileProblem(
            Code.UNREADABLE, "This row cannot be read: a quotation mark is out of place.", line + 1
        ) from error


def delimiter_of(lines: Iterable[str]) -> str:
    """The separator of which one of the first lines, the header, has the most.

    What stands in quotation marks does not count, nor does a comma within a number.
    """
    most = dict.fromkeys(_DELIMITERS, 0)
    for line in lines:
        bare = _WITHIN_NUMBER.sub("", "".join(line.split('"')[::2]))
        for mark, before in most.items():
            most[mark] = max(before, bare.count(mark))
    return max(most, key=lambda mark: most[mark])


def table(stream: BinaryIO, needed: Collection[str], delimiter: str = "") -> Iterator[Row]:
    """Rows below the first line that has all the `needed` columns (plain titles)."""
    rows = raw_rows(stream, delimiter)
    return rows_below(_header(rows, needed), rows)


def _header(rows: Iterator[Numbered], needed: Collection[str]) -> list[str]:
    missing = set(needed)
    for _ in range(_PREAMBLE):
        number, cells = next(rows, (0, []))
        if not number:
            break
        titles = [plain(cell) for cell in cells]
        while titles and not titles[-1]:
            titles.pop()
        missing = min(missing, set(needed) - set(titles), key=len)
        if not missing:
            return titles
    raise FileProblem(
        Code.MISSING_COLUMN,
        "The file lacks the columns " + ", ".join(f"“{name}”" for name in sorted(missing)) + ".",
    )


def rows_below(titles: list[str], rows: Iterable[Numbered]) -> Iterator[Row]:
    """Rows by title. A short last row means a file cut short; a short one before is refused."""
    pending: Numbered | None = None
    for numbered in rows:
        if pending is not None:
            yield _row(titles, pending, is_last=False)
        pending = numbered
    if pending is not None:
        yield _row(titles, pending, is_last=True)


def _row(titles: list[str], numbered: Numbered, *, is_last: bool) -> Row:
    number, cells = numbered
    if len(cells) < len(titles):
        if is_last:
            raise cut_short(f"its last row has {len(cells)} of {len(titles)} columns.", number)
        raise FileProblem(
            Code.UNREADABLE, f"The row has {len(cells)} of {len(titles)} columns.", number
        )
    if len(cells) > len(titles) and any(cells[len(titles) :]):
        raise FileProblem(
            Code.UNREADABLE,
            f"The row has {len(cells)} cells for {len(titles)} columns.",
            number,
        )
    return Row(number, dict(zip(titles, cells, strict=False)))
