"""camt.053 bank statements: bookings, single or in batches, between two balances."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO
from xml.etree.ElementTree import Element  # only the type; defusedxml reads

from connectors.gateways import camt_elements as camt
from connectors.gateways.gateway import STRANGER, Event, Format, Recognition
from connectors.gateways.head import Head
from connectors.gateways.line_ids import LineIds
from connectors.gateways.problems import Code, FileProblem, does_not_foot, wrong_count
from connectors.gateways.statements import Balances
from connectors.gateways.xml_elements import Step, steps
from integration.records.bank import BankDetail, BankLine

ZERO = Decimal(0)
_READ = frozenset(["Ntry", "Bal", "TxsSummry", "Stmt", "Acct", "Id", "StmtPgntn"])
_FIRST_PAGES = frozenset(["", "1"])
_STATES = frozenset(["BOOK", "PDNG", "INFO", "FUTR"])


class Camt053(Format):
    """Only booked entries move the balance. A batch must come to what its payments come to."""

    slug = "camt053"
    title = "Bank statement, camt.053"
    gateway = "bank"

    def recognise(self, head: Head) -> Recognition:
        if head.is_xml and ("camt.053" in head.text or "<BkToCstmrStmt" in head.text):
            return Recognition(95, "It is a camt.053 bank statement.")
        return STRANGER

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        balances, statement = Balances(), _Statement()
        for step in steps(stream, _READ):
            yield from statement.take(step, balances)
            if step.name == "Stmt":
                statement = _Statement()
        yield from balances.close()


class _Statement:
    """The statement being read. Its balances come before its entries."""

    def __init__(self) -> None:
        self.id = ""
        self.account = ""
        self.balances: list[camt.Balance] = []
        self.entries = 0
        self.booked = 0
        self.stated: int | None = None
        self.page, self.goes_on = "", False
        self._names = LineIds()

    def take(self, step: Step, balances: Balances) -> Iterator[Event]:
        name, element = step.name, step.element
        if name == "Id" and step.parent == "Stmt":
            self.id = (element.text or "").strip()
        elif name == "Acct" and step.parent == "Stmt":
            self.account = camt.account(element)
        elif name == "StmtPgntn":
            self.page = camt.text(element, "PgNb")
            self.goes_on = camt.text(element, "LastPgInd") == "false"
        elif name == "Bal":
            self.balances.append(camt.balance(element))
        elif name == "TxsSummry":
            self.stated = camt.number(element, "TtlNtries/NbOfNtries")
        elif name == "Ntry":
            yield from self._entry(element, balances)
        elif name == "Stmt":
            yield from self._end(balances)

    def named(self, reference: str) -> str:
        """The bank's reference of an entry; one that several entries share is numbered."""
        if reference:
            return self._names.apart(reference)
        page = "" if self.page in _FIRST_PAGES else f"/{self.page}"
        return f"{self.id}{page}:{self.entries}"

    def _entry(self, element: Element, balances: Balances) -> Iterator[Event]:
        self.entries += 1
        if self.entries == 1:
            self._open(balances)
        status = camt.text(element, "Sts/Cd") or camt.text(element, "Sts") or "BOOK"
        if status not in _STATES:
            raise FileProblem(
                Code.UNKNOWN_ROW_TYPE, f"“{status}” is no known state of a booking.",
                self.entries, "Sts", status,
            )  # fmt: skip
        if status == "BOOK":
            self.booked += 1
            yield balances.add(_line(element, self))

    def _open(self, balances: Balances) -> None:
        opening, _ = camt.between(self.balances)
        balances.open(self.id, self.account, opening.currency, opening.amount, opening.day)

    def _end(self, balances: Balances) -> Iterator[Event]:
        _, closing = camt.between(self.balances)
        if not self.entries:
            self._open(balances)
        if self.stated is not None and self.stated not in {self.entries, self.booked}:
            raise wrong_count(f"Statement {self.id}", self.stated, self.entries)
        yield balances.shut(closing.amount, closing.currency, closing.day)
        if self.goes_on:
            balances.remark(
                f"Statement {self.id} goes on after page {self.page}: bring its next page, too."
            )


def _line(entry: Element, statement: _Statement) -> BankLine:
    number = statement.entries
    amount, currency = camt.amount(entry, number)
    details = tuple(_details(entry, currency, number))
    _check(entry, details, amount, currency, number)
    batch = entry.find("NtryDtls/Btch")
    counted = camt.batch_size(entry)
    if counted and details and counted != len(details):
        raise wrong_count("The batch", counted, len(details), number)
    only = details[0] if len(details) == 1 else BankDetail(None, currency)
    reference = camt.text(entry, "NtryRef") or camt.text(entry, "AcctSvcrRef")
    booked = camt.day(entry, "BookgDt", number) or camt.day(entry, "ValDt", number)
    if booked is None:
        raise FileProblem(Code.BAD_DATE, "The booking has no date.", number, "BookgDt")
    return BankLine(
        entry_ref=statement.named(reference),
        statement_id=statement.id,
        account=statement.account,
        booked_on=booked,
        value_on=_value_day(entry, number),
        amount=amount,
        currency=currency,
        text=only.text or camt.text(entry, "AddtlNtryInf"),
        end_to_end_id=only.end_to_end_id,
        counterparty=only.counterparty,
        counterparty_account=only.counterparty_account,
        bank_reference=camt.text(entry, "AcctSvcrRef"),
        batch_id=camt.text(entry, "NtryDtls/Btch/PmtInfId")
        or camt.text(entry, "NtryDtls/Btch/MsgId"),
        batch_size=counted or (len(details) if len(details) > 1 else 0),
        details=details if len(details) > 1 or batch is not None else (),
        row=number,
    )


def _check(
    entry: Element, details: tuple[BankDetail, ...], amount: Decimal, currency: str, number: int
) -> None:
    """A batch comes to its payments, before or after the charges the bank states for it."""
    stated = [one.amount for one in details if one.amount is not None]
    same = all(one.currency == currency for one in details)
    if len(details) < 2 or len(stated) < len(details) or not same:
        return
    total, charges = sum(stated, ZERO), camt.charges(entry, currency)
    if amount not in {total, total - charges}:
        raise does_not_foot("The batch", amount, total, currency=currency, row=number)


def _value_day(entry: Element, number: int) -> date | None:
    return camt.day(entry, "ValDt", number)


def _details(entry: Element, currency: str, number: int) -> Iterator[BankDetail]:
    debit = camt.text(entry, "CdtDbtInd") == "DBIT"
    for details in entry.iterfind("NtryDtls/TxDtls"):
        yield camt.detail(details, currency, number, debit=debit)
