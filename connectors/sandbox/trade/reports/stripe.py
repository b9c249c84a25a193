"""Stripe's itemised payout reconciliation: a row for each movement, and one for the payout."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time

from connectors.sandbox.trade.movement import CHARGE, CHARGEBACK, FEE, REFUND, REVERSAL, Movement
from connectors.sandbox.trade.payout import Batch
from connectors.sandbox.trade.reports.rows import Row, table
from connectors.sandbox.worlds.orders import money

COLUMNS = (
    "automatic_payout_id", "automatic_payout_effective_at_utc", "balance_transaction_id",
    "created_utc", "available_on_utc", "currency", "gross", "fee", "net", "reporting_category",
    "source_id", "description", "charge_id", "payment_intent_id", "customer_email",
    "payment_metadata[order_id]",
)  # fmt: skip
_CATEGORIES = {
    CHARGE: "charge",
    REFUND: "refund",
    CHARGEBACK: "dispute",
    REVERSAL: "dispute_reversal",
    FEE: "fee",
}
_SOURCES = {CHARGE: "ch_", REFUND: "re_", CHARGEBACK: "dp_", REVERSAL: "dp_", FEE: "fee_"}


def report(batches: Iterable[Batch]) -> bytes:
    return table(COLUMNS, (row for batch in batches for row in _rows(batch)))


def _rows(batch: Batch) -> Iterator[Row]:
    paid = _stamp(datetime.combine(batch.paid_on, time(0), tzinfo=UTC))
    for movement in batch.movements:
        yield {
            "automatic_payout_id": batch.id,
            "automatic_payout_effective_at_utc": paid,
            **_row(movement, batch.paid_on),
        }
    yield {
        "automatic_payout_id": batch.id,
        "automatic_payout_effective_at_utc": paid,
        "balance_transaction_id": f"txn_{batch.id[3:]}",
        "created_utc": paid,
        "available_on_utc": paid,
        "currency": batch.currency.lower(),
        "gross": money(-batch.amount),
        "fee": "0.00",
        "net": money(-batch.amount),
        "reporting_category": "payout",
        "source_id": batch.id,
        "description": "STRIPE PAYOUT",
    }


def _row(movement: Movement, paid_on: date) -> Row:
    sale = movement.parent or movement.transaction
    own = movement.kind == FEE
    return {
        "balance_transaction_id": f"txn_{movement.id}",
        "created_utc": _stamp(movement.at),
        "available_on_utc": f"{paid_on} 00:00:00",
        "currency": movement.currency.lower(),
        "gross": money(movement.amount),
        "fee": money(movement.fee),
        "net": money(movement.net),
        "reporting_category": _CATEGORIES[movement.kind],
        "source_id": f"{_SOURCES[movement.kind]}{movement.id}",
        "description": movement.words,
        "charge_id": "" if own else f"ch_{sale[-12:]}",
        "payment_intent_id": movement.transaction if movement.kind in (CHARGE, FEE) else "",
        "customer_email": "" if own else movement.email,
        "payment_metadata[order_id]": movement.reference,
    }


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
