"""Klarna's settlements: the report with a summary above its rows, and the API's two lists."""

from collections.abc import Iterator
from typing import BinaryIO, ClassVar

from connectors.gateways import klarna_api
from connectors.gateways.amounts import Mark
from connectors.gateways.delimited import raw_rows, rows_below
from connectors.gateways.encoding import start_of
from connectors.gateways.footing import ZERO, Tally
from connectors.gateways.gateway import STRANGER, Event, Format, Recognition
from connectors.gateways.head import Head
from connectors.gateways.klarna_kinds import line_of, unlisted
from connectors.gateways.line_ids import LineIds
from connectors.gateways.problems import Code, FileProblem
from connectors.gateways.row import Row, plain

_BODY = frozenset(["type", "amount", "merchant reference1"])


class KlarnaSettlement(Format):
    """Fees and returns are rows of their own; what the summary alone states becomes a line too."""

    slug = "klarna_settlement"
    title = "Klarna, settlement"
    gateway = "klarna"
    columns: ClassVar = (_BODY | {"capture id"}, _BODY | {"short order id"})

    def recognise(self, head: Head) -> Recognition:
        if head.names("payment_reference") and head.names("merchant_settlement_type"):
            return Recognition(80, "It is a payout of Klarna's settlements.")
        if head.names("payment_reference") and head.names("capture_id"):
            return Recognition(80, "It is a list of Klarna's settlement transactions.")
        return super().recognise(head) if not head.is_json else STRANGER

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        stream.seek(0)
        if start_of(stream.read(64)).lstrip("\ufeff \r\n\t")[:1] in {"{", "["}:
            yield from klarna_api.read(stream)
            return
        yield from _read_table(stream)


def _read_table(stream: BinaryIO) -> Iterator[Event]:
    rows = raw_rows(stream)
    summary, titles = _summary(rows)
    tally, names = Tally("klarna"), LineIds()
    mark = _mark(summary)
    payout, currency = "", ""
    taxed = bool(summary.amount("total tax amount", "tax amount", mark=mark))
    for row in rows_below(titles, rows):
        currency = row.currency("posting currency", "currency", "currency code")
        amount = row.needed_amount("amount", mark=mark)
        payout = row.text("payment reference") or summary.text("payment reference")
        tax = ZERO if taxed else row.amount("vat amount", mark=mark)
        yield tally.add(line_of(row, amount, tax, currency, payout, names))
    settlement = summary.text("total settlement amount", "settlement amount")
    if settlement:
        payout = payout or summary.text("payment reference")
        currency = currency or summary.currency("currency", "settlement currency", "currency code")
        yield from unlisted(summary, mark, payout, currency, tally)
        tally.state(
            payout, currency, summary.amount("total settlement amount", "settlement amount", mark=mark),
            paid_on=summary.day("payout date", "settlement date"), bank_reference=payout,
        )  # fmt: skip
    yield from tally.close()


def _summary(rows: Iterator[tuple[int, list[str]]]) -> tuple[Row, list[str]]:
    """The summary as one row (empty when there is none) and the titles of the rows below it."""
    above: dict[str, str] = {}
    previous: list[str] = []
    for number, cells in rows:
        titles = [plain(cell) for cell in cells]
        if set(titles) >= _BODY:
            while titles and not titles[-1]:
                titles.pop()
            return Row(number, above), titles
        if any(title.endswith("settlement amount") for title in previous):
            above |= dict(zip(previous, cells, strict=False))
        elif len(cells) >= 2 and cells[1]:
            above.setdefault(titles[0], cells[1])
        previous = titles
    raise FileProblem(
        Code.MISSING_COLUMN,
        "The file lacks the columns “type”, “amount” and “merchant_reference1”.",
    )


def _mark(summary: Row) -> Mark:
    said = summary.text("total settlement amount", "settlement amount")
    comma = "," in said and said.rfind(",") > said.rfind(".") and len(said) - said.rfind(",") <= 3
    return Mark.COMMA if comma else Mark.POINT
