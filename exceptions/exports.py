"""Lists as CSV and XLSX, row by row, safe to open in a spreadsheet and masked by role."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any, Generic, Literal, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from exceptions.kind import kind_of
from exceptions.models import ExceptionCase, Occurrence
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core.personal import masked
from integration.mirror.models import CampaignOrder

Row = TypeVar("Row", bound=Model)
Form = Literal["csv", "xlsx"]
Cell = str | int | Decimal | datetime | date | None
_EMAIL = re.compile(r"[^\s@“”<>()]+@[^\s@“”<>(),;]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """`personal` cells are masked whole; in the others only e-mail addresses are."""

    title: str
    value: Callable[[Row], Cell]
    personal: bool = False


CASES: tuple[Column[ExceptionCase], ...] = (
    Column("Case", lambda case: case.pk),
    Column("Queue", lambda case: kind_of(case.kind).plural),
    Column("What is wrong", lambda case: case.title),
    Column("State", lambda case: case.get_status_display()),
    Column("Owner", lambda case: kind_of(case.kind).owner.value),
    Column("Assigned to", lambda case: str(case.assignee) if case.assignee else ""),
    Column("Orders waiting", lambda case: case.open_count),
    Column("Value waiting", lambda case: _amounts(case.value_waiting)),
    Column("First seen", lambda case: case.first_seen_at),
    Column("Last seen", lambda case: case.last_seen_at),
    Column("Came back", lambda case: case.regressions),
    Column("Closed", lambda case: case.closed_at),
    Column("Resolution", lambda case: case.resolution),
)
OCCURRENCES: tuple[Column[Occurrence], ...] = (
    Column("Order", lambda seen: seen.external_id),
    Column("Name", lambda seen: seen.label, personal=True),
    Column("What is wrong", lambda seen: seen.message),
    Column("Amount", lambda seen: seen.amount),
    Column("Currency", lambda seen: seen.currency),
    Column("First seen", lambda seen: seen.first_seen_at),
    Column("Last seen", lambda seen: seen.last_seen_at),
    Column("Times seen", lambda seen: seen.sightings),
    Column("Closed", lambda seen: seen.closed_at),
    Column("Closed by", lambda seen: seen.closed_by),
)
ORDERS: tuple[Column[CampaignOrder], ...] = (
    Column("Order", lambda order: order.key),
    Column("Ordered", lambda order: order.ordered_at),
    Column("Customer", lambda order: order.customer_name, personal=True),
    Column("E-mail", lambda order: order.email, personal=True),
    Column("Contact", lambda order: order.contact_key),
    Column("Campaign", lambda order: order.campaign),
    Column("Paid", lambda order: order.total_paid),
    Column("Currency", lambda order: order.currency),
    Column("Where it stands", lambda order: str(getattr(order, "state", "") or "waiting")),
    Column("Prima order", lambda order: _prima_number(order)),
)


def cases(found: QuerySet[ExceptionCase], *, form: str, user: User) -> HttpResponseBase:
    return answer(found.select_related("assignee"), CASES, "cases", form=form, user=user)


def occurrences(found: QuerySet[Occurrence], *, form: str, user: User) -> HttpResponseBase:
    return answer(found, OCCURRENCES, "orders-of-case", form=form, user=user)


def orders(found: QuerySet[CampaignOrder], *, form: str, user: User) -> HttpResponseBase:
    return answer(found.select_related("prima_order"), ORDERS, "orders", form=form, user=user)


def answer(
    found: QuerySet[Row], columns: tuple[Column[Row], ...], name: str, *, form: str, user: User
) -> HttpResponseBase:
    """The list as a download. Raises PermissionDenied for those who may not export."""
    if not user.may(May.EXPORT):
        raise PermissionDenied("Your roles do not let you export lists.")
    rows = _rows(found, columns, personal=user.may(May.SEE_PERSONAL_DATA))
    file_name = f"{name}-{timezone.localdate():%Y-%m-%d}.{form}"
    if form == "xlsx":
        return FileResponse(
            _workbook(rows), as_attachment=True, filename=file_name, content_type=_XLSX
        )
    answer = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer


def neutral(value: str) -> str:
    """Text that a spreadsheet will not run: an apostrophe stands before what begins a formula.

    Plain numbers, negative ones too, stay what they are.
    """
    if value.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def _rows(
    found: QuerySet[Row], columns: tuple[Column[Row], ...], *, personal: bool
) -> Iterator[list[Cell]]:
    yield [column.title for column in columns]
    for row in found.iterator(chunk_size=500):
        yield [_cell(column, row, personal=personal) for column in columns]


def _cell(column: Column[Row], row: Row, *, personal: bool) -> Cell:
    value = column.value(row)
    if not isinstance(value, str):
        return value
    if not personal:
        value = masked(value) if column.personal else without_emails(value)
    return neutral(value)


def without_emails(words: str) -> str:
    """The words with e-mail addresses in them masked."""
    return _EMAIL.sub(lambda hit: masked(hit.group()), words)


def _csv(rows: Iterable[list[Cell]]) -> Iterator[bytes]:
    """Begins with a byte order mark, without which Excel takes it for another encoding."""
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


def _workbook(rows: Iterable[list[Cell]]) -> Any:
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


def _amounts(by_currency: dict[str, str]) -> str:
    return "; ".join(
        f"{Decimal(amount):.2f} {code}" for code, amount in sorted(by_currency.items())
    )


def _prima_number(order: CampaignOrder) -> str:
    booked = getattr(order, "prima_order", None)
    return str(booked.order_number) if booked else ""
