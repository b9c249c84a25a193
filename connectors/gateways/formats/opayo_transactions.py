"""Opayo's (Sage Pay's) transactions and settlements as a table, columns by name."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, ClassVar
from zoneinfo import ZoneInfo

from connectors.gateways import moments
from connectors.gateways.delimited import table
from connectors.gateways.footing import Tally
from connectors.gateways.gateway import Event, Format
from connectors.gateways.line_ids import LineIds
from connectors.gateways.row import Row
from integration.records.payout import LineKind, PayoutLine

_LONDON = ZoneInfo("Europe/London")
_KINDS = {
    "payment": LineKind.CHARGE,
    "sale": LineKind.CHARGE,
    "authorise": LineKind.CHARGE,
    "release": LineKind.CHARGE,
    "repeat": LineKind.CHARGE,
    "manual": LineKind.CHARGE,
    "directrefund": LineKind.REFUND,
    "refund": LineKind.REFUND,
    "chargeback": LineKind.CHARGEBACK,
    "chargeback reversal": LineKind.CHARGEBACK_REVERSAL,
    "fee": LineKind.FEE,
    "adjustment": LineKind.ADJUSTMENT,
    "settlement": LineKind.PAYOUT,
    "payout": LineKind.PAYOUT,
}
_REFERENCE = ("vendortxcode", "vendor tx code")
_TYPE = ("transactiontype", "transaction type", "tx type", "txtype", "type")
_WHEN = ("started", "transaction date", "date", "received", "completed")
_BATCH = ("settlement id", "batchid", "batch id", "settlement batch", "batch")


class OpayoTransactions(Format):
    """Refunds may be written without a sign; British local time, the day first."""

    slug = "opayo_transactions"
    title = "Opayo, settlement transactions"
    gateway = "opayo"
    columns: ClassVar = tuple(
        frozenset([reference, kind, "amount", "currency"])
        for reference in _REFERENCE
        for kind in _TYPE
    )

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        tally, names = Tally(self.gateway), LineIds()
        for row in table(stream, frozenset(["amount", "currency"])):
            yield tally.add(_line(row, names))
        yield from tally.close()


def _line(row: Row, names: LineIds) -> PayoutLine:
    kind = row.kind(_KINDS, *_TYPE)
    currency = row.currency("currency")
    gross = row.needed_amount("amount")
    if kind in {LineKind.REFUND, LineKind.CHARGEBACK, LineKind.FEE, LineKind.PAYOUT}:
        gross = -abs(gross)
    fee = abs(row.amount("fee", "fees", "total fee"))
    own = row.text("vpstxid", "vps tx id", "transaction id", "opayo transaction id")
    said = row.text(*_WHEN)
    order = moments.order_of([said.split(" ")[0]])
    order = order if order is moments.Order.YEAR_FIRST else moments.Order.DAY_FIRST
    return PayoutLine(
        line_id=own or names.of(row.text(*_REFERENCE), kind.value, gross, said),
        gateway="opayo",
        account=row.text("vendor", "vendor name", "vendorname"),
        payout_id=row.text(*_BATCH),
        kind=kind,
        currency=currency,
        gross=gross,
        fee=fee,
        net=row.amount("net", "net amount") if row.text("net", "net amount") else gross - fee,
        occurred_at=_moment(row, said, order),
        available_on=row.day("settlement date", "settled on", "batch date", order=order),
        reference=row.text(*_REFERENCE),
        transaction_id=own,
        parent_transaction_id=row.text("related vendor tx code", "relatedvendortxcode"),
        customer_email=row.text("customer email", "customeremail", "email"),
        description=row.text("description"),
        row=row.number,
    )


def _moment(row: Row, said: str, order: moments.Order) -> datetime:
    when, _, clock = said.partition(" ")
    try:
        return moments.at(moments.day(when, order), clock, _LONDON)
    except ValueError as error:
        raise row.bad_date(said, _WHEN[0]) from error
