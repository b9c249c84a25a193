"""Excel workbooks as rows of text, one row at a time."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from connectors.gateways.problems import Code, FileProblem

_MAGIC = b"PK\x03\x04"
_TOP = 40
_FEWEST = 4


def is_workbook(stream: BinaryIO) -> bool:
    stream.seek(0)
    start = stream.read(4)
    stream.seek(0)
    return start == _MAGIC


def is_archive(stream: BinaryIO) -> bool:
    """A whole archive that holds no workbook. The stream is left at its start."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except zipfile.BadZipFile:
        return False
    finally:
        stream.seek(0)


def workbook_rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, of the first sheet that is a table and no cover.

    Raises FileProblem for a damaged workbook, and for one whose table goes on in another sheet.
    """
    stream.seek(0)
    if is_archive(stream):
        raise FileProblem(
            Code.UNREADABLE,
            "This is an archive (ZIP). Unpack it and bring the files in it one by one.",
        )
    try:
        book = load_workbook(stream, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, EOFError) as error:
        raise FileProblem(
            Code.UNREADABLE, "The workbook is damaged or cut short. Download it again."
        ) from error
    sheet = _table_of(book.worksheets)
    width = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = [_text(value) for value in values]
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if any(cells):
            width = width or len(cells)
            yield number, cells + [""] * (width - len(cells))


def _table_of(sheets: Sequence[Any]) -> Any:
    tables = [(sheet, header) for sheet in sheets if (header := _header(sheet))]
    if not tables:
        return sheets[0]
    sheet, header = tables[0]
    alike = [one.title for one, titles in tables if titles == header]
    if len(alike) > 1:
        listed = " and ".join(f"“{title}”" for title in alike)
        raise FileProblem(
            Code.AMBIGUOUS,
            f"The table goes on in several sheets: {listed}. Save each as a file of its own.",
            value=listed,
        )
    return sheet


def _header(sheet: Any) -> tuple[Any, ...]:
    """The first row of several cells near the top of a sheet that is shown; empty without one."""
    if sheet.sheet_state != "visible":
        return ()
    for values in sheet.iter_rows(max_row=_TOP, values_only=True):
        filled = tuple(value for value in values if value is not None)
        if len(filled) >= _FEWEST:
            return filled
    return ()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | str):
        return str(value)
    # The shortest text that reads back as the stored number is what the sheet shows.
    return f"{Decimal(repr(value)):f}" if type(value).__name__ == "float" else str(value)
