"""MT940 bank statements: several in a file, opening + lines = closing in each."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from connectors.gateways.amounts import currency_of
from connectors.gateways.encoding import text_of
from connectors.gateways.gateway import STRANGER, Event, Format, Recognition
from connectors.gateways.head import Head
from connectors.gateways.mt940_text import SEE_TEXT, Told, told
from connectors.gateways.problems import Code, FileProblem, cut_short, unknown_row_type
from connectors.gateways.statements import Balances
from integration.records.bank import BankLine

_TAG = re.compile(r":(\d{2}[A-Z]?|940|NS):(.*)")
_HEADER = re.compile(r"^\{1:.*\{4:")
_ENVELOPE = re.compile(r"\{[1-5]:|-(?:\}.*|XXX)?$")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,]+)")
# Some banks write a kind of two letters and a blank, or a blank before it.
_LINE = re.compile(r"(\d{6})(\d{4})?(R?[CD])([A-Z])?(\d[\d,]*) ?([NSF].{1,3})(.*)")
_LONG = frozenset(["61", "86", "NS"])
_TEXTS = frozenset(["86", "NS"])
_KNOWN = frozenset(
    ["20", "21", "25", "25P", "28", "28C", "60F", "60M", "61", "62F", "62M", "64", "65", "86",
     "13", "13D", "NS", "940"]
)  # fmt: skip


@dataclass(slots=True)
class _Field:
    tag: str
    row: int
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Statement:
    """What is known of the statement being read."""

    reference: str = ""
    account: str = ""
    number: str = ""
    begun: bool = False
    open: bool = False
    parted: bool = False
    unparted: bool = False
    continued: bool = False
    pending: BankLine | None = None

    def begin(self, reference: str, row: int) -> None:
        if self.begun:
            raise cut_short("a statement has no closing balance.", row)
        self.begun = self.unparted = True
        self.reference = reference

    def shut(self, *, is_last: bool) -> None:
        """The closing balance is there; that of a page says that another page follows."""
        self.open = self.begun = False
        self.continued = not is_last

    def part(self) -> None:
        """A dash between statements: a file that has one has one after the last, too."""
        self.parted, self.unparted = True, False

    def end(self) -> None:
        if self.begun or self.continued:
            raise cut_short("the closing balance of its last statement is missing.")
        if self.parted and self.unparted:
            raise cut_short("the end of its last statement is missing.")


class Mt940(Format):
    """D and C, and their reversals RD and RC, which turn the sign around."""

    slug = "mt940"
    title = "Bank statement, MT940"
    gateway = "bank"

    def recognise(self, head: Head) -> Recognition:
        if re.search(r"^:60[FM]:", head.text, re.MULTILINE) and ":25" in head.text:
            return Recognition(90, "It has the fields of an MT940 bank statement.")
        return STRANGER

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        balances, statement = Balances(), _Statement()
        for one in _fields(stream):
            if one.tag in _TEXTS:
                if statement.pending:
                    statement.pending = _with_text(statement.pending, one)
                continue
            if statement.pending:
                yield balances.add(statement.pending)
                statement.pending = None
            yield from _take(one, statement, balances)
        if statement.pending:
            yield balances.add(statement.pending)
        statement.end()
        yield from balances.close()


def _take(one: _Field, statement: _Statement, balances: Balances) -> Iterator[Event]:
    said = one.lines[0].strip()
    if one.tag == "20":
        statement.begin(said, one.row)
    elif one.tag == "-":
        statement.part()
    elif one.tag in {"25", "25P"}:
        statement.account = said
    elif one.tag in {"28", "28C"}:
        statement.number = said
    elif one.tag in {"60F", "60M"}:
        amount, currency, day = _balance(said, one.row)
        name = "/".join(part for part in (statement.reference, statement.number) if part)
        balances.open(name, statement.account, currency, amount, day)
        statement.open = True
    elif one.tag == "61":
        statement.pending = _line(one, statement, balances)
    elif one.tag in {"62F", "62M"}:
        amount, currency, day = _balance(said, one.row)
        statement.shut(is_last=one.tag == "62F")
        yield balances.shut(amount, currency, day, one.row)


def _fields(stream: BinaryIO) -> Iterator[_Field]:
    current: _Field | None = None
    in_booking = False
    for number, raw in enumerate(text_of(stream), 1):
        line = raw.rstrip("\r\n")
        tagged = _tagged(line, number)
        if tagged or (_ENVELOPE.match(line) and not (in_booking and line == "-")):
            if current:
                yield current
            current = tagged or (_Field("-", number, [""]) if line.startswith("-") else None)
            in_booking = tagged is not None and _goes_on(tagged.tag, in_booking)
        elif line.startswith(":") and (current is None or current.tag not in _LONG):
            raise cut_short("a field has no end.", number)
        elif current and line:
            current.lines.append(line)
    if current:
        yield current


def _goes_on(tag: str, in_booking: bool) -> bool:
    """A dash by itself ends a statement, but not in the middle of a booking's text."""
    return tag == "61" or (tag in _TEXTS and in_booking)


