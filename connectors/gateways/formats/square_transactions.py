"""Square's transactions export: amounts with their symbol, local time, deposits by id."""

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, ClassVar

from connectors.gateways import moments
from connectors.gateways.delimited import table
from connectors.gateways.footing import NO_TOTALS, Tally
from connectors.gateways.gateway import Event, Format
from connectors.gateways.problems import Code, FileProblem
from connectors.gateways.row import Row
from integration.records.payout import Footing, LineKind, PayoutLine

_NEEDED = frozenset(
    ["date", "time", "time zone", "gross sales", "total collected", "fees", "net total",
     "transaction id", "payment id", "event type"]
)  # fmt: skip
_KINDS = {
    "payment": LineKind.CHARGE,
    "refund": LineKind.REFUND,
    "partial refund": LineKind.REFUND,
    "exchange": LineKind.ADJUSTMENT,
    "dispute": LineKind.CHARGEBACK,
    "chargeback": LineKind.CHARGEBACK,
    "dispute reversal": LineKind.CHARGEBACK_REVERSAL,
    "fee": LineKind.FEE,
}
_ELSEWHERE = ("cash", "other tender", "square gift card")
_SYMBOLS = {"£": "GBP", "€": "EUR", "¥": "JPY"}


class SquareTransactions(Format):
    """Total collected and fees (negative) are the net total."""

    slug = "square_transactions"
    title = "Square, transactions"
    gateway = "square"
    columns: ClassVar = (_NEEDED,)

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        tally = Tally(self.gateway)
        order: moments.Order | None = None
        for row in table(stream, _NEEDED):
            order = order or _order(row)
            elsewhere = _elsewhere(row)
            if elsewhere:
                tally.remark(
                    "What was paid in cash, by gift card or by another tender never goes through "
                    "Square's deposits and was left out."
                )
            line = _line(row, order, tally, elsewhere)
            if not elsewhere or elsewhere != row.needed_amount("total collected"):
                yield tally.add(line)
        yield from tally.close(Footing.NO_TOTALS, NO_TOTALS)


def _order(row: Row) -> moments.Order:
    """American accounts write the month first, Square's other ones the year or the day."""
    said = row.text("date")
    found = moments.order_of([said])
    if found:
        return found
    place = row.text("time zone")
    american = "(US & Canada)" in place or place in {"Arizona", "Hawaii", "Alaska"}
    return moments.Order.MONTH_FIRST if american else moments.Order.DAY_FIRST


def _elsewhere(row: Row) -> Decimal:
    """What the till took and Square never pays out. A whole row that Square deposits is its own."""
    taken = sum((row.amount(name) for name in _ELSEWHERE), Decimal(0))
    collected = row.needed_amount("total collected")
    is_whole = taken == collected
    if is_whole and (row.text("deposit id") or row.needed_amount("net total") != collected):
        return Decimal(0)
    return taken


def _line(row: Row, order: moments.Order, tally: Tally, elsewhere: Decimal) -> PayoutLine:
    said = row.day("date", order=order)
    if said is None:
        raise row.bad_date("", "date")
    try:
        when = moments.at(said, row.text("time"), row.zone("time zone"))
    except ValueError as error:
        raise row.bad_date(row.text("time"), "time") from error
    gross = row.needed_amount("total collected") - elsewhere
    net = row.needed_amount("net total") - elsewhere
    return PayoutLine(
        line_id=row.text("payment id") or row.text("transaction id"),
        gateway="square",
        account=row.text("location"),
        payout_id=row.text("deposit id"),
        kind=row.kind(_KINDS, "event type"),
        currency=_currency(row, tally),
        gross=gross,
        fee=_fee(row, gross - net),
        net=net,
        occurred_at=when,
        available_on=row.day("deposit date", order=order),
        reference=row.text("order reference id", "customer reference id", "transaction id"),
        transaction_id=row.text("payment id"),
        parent_transaction_id=row.text("transaction id"),
        description=row.text("description", "details"),
        row=row.number,
    )


def _fee(row: Row, kept: Decimal) -> Decimal:
    """What Square states as fees. Some exports count the further ones in, others beside them."""
    fees = -row.amount("fees")
    further = [-row.amount(name) for name in ("third party fees", "international fee")]
    sums = (fees + sum(further), fees, fees + further[0], fees + further[1])
    return kept if kept in sums else sums[0]


def _currency(row: Row, tally: Tally) -> str:
    if row.has("currency"):
        return row.currency("currency")
    said = row.text("total collected")
    for symbol, currency in _SYMBOLS.items():
        if symbol in said:
            return currency
    place = row.text("time zone")
    if "$" in said and place.startswith(("Sydney", "Melbourne", "Brisbane", "Adelaide", "Perth")):
        return "AUD"
    if "$" in said:
        tally.remark("The file names no currency; $ was read as US dollars.")
        return "USD"
    raise FileProblem(
        Code.UNKNOWN_CURRENCY, "The file names no currency.", row.number, "total collected", said
    )
