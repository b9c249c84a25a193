"""A table read by a mapping that people set up."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from connectors.gateways import moments
from connectors.gateways.delimited import table
from connectors.gateways.footing import ZERO, Tally
from connectors.gateways.gateway import STRANGER, Event, Format, Recognition
from connectors.gateways.head import Head
from connectors.gateways.line_ids import LineIds
from connectors.gateways.mapping import GenericMapping
from connectors.gateways.problems import Code, FileProblem, cut_short
from connectors.gateways.row import Row, plain
from connectors.gateways.stated_totals import Proof, StatedTotal
from connectors.gateways.unlisted_totals import Lookout
from integration.records.payout import Footed, Footing, LineKind, PayoutLine

_TAKEN = frozenset([LineKind.REFUND, LineKind.CHARGEBACK, LineKind.FEE, LineKind.PAYOUT])


class GenericCsv(Format):
    """Without a mapping it knows no file. With one, its own name and gateway are the mapping's."""

    slug = "generic_csv"
    title = "Mapped table"
    gateway = "mapped"

    def __init__(self, mapping: GenericMapping | None = None) -> None:
        self.mapping = mapping
        if mapping is not None:
            self.title, self.gateway = mapping.name, mapping.gateway

    def recognise(self, head: Head) -> Recognition:
        if self.mapping is None:
            return STRANGER
        wanted = self.mapping.needed()
        if any(wanted <= titles for titles in head.titles):
            score = min(30 + len(wanted), 60)
            return Recognition(score, f"It has the columns of the mapping “{self.mapping.name}”.")
        return STRANGER

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        mapping = _ready(self.mapping)
        tally, proof = Tally(mapping.gateway), Proof(by_kind=mapping.signs == "by_kind")
        for found in _rows(stream, mapping, proof):
            if isinstance(found, StatedTotal):
                proof.hold(found)
            else:
                proof.add(found)
                yield tally.add(found)
        if mapping.total_column:
            proof.close()
        for sentence in proof.remarks():
            tally.remark(sentence)
        footing = Footing.FOOTS if proof.is_whole else Footing.NO_TOTALS
        yield from tally.close(footing if proof.totals else None, proof.sentence())


@dataclass(frozen=True, slots=True)
class Tried:
    """What a mapping makes of a file: its first lines, how many there are, and how they add up."""

    first: list[PayoutLine]
    lines: int
    footed: Footed


def preview(stream: BinaryIO, mapping: GenericMapping, rows: int = 20) -> Tried:
    """Reads the whole file, for totals stand at its end. Raises FileProblem as importing it would."""
    first: list[PayoutLine] = []
    for event in GenericCsv(mapping).read(stream):
        if isinstance(event, PayoutLine) and len(first) < rows:
            first.append(event)
        elif isinstance(event, Footed):
            return Tried(first, event.lines, event)
    raise cut_short("it ends before its end.")


def _ready(mapping: GenericMapping | None) -> GenericMapping:
    found = mapping.problems() if mapping else ["Set up a mapping first."]
    if mapping is None or found:
        raise FileProblem(Code.MISSING_COLUMN, " ".join(found))
    return mapping