def _tagged(line: str, number: int) -> _Field | None:
    """The field that starts here; the first may stand behind the message's envelope."""
    found = _TAG.match(_HEADER.sub("", line))
    if not found:
        return None
    if found[1] not in _KNOWN:
        raise unknown_row_type(f":{found[1]}:", number)
    return _Field(found[1], number, [found[2]])


def _balance(said: str, row: int) -> tuple[Decimal, str, date | None]:
    """The amount, its currency and the day; a new account may open on no day at all (000000)."""
    found = _BALANCE.fullmatch(said)
    if not found:
        raise FileProblem(Code.BAD_AMOUNT, f"“{said}” is not a balance.", row, value=said)
    amount = _amount(found[4], row)
    try:
        currency = currency_of(found[3])
    except ValueError as error:
        raise FileProblem(
            Code.UNKNOWN_CURRENCY, f"“{found[3]}” is not a currency.", row, value=found[3]
        ) from error
    day = None if found[2] == "000000" else _day(found[2], row)
    return (-amount if found[1] == "D" else amount), currency, day


def _line(one: _Field, statement: _Statement, balances: Balances) -> BankLine:
    found = _LINE.fullmatch(one.lines[0].lstrip())
    if not found or not statement.open:
        raise FileProblem(
            Code.UNREADABLE, "The booking cannot be read.", one.row, ":61:", one.lines[0]
        )
    valued, booked, mark, _, said, _, references = found.groups()
    amount = _amount(said, one.row)
    value_on = _value_day(valued, one.row)
    reference, _, bank = references.partition("//")
    return BankLine(
        entry_ref=balances.next_entry(),
        statement_id=balances.statement_id,
        account=statement.account,
        booked_on=_booked(booked, value_on, one.row),
        value_on=value_on,
        amount=amount if mark in {"C", "RD"} else -amount,
        currency=balances.currency,
        end_to_end_id="" if reference.strip() in SEE_TEXT else reference.strip(),
        bank_reference="" if bank.strip() in SEE_TEXT else bank.strip(),
        text=" ".join(line.strip() for line in one.lines[1:]),
        row=one.row,
    )


def _with_text(line: BankLine, one: _Field) -> BankLine:
    """The lines of `:86:` are one text, those of `:NS:` fields of their own."""
    words = told(one.lines) if one.tag == "86" else Told(" ".join(one.lines))
    return replace(
        line,
        text=f"{line.text} {words.text}".strip(),
        end_to_end_id=line.end_to_end_id or words.end_to_end_id,
        counterparty=words.counterparty or line.counterparty,
        counterparty_account=words.counterparty_account or line.counterparty_account,
    )


def _booked(said: str | None, value_on: date, row: int) -> date:
    """The booking day has no year: it is the one that lies closest to the value day."""
    if not said:
        return value_on
    near = [
        _day(f"{(value_on.year + step) % 100:02}{said}", row)
        for step in (-1, 0, 1)
        if said != "0229" or (value_on.year + step) % 4 == 0
    ]
    return min(near, key=lambda day: abs(day - value_on))


def _amount(said: str, row: int) -> Decimal:
    if said.count(",") > 1 or said == ",":
        raise FileProblem(Code.BAD_AMOUNT, f"“{said}” is not an amount.", row, value=said)
    return Decimal(said.replace(",", ".") if not said.endswith(",") else said[:-1])


def _value_day(said: str, row: int) -> date:
    """Banks that count every month as thirty days value interest on 29 and 30 February, too."""
    if said[2:] in {"0229", "0230"}:
        said = f"{said[:4]}{min(int(said[4:]), monthrange(2000 + int(said[:2]), 2)[1])}"
    return _day(said, row)


def _day(said: str, row: int) -> date:
    try:
        return date(2000 + int(said[:2]), int(said[2:4]), int(said[4:6]))
    except ValueError as error:
        raise FileProblem(Code.BAD_DATE, f"“{said}” is not a date.", row, value=said) from error
