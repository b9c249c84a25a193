"""PayPal's settlement report (STL): rows with a tag, minor units, totals in the footers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, ClassVar

from connectors.gateways.delimited import raw_rows
from connectors.gateways.footing import Tally
from connectors.gateways.gateway import STRANGER, Event, Format, Recognition
from connectors.gateways.head import Head
from connectors.gateways.paypal_codes import kind_of, reading
from connectors.gateways.paypal_footers import Footers
from connectors.gateways.problems import Code, FileProblem, cut_short, unknown_row_type
from connectors.gateways.row import Row, plain
from integration.records.payout import Footing, LineKind, PayoutLine

_TAGS = frozenset(["RH", "FH", "SH", "CH", "SB", "SF", "SC", "RF", "RC", "FF", "FC"])


@dataclass(slots=True)
class _Section:
    account: str = ""
    titles: list[str] = field(default_factory=list)


class PayPalSettlement(Format):
    """Each section ends in a footer per currency; counts and totals must be those of its rows."""

    slug = "paypal_settlement"
    title = "PayPal, settlement report"
    gateway = "paypal"
    tags: ClassVar = _TAGS

    def recognise(self, head: Head) -> Recognition:
        first = [row[0].strip() for row in head.rows[:4] if row]
        if first and first[0] in {"RH", "FH", "SH"} and set(first) <= _TAGS and "SH" in first:
            return Recognition(95, "Its rows carry the tags of PayPal's settlement report.")
        return STRANGER

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        tally, footers, section = Tally(self.gateway), Footers(), _Section()
        for number, cells in raw_rows(stream, ","):
            tag = cells[0].strip().lstrip("\ufeff")
            if tag not in _TAGS:
                raise unknown_row_type(tag, number)
            if tag == "SB":
                line = _line(_row(cells, section, number), section.account)
                footers.count(line)
                yield tally.add(line)
            else:
                _turn(tag, cells, number, section, footers)
        footed = tally.footed(Footing.FOOTS, "The footers agree with the rows of their sections.")
        footers.close(footed)
        yield from tally.close(footed.footing, footed.sentence)


def _turn(tag: str, cells: list[str], number: int, section: _Section, footers: Footers) -> None:
    if tag == "SH":
        section.account = cells[3].strip() if len(cells) > 3 else ""
        section.titles = []
    elif tag == "CH":
        section.titles = [plain(cell) for cell in cells]
    footers.turn(tag, cells, number)


def _row(cells: list[str], section: _Section, number: int) -> Row:
    if not section.titles:
        raise FileProblem(
            Code.MISSING_COLUMN,
            "The row comes before the column names (CH) of its section.",
            number,
        )
    if len(cells) < len(section.titles):
        raise cut_short(f"a row has {len(cells)} of {len(section.titles)} columns.", number)
    return Row(number, dict(zip(section.titles, cells, strict=False)))


def _line(row: Row, account: str) -> PayoutLine:
    currency = row.currency("gross transaction currency")
    event = row.text("transaction event code")
    gross = reading(row, "gross transaction amount", "transaction debit or credit", currency)
    fee_currency = row.currency("fee currency") if row.text("fee currency") else currency
    fee = -reading(row, "fee amount", "fee debit or credit", fee_currency)
    if fee and fee_currency != currency:
        raise FileProblem(
            Code.UNKNOWN_CURRENCY, "The fee is in another currency than the amount.", row.number,
            "fee currency", fee_currency,
        )  # fmt: skip
    kind = kind_of(event, gross, row.number)
    transaction = row.text("transaction id")
    return PayoutLine(
        line_id=f"{transaction}:{event}:{currency}",
        gateway="paypal",
        account=account,
        payout_id=transaction if kind is LineKind.PAYOUT else "",
        kind=kind,
        currency=currency,
        gross=gross,
        fee=fee,
        net=gross - fee,
        occurred_at=row.moment("transaction initiation date"),
        available_on=row.day("transaction completion date"),
        reference=row.text("invoice id", "custom field"),
        transaction_id=transaction,
        parent_transaction_id=row.text("paypal reference id"),
        description=f"{event} {row.text('custom field')}".strip(),
        row=row.number,
    )
