"""Worldpay's settlement table: a row for each event, and one for what was transferred."""

from collections.abc import Iterable, Iterator
from datetime import date

from connectors.sandbox.trade.movement import CHARGE, CHARGEBACK, FEE, REFUND, REVERSAL, Movement
from connectors.sandbox.trade.payout import Batch
from connectors.sandbox.trade.reports.rows import Row, table
from connectors.sandbox.worlds.orders import money

MERCHANT = "HEARTHHEDGE"
COLUMNS = (
    "Merchant Code", "Order Code", "Event", "Event Date", "Payment Method", "Currency", "Gross",
    "Commission", "Net", "Batch Id", "Transfer Date", "Transaction Id",
)  # fmt: skip
_EVENTS = {
    CHARGE: "SETTLED",
    REFUND: "REFUNDED",
    CHARGEBACK: "CHARGED_BACK",
    REVERSAL: "CHARGEBACK_REVERSED",
    FEE: "FEE",
}


def report(batches: Iterable[Batch]) -> bytes:
    return table(COLUMNS, (row for batch in batches for row in _rows(batch)))


def fees(month: Iterable[tuple[Movement, str, date]]) -> bytes:
    """The bill for a month: each fee under the batch by which it is taken from the bank."""
    return table(COLUMNS, (_row(fee, batch, day) for fee, batch, day in month))


def _rows(batch: Batch) -> Iterator[Row]:
    for movement in batch.movements:
        yield _row(movement, batch.id, batch.paid_on)
    yield {
        "Merchant Code": MERCHANT,
        "Event": "PAYMENT_TO_MERCHANT",
        "Event Date": f"{batch.paid_on} 06:00:00",
        "Currency": batch.currency,
        "Gross": money(-batch.amount),
        "Commission": "0.00",
        "Net": money(-batch.amount),
        "Batch Id": batch.id,
        "Transfer Date": batch.paid_on.isoformat(),
        "Transaction Id": batch.id,
    }


def _row(movement: Movement, batch: str, paid_on: date) -> Row:
    return {
        "Merchant Code": MERCHANT,
        "Order Code": movement.reference,
        "Event": _EVENTS[movement.kind],
        "Event Date": f"{movement.at:%Y-%m-%d %H:%M:%S}",
        "Payment Method": movement.words if movement.kind == FEE else "VISA-SSL",
        "Currency": movement.currency,
        "Gross": money(movement.amount),
        "Commission": money(movement.fee),
        "Net": money(movement.net),
        "Batch Id": batch,
        "Transfer Date": paid_on.isoformat(),
        "Transaction Id": movement.transaction,
    }
