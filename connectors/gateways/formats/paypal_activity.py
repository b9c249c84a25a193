"""PayPal's activity download: one row per movement, in the account's language and notation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO, ClassVar

from connectors.gateways import moments
from connectors.gateways.amounts import Mark
from connectors.gateways.delimited import raw_rows, rows_below
from connectors.gateways.footing import Tally
from connectors.gateways.gateway import STRANGER, Event, Format, Recognition
from connectors.gateways.head import Head
from connectors.gateways.paypal_words import CANONICAL, ENGLISH, MEMOS, PENDING, kind_of
from connectors.gateways.problems import Code, FileProblem, does_not_foot
from connectors.gateways.row import Row, plain
from connectors.gateways.running_balance import RunningBalance
from integration.records.payout import Footing, LineKind, PayoutLine

_NEEDED = frozenset(["date", "currency", "gross", "fee", "net", "transaction"])
_AMOUNTS = ("gross", "fee", "net", "balance")


@dataclass(frozen=True, slots=True)
class _Notation:
    """How this account writes numbers and days."""

    mark: Mark
    order: moments.Order


class PayPalActivity(Format):
    """Gross and fee (negative) are net; the running balance proves that no row in between is missing.

    The notation is read off the whole file first; days that can be read both ways are decided by
    the time zone, and refused when that does not tell either.
    """

    slug = "paypal_activity"
    title = "PayPal, activity download"
    gateway = "paypal"
    needed: ClassVar = _NEEDED

    def recognise(self, head: Head) -> Recognition:
        for titles in head.titles[:3]:
            known = {CANONICAL.get(title, "") for title in titles}
            if known >= _NEEDED and known & {"time", "zone"}:
                return Recognition(80, "It has the columns of PayPal's activity download.")
        return STRANGER

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        notation = _notation(stream)
        tally, chain = Tally(self.gateway), RunningBalance()
        for row in _rows(stream):
            if row.text("impact").casefold() in MEMOS:
                tally.remark("Rows marked as a memo move no money and were left out.")
                continue
            if row.has("balance") and not row.text("balance") and _is_pending(row):
                tally.remark("Rows that are pending and lead to no balance were left out.")
                continue
            line = tally.add(_line(row, notation))
            if row.text("balance"):
                chain.add(
                    line.currency, line.net, row.amount("balance", mark=notation.mark), row.number
                )
            yield line
        yield from _close(tally, chain)


def _close(tally: Tally, chain: RunningBalance) -> Iterator[Event]:
    told = "The file has no running balance that would prove it complete."
    if chain.is_used:
        told = (
            "Every movement leads from one running balance to the next, but the file states no "
            "last balance that would prove its end: hold its payouts against the bank statement."
        )
    try:
        chain.close()
    except FileProblem as problem:
        problem.footed = tally.footed(Footing.NO_TOTALS, told)
        raise
    yield from tally.close(Footing.NO_TOTALS, told)


def _rows(stream: BinaryIO) -> Iterator[Row]:
    rows = raw_rows(stream)
    for _, cells in rows:
        titles = _titles(cells)
        if set(titles) >= _NEEDED:
            return rows_below(titles, rows)
    raise FileProblem(Code.MISSING_COLUMN, "The file lacks the columns of a PayPal download.")


def _titles(cells: list[str]) -> list[str]:
    """The desk's names, each for the first column that has it; other columns keep their own."""
    named: list[str] = []
    for cell in cells:
        title = plain(cell)
        name = CANONICAL.get(title, title)
        named.append(title if name in named else name)
    return named


def _notation(stream: BinaryIO) -> _Notation:
    mark: Mark | None = None
    order: moments.Order | None = None
    place, english, rows = "", False, 0
    for row in _rows(stream):
        rows += 1
        mark = mark or _mark(row.cells)
        order = order or moments.order_of([row.text("date")])
        place = place or row.text("zone")
        if mark and order:
            break
    if order is None and rows:
        raw = next((cells for _, cells in raw_rows(stream)), [])
        english = {plain(cell) for cell in raw} >= ENGLISH
        order = _order_by_place(place) if english else moments.Order.DAY_FIRST
    return _Notation(mark or Mark.POINT, order or moments.Order.DAY_FIRST)


def _order_by_place(place: str) -> moments.Order:
    if place.startswith(("America/", "US/")) or place in {"PST", "PDT", "EST", "EDT", "CST", "CDT"}:
        return moments.Order.MONTH_FIRST
    if place.startswith(("Europe/", "Australia/", "Asia/")) or place in {
        "GMT", "BST", "CET", "CEST", "AEST", "AEDT",
    }:  # fmt: skip
        return moments.Order.DAY_FIRST
    raise FileProblem(
        Code.BAD_DATE,
        "Every date of the file could be read with the day or the month first. Download a longer "
        "period.",
        column="date",
    )


def _mark(cells: Mapping[str, str]) -> Mark | None:
    """The mark before two last digits is the decimal mark."""
    for name in _AMOUNTS:
        said = cells.get(name, "").strip()
        if len(said) > 3 and said[-3] in ",.":
            return Mark.COMMA if said[-3] == "," else Mark.POINT
    return None


def _is_pending(row: Row) -> bool:
    return row.text("status").casefold() in PENDING


def _line(row: Row, notation: _Notation) -> PayoutLine:
    currency = row.currency("currency")
    gross = row.needed_amount("gross", mark=notation.mark)
    taken = row.amount("fee", mark=notation.mark)
    net = row.needed_amount("net", mark=notation.mark)
    if gross + taken != net:
        raise does_not_foot("Gross and fee", net, gross + taken, currency=currency, row=row.number)
    kind = kind_of(row, gross)
    transaction = row.text("transaction")
    return PayoutLine(
        line_id=f"{transaction}:{currency}",
        gateway="paypal",
        payout_id=transaction if kind is LineKind.PAYOUT else "",
        kind=kind,
        currency=currency,
        gross=gross,
        fee=Decimal(0) - taken,
        net=net,
        occurred_at=_moment(row, notation.order),
        reference=row.text("invoice"),
        transaction_id=transaction,
        parent_transaction_id=row.text("parent"),
        customer_email=row.text("email"),
        description=" ".join(part for part in (row.text("type"), row.text("name")) if part),
        row=row.number,
    )


def _moment(row: Row, order: moments.Order) -> datetime:
    day = row.day("date", order=order)
    if day is None:
        raise row.bad_date("", "date")
    try:
        return moments.at(day, row.text("time"), row.zone("zone"))
    except ValueError as error:
        raise row.bad_date(row.text("time"), "time") from error
