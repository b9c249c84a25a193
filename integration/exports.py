"""Lists as CSV and XLSX, row by row, safe to open in a spreadsheet and masked by role."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core.cells import neutral
from integration.core.personal import masked
from integration.core.streaming import one_moment
from integration.core.tables import MoneyColumn

Row = TypeVar("Row", bound=Model)
Cell = str | int | Decimal | datetime | date | None
_EMAIL = re.compile(r"[^\s@“”<>()]+@[^\s@“”<>(),;]+")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """`personal` cells are masked whole, all of them or of the rows it is true of; in the others
    only e-mail addresses are."""

    title: str
    value: Callable[[Row], Cell]
    personal: bool | Callable[[Row], bool] = False

    def is_personal(self, row: Row) -> bool:
        return self.personal if isinstance(self.personal, bool) else self.personal(row)


def answer(
    found: QuerySet[Row], columns: tuple[Column[Row], ...], name: str, *, form: str, user: User
) -> HttpResponseBase:
    """The list as a download. Raises PermissionDenied for those who may not export."""
    rows = rows_of(found, columns, personal=user.may(May.SEE_PERSONAL_DATA))
    return download(rows, name, form=form, user=user)


def as_listed(
    table: Any, columns: tuple[Column[Row], ...], name: str, *, form: str, user: User
) -> HttpResponseBase:
    """As `answer`, in the order of a page's table; the heading of money it is sorted by says how."""
    hints = {
        str(bound.verbose_name): bound.column.hint
        for bound in table.columns
        if isinstance(bound.column, MoneyColumn) and bound.is_ordered
    }
    told = tuple(
        replace(one, title=f"{one.title} ({hints[one.title]})") if one.title in hints else one
        for one in columns
    )
    return answer(table.data.data, told, name, form=form, user=user)


def download(rows: Iterable[list[Cell]], name: str, *, form: str, user: User) -> HttpResponseBase:
    """Rows that are neutral and masked already, heading first. Raises PermissionDenied."""
    if not user.may(May.EXPORT):
        raise PermissionDenied("Your roles do not let you export lists.")
    file_name = f"{name}-{timezone.localdate():%Y-%m-%d}.{form}"
    if form == "xlsx":
        return FileResponse(
            as_workbook(rows), as_attachment=True, filename=file_name, content_type=_XLSX
        )
    answer = StreamingHttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer


def rows_of(
    found: QuerySet[Row], columns: tuple[Column[Row], ...], *, personal: bool
) -> Iterator[list[Cell]]:
    """The heading and every row, neutral and masked as the reader may see it."""
    yield [column.title for column in columns]
    with one_moment():
        for row in found.iterator(chunk_size=500):
            yield [_cell(column, row, personal=personal) for column in columns]


def _cell(column: Column[Row], row: Row, *, personal: bool) -> Cell:
    value = column.value(row)
    if not isinstance(value, str):
        return value
    if not personal:
        value = masked(value) if column.is_personal(row) else without_emails(value)
    return neutral(value)


def without_emails(words: str) -> str:
    """The words with e-mail addresses in them masked."""
    return _EMAIL.sub(lambda hit: masked(hit.group()), words)


def as_csv(rows: Iterable[list[Cell]]) -> Iterator[bytes]:
    """Line by line. Begins with a byte order mark, without which Excel takes it for another encoding."""
    yield "\ufeff".encode()
    line = io.StringIO()
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([_plain(value) for value in row])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def _plain(value: Cell) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    return "" if value is None else value


def as_workbook(rows: Iterable[list[Cell]]) -> Any:
    """An open temporary file with the workbook, from its beginning."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("List")
    for row in rows:
        sheet.append([_xlsx(value) for value in row])
    file = TemporaryFile()  # noqa: SIM115 - the response closes it when it has been sent
    book.save(file)
    file.seek(0)
    return file


def _xlsx(value: Cell) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)[:32_767]
    return value