def _rows(
    stream: BinaryIO, mapping: GenericMapping, proof: Proof
) -> Iterator[PayoutLine | StatedTotal]:
    """Lines and totals. `proof` knows the lines that were taken so far."""
    reading, lookout = _Reading(mapping, LineIds()), Lookout(mapping)
    for row in table(stream, mapping.needed(), mapping.delimiter):
        if mapping.is_total(row):
            reading.refuse_line(row)
            yield reading.total(row, proof.currencies)
            continue
        try:
            line = reading.line(row)
        except FileProblem as problem:
            raise lookout.told(row) or problem from problem
        lookout.see(row, line)
        yield line
    lookout.close()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One pass over a file."""

    mapping: GenericMapping
    names: LineIds

    def line(self, row: Row) -> PayoutLine:
        currency = self.mapping.currency
        if self.mapping.column("currency"):
            currency = row.currency(self.mapping.column("currency"))
        kind = self._kind(row)
        gross = self._gross(row, currency, kind)
        fee = self._money(row, "fee", currency)
        fee = -fee if self.mapping.fee_sign == "movement" else fee
        net = self._money(row, "net", currency) if self._says(row, "net") else gross - fee
        if self.mapping.signs == "by_kind" and kind in _TAKEN:
            net = -abs(net)
        return PayoutLine(
            line_id=self._text(row, "line_id")
            or self.names.of(*(row.text(self.mapping.column(name)) for name in
                               sorted(self.mapping.columns))),
            gateway=self.mapping.gateway,
            account=self._text(row, "account") or self.mapping.account,
            payout_id=self._text(row, "payout_id"),
            kind=kind,
            currency=currency,
            gross=gross,
            fee=fee,
            fee_tax=abs(self._money(row, "fee_tax", currency)),
            net=net,
            occurred_at=self._moment(row),
            available_on=self._day(row, "available_on"),
            reference=self._text(row, "reference"),
            transaction_id=self._text(row, "transaction_id"),
            parent_transaction_id=self._text(row, "parent_transaction_id"),
            customer_email=self._text(row, "customer_email"),
            description=self._text(row, "description"),
            row=row.number,
        )  # fmt: skip

    def refuse_line(self, row: Row) -> None:
        """Raises FileProblem for a total that has all a line has: an id of its own, a day, a kind."""
        column = plain(self.mapping.total_column)
        names = {"line_id", "transaction_id"} - {
            name for name in self.mapping.columns if self.mapping.column(name) == column
        }
        if not any(char.isdigit() for name in names for char in self._text(row, name)):
            return
        try:
            self._moment(row)
            self._kind(row)
        except FileProblem:
            return
        raise FileProblem(
            Code.UNKNOWN_ROW_TYPE,
            f"“{row.text(column)}” is a word for totals, but the row has an id, a day and a kind as a "
            "line has. Make the words for totals in the mapping "
            f"“{self.mapping.name}” narrower, or name another column.",
            row.number,
            column,
            row.text(column),
        )

    def total(self, row: Row, currencies: Collection[str]) -> StatedTotal:
        """Of the currency it names, else of the only one there is; "" where there is none yet."""
        word = row.text(plain(self.mapping.total_column))
        currency = self.mapping.currency or self._total_currency(row, word, currencies)
        amounts = {
            name: self._money(row, name, currency)
            for name in ("fee", "fee_tax", "net") if self._says(row, name)
        }  # fmt: skip
        if any(self._says(row, name) for name in ("gross", "debit", "credit")):
            amounts["gross"] = self._gross(row, currency, LineKind.OTHER)
        if self.mapping.fee_sign == "movement" and "fee" in amounts:
            amounts["fee"] = -amounts["fee"]
        return StatedTotal(row.number, word, currency, amounts)

    def _total_currency(self, row: Row, word: str, currencies: Collection[str]) -> str:
        said = self._text(row, "currency")
        if said and said != word:
            return row.currency(self.mapping.column("currency"))
        if len(currencies) > 1:
            raise FileProblem(
                Code.UNKNOWN_CURRENCY,
                f"The total names no currency, and the file has {' and '.join(sorted(currencies))}.",
                row.number,
            )
        return next(iter(currencies), "")

    def _text(self, row: Row, name: str) -> str:
        return row.text(self.mapping.column(name))

    def _says(self, row: Row, name: str) -> bool:
        return bool(self._text(row, name))

    def _kind(self, row: Row) -> LineKind:
        column = self.mapping.column("kind")
        if not column:
            return self.mapping.default_kind or LineKind.OTHER
        return row.kind({plain(word): kind for word, kind in self.mapping.kinds.items()}, column)

    def _money(self, row: Row, name: str, currency: str) -> Decimal:
        column = self.mapping.column(name)
        if not column:
            return ZERO
        if self.mapping.minor_units:
            return row.minor(column, currency=currency, digits=None if currency else 0)
        return row.amount(column, mark=self.mapping.mark)

    def _gross(self, row: Row, currency: str, kind: LineKind) -> Decimal:
        if self.mapping.column("gross"):
            if not self._says(row, "gross"):
                row.needed_amount(self.mapping.column("gross"))
            gross = self._money(row, "gross", currency)
        else:
            credit, debit = (self._money(row, name, currency) for name in ("credit", "debit"))
            gross = abs(credit) - abs(debit)
        return -abs(gross) if self.mapping.signs == "by_kind" and kind in _TAKEN else gross

    def _day(self, row: Row, name: str) -> date | None:
        said = self._text(row, name).split("T")[0].split(" ")[0]
        column = self.mapping.column(name)
        return Row(row.number, {column: said}).day(column, order=self.mapping.dates)

    def _moment(self, row: Row) -> datetime:
        column = self.mapping.column("occurred_at")
        said = self._text(row, "occurred_at")
        try:
            place = moments.zone(self.mapping.zone)
            if self.mapping.dates is moments.Order.YEAR_FIRST and not self._says(row, "time"):
                return moments.moment(said, place)
            when, _, clock = said.partition(" ")
            day = moments.day(when, self.mapping.dates)
            return moments.at(day, self._text(row, "time") or clock, place)
        except ValueError as error:
            raise row.bad_date(said, column) from error
