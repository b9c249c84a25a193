"""PayPal's settlement report: tagged rows in minor units, with footers that count and add up."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from connectors.sandbox.trade.movement import CHARGE, CHARGEBACK, FEE, REFUND, REVERSAL, Movement
from connectors.sandbox.trade.payout import Batch
from connectors.sandbox.trade.reports.rows import lines

ACCOUNT = "8QF2PLX7DESK4"
_COLUMNS = (
    "Transaction ID", "Invoice ID", "PayPal Reference ID", "PayPal Reference ID Type",
    "Transaction Event Code", "Transaction Initiation Date", "Transaction Completion Date",
    "Transaction Debit or Credit", "Gross Transaction Amount", "Gross Transaction Currency",
    "Fee Debit or Credit", "Fee Amount", "Fee Currency", "Custom Field", "Consumer ID",
)  # fmt: skip
_EVENTS = {CHARGE: "T0006", REFUND: "T1107", CHARGEBACK: "T1201", REVERSAL: "T1202", FEE: "T0106"}
Cells = Sequence[str]


def report(movements: Sequence[Movement], paid: Sequence[Batch], days: tuple[date, date]) -> bytes:
    """What moved in these days, withdrawals to the bank among it."""
    dated = [(movement.at, _body(movement)) for movement in movements]
    dated += [(_paid_at(batch), _withdrawal(batch)) for batch in paid]
    body = [cells for _, cells in sorted(dated, key=lambda one: (one[0], one[1]))]
    return lines(_report(body, days))


def _report(body: Sequence[Cells], days: tuple[date, date]) -> Iterator[Cells]:
    first, last = (_stamp(datetime.combine(day, time(0), tzinfo=UTC)) for day in days)
    made = _stamp(datetime.combine(days[1] + timedelta(days=1), time(4), tzinfo=UTC))
    totals = list(_totals(body))
    yield ("RH", made, "A", ACCOUNT, "010")
    yield ("FH", "01")
    yield ("SH", first, last, ACCOUNT, "")
    yield ("CH", *_COLUMNS)
    yield from body
    for footer in ("SF", "RF", "FF"):
        for cells in totals:
            yield (footer, *cells)
        yield (f"{footer[0]}C", str(len(body)))


def _body(movement: Movement) -> Cells:
    at = _stamp(movement.at)
    return (
        "SB", movement.transaction, movement.reference, movement.parent,
        "TXN" if movement.parent else "", _EVENTS[movement.kind], at, at,
        *_sides(movement.amount, movement.currency), *_sides(-movement.fee, movement.currency),
        movement.words, "",
    )  # fmt: skip


def _withdrawal(batch: Batch) -> Cells:
    at = _stamp(_paid_at(batch))
    return (
        "SB", batch.id, "", "", "", "T0400", at, at,
        *_sides(-batch.amount, batch.currency), *_sides(0, batch.currency),
        "Withdrawal to the bank", "",
    )  # fmt: skip


def _sides(amount: int, currency: str) -> Cells:
    return ("CR" if amount > 0 else "DR", str(abs(amount)), currency)


def _totals(body: Iterable[Cells]) -> Iterator[Cells]:
    """For each currency: gross credits and debits, then credits and debits of the fees."""
    sums: dict[str, dict[str, int]] = {}
    for cells in body:
        side, gross, currency, fee_side, fee = cells[8:13]
        own = sums.setdefault(currency, dict.fromkeys(("CR", "DR", "fee CR", "fee DR"), 0))
        own[side] += int(gross)
        own[f"fee {fee_side}"] += int(fee)
    for currency, own in sorted(sums.items()):
        yield (currency, *map(str, own.values()))


def _paid_at(batch: Batch) -> datetime:
    return datetime.combine(batch.paid_on, time(23, 50), tzinfo=UTC)


def _stamp(at: datetime) -> str:
    return f"{at:%Y/%m/%d %H:%M:%S} +0000"
