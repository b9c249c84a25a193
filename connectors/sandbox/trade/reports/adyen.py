"""Adyen's settlement detail: interchange++ fees, everything settled in pounds, batches that end at nothing."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from connectors.sandbox.trade.movement import CHARGE, CHARGEBACK, FEE, REFUND, REVERSAL, Movement
from connectors.sandbox.trade.payout import Batch
from connectors.sandbox.trade.reports.rows import Row, table
from connectors.sandbox.worlds.orders import money

COMPANY, MERCHANT = "HearthHedge", "HearthHedge_ECOM"
COLUMNS = (
    "Company Account", "Merchant Account", "Psp Reference", "Merchant Reference", "Payment Method",
    "Creation Date", "TimeZone", "Type", "Modification Reference", "Gross Currency",
    "Gross Debit (GC)", "Gross Credit (GC)", "Exchange Rate", "Net Currency", "Net Debit (NC)",
    "Net Credit (NC)", "Commission (NC)", "Markup (NC)", "Scheme Fees (NC)", "Interchange (NC)",
    "Booking Date", "Batch Number", "Modification Merchant Reference",
)  # fmt: skip
_TYPES = {
    CHARGE: "Settled",
    REFUND: "Refunded",
    CHARGEBACK: "Chargeback",
    REVERSAL: "ChargebackReversed",
    FEE: "Fee",
}


def report(batches: Iterable[Batch], originals: dict[str, tuple[Movement, Decimal]]) -> bytes:
    """`originals` holds, by id, what the customer paid and the rate at which it was settled."""
    return table(COLUMNS, (row for batch in batches for row in _rows(batch, originals)))


def settled(movement: Movement, rate: Decimal) -> int:
    """In pence, what the movement comes to before fees."""
    return int((movement.amount * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _rows(batch: Batch, originals: dict[str, tuple[Movement, Decimal]]) -> Iterator[Row]:
    for movement in batch.movements:
        paid, rate = originals.get(movement.id, (movement, Decimal(1)))
        yield {**_row(movement, paid, rate), "Batch Number": batch.id}
    yield {
        **_named(),
        "Creation Date": f"{batch.paid_on} 02:10:00",
        "Type": "MerchantPayout",
        "Modification Reference": f"TX{int(batch.id):08d}XT, batch {batch.id}",
        "Net Currency": batch.currency,
        "Net Debit (NC)": money(batch.amount),
        "Booking Date": f"{batch.paid_on} 02:10:00",
        "Batch Number": batch.id,
    }


def _row(movement: Movement, paid: Movement, rate: Decimal) -> Row:
    interchange = movement.fee * 3 // 5
    scheme = (movement.fee - interchange) // 2
    changed = "" if movement.kind in (CHARGE, FEE) else movement.transaction
    return {
        **_named(),
        "Psp Reference": movement.parent or movement.transaction,
        "Merchant Reference": movement.reference,
        "Payment Method": "mc",
        "Creation Date": f"{movement.at:%Y-%m-%d %H:%M:%S}",
        "Type": _TYPES[movement.kind],
        "Modification Reference": changed or movement.transaction,
        "Gross Currency": paid.currency,
        **_sides("Gross", "(GC)", paid.amount),
        "Exchange Rate": str(rate),
        "Net Currency": movement.currency,
        **_sides("Net", "(NC)", movement.net),
        "Markup (NC)": money(movement.fee - interchange - scheme),
        "Scheme Fees (NC)": money(scheme),
        "Interchange (NC)": money(interchange),
        "Booking Date": f"{_booked(movement)} 03:00:00",
        "Modification Merchant Reference": movement.words if changed else "",
    }


def _booked(movement: Movement) -> date:
    return movement.at.date()


def _named() -> dict[str, str]:
    return {"Company Account": COMPANY, "Merchant Account": MERCHANT, "TimeZone": "UTC"}


def _sides(what: str, which: str, amount: int) -> dict[str, str]:
    side = "Credit" if amount >= 0 else "Debit"
    return {f"{what} {side} {which}": money(abs(amount))}
