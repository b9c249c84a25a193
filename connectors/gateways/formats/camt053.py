"""camt.053 bank statements: bookings, single or in batches, between two balances."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO
from xml.etree.ElementTree import Element  # only the type; defusedxml reads

from connectors.gateways import camt_elements as camt
from connectors.gateways.gateway import STRANGER, Event, Format, Recognition
from connectors.gateways.head import Head
from connectors.gateways.problems import Code, FileProblem, cut_short, does_not_foot, wrong_count
from connectors.gateways.statements import Balances
from connectors.gateways.xml_elements import Step, steps
from integration.records.bank import BankDetail, BankLine

ZERO = Decimal(0)


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
        for step in steps(stream, frozenset(["Ntry", "Bal", "TxsSummry", "Stmt", "Acct", "Id"])):
            yield from statement.take(step, balances)
            if step.name == "Stmt":
                statement = _Statement()
        yield from balances.close()


class _Statement:
    """The statement being read. Its balances come before its entries."""

    def __init__(self) -> None:
        self.id = ""
        self.account = ""
        self.opening: camt.Balance | None = None
        self.closing: camt.Balance | None = None
        self.entries = 0
        self.stated: int | None = None

    def take(self, step: Step, balances: Balances) -> Iterator[Event]:
        name, element = step.name, step.element
        if name == "Id" and step.parent == "Stmt":
            self.id = (element.text or "").strip()
        elif name == "Acct" and step.parent == "Stmt":
            self.account = camt.account(element)
        elif name == "Bal":
            self._balance(element)
        elif name == "TxsSummry":
            self.stated = camt.number(element, "TtlNtries/NbOfNtries")
        elif name == "Ntry":
            yield from self._entry(element, balances)
        elif name == "Stmt":
            yield from self._end(balances)

    def _balance(self, element: Element) -> None:
        balance = camt.balance(element)
        if balance.kind in {"OPBD", "PRCD"} and (not self.opening or balance.kind == "OPBD"):
            self.opening = balance
        elif balance.kind == "CLBD":
            self.closing = balance

    def _entry(self, element: Element, balances: Balances) -> Iterator[Event]:
        self.entries += 1
        if self.opening is None or self.closing is None:
            raise cut_short("the statement lacks its opening or closing balance.")
        if self.entries == 1:
            self._open(balances)
        if camt.text(element, "Sts/Cd") or camt.text(element, "Sts"):
            status = camt.text(element, "Sts/Cd") or camt.text(element, "Sts")
            if status not in {"BOOK", "PDNG", "INFO", "FUTR"}:
                raise FileProblem(
                    Code.UNKNOWN_ROW_TYPE, f"“{status}” is no known state of a booking.",
                    self.entries, "Sts", status,
                )  # fmt: skip
            if status != "BOOK":
                return
        yield balances.add(_line(element, self))

    def _open(self, balances: Balances) -> None:
        if self.opening is not None:
            balances.open(
                self.id, self.account, self.opening.currency, self.opening.amount, self.opening.day
            )

    def _end(self, balances: Balances) -> Iterator[Event]:
        if self.opening is None or self.closing is None:
            raise cut_short("the statement lacks its opening or closing balance.")
        if not self.entries:
            self._open(balances)
        yield balances.shut(self.closing.amount, self.closing.currency, self.closing.day)
        if self.stated is not None and self.stated != self.entries:
            raise wrong_count(f"Statement {self.id}", self.stated, self.entries)


def _line(entry: Element, statement: _Statement) -> BankLine:
    number = statement.entries
    amount, currency = camt.amount(entry, number)
    details = tuple(_details(entry, currency, number))
    batch = entry.find("NtryDtls/Btch")
    stated = [one.amount for one in details if one.amount is not None]
    same = all(one.currency == currency for one in details)
    if len(details) > 1 and len(stated) == len(details) and same and sum(stated, ZERO) != amount:
        raise does_not_foot("The batch", amount, sum(stated, ZERO), currency=currency, row=number)
    counted = camt.number(entry, "NtryDtls/Btch/NbOfTxs") if batch is not None else None
    if counted is not None and details and counted != len(details):
        raise wrong_count("The batch", counted, len(details), number)
    only = details[0] if len(details) == 1 else BankDetail(None, currency)
    reference = camt.text(entry, "NtryRef") or camt.text(entry, "AcctSvcrRef")
    booked = camt.day(entry, "BookgDt", number) or camt.day(entry, "ValDt", number)
    if booked is None:
        raise FileProblem(Code.BAD_DATE, "The booking has no date.", number, "BookgDt")
    return BankLine(
        entry_ref=reference or f"{statement.id}:{number}",
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


def _value_day(entry: Element, number: int) -> date | None:
    return camt.day(entry, "ValDt", number)


def _details(entry: Element, currency: str, number: int) -> Iterator[BankDetail]:
    debit = camt.text(entry, "CdtDbtInd") == "DBIT"
    for details in entry.iterfind("NtryDtls/TxDtls"):
        yield camt.detail(details, currency, number, debit=debit)
