"""Klarna's words for kinds of row, their signs, and totals that have no rows."""

from collections.abc import Iterator
from decimal import Decimal

from connectors.gateways.amounts import Mark
from connectors.gateways.footing import Tally
from connectors.gateways.line_ids import LineIds
from connectors.gateways.row import Row
from integration.records.payout import LineKind, PayoutLine

ZERO = Decimal(0)
_KINDS = {
    "sale": LineKind.CHARGE,
    "return": LineKind.REFUND,
    "fee": LineKind.FEE,
    "fee correction": LineKind.FEE,
    "fee refund": LineKind.FEE,
    "tax": LineKind.FEE,
    "commission": LineKind.OTHER,
    "commission reversal": LineKind.OTHER,
    "reversal": LineKind.CHARGEBACK,
    "reversal merchant protection": LineKind.CHARGEBACK_REVERSAL,
    "correction": LineKind.ADJUSTMENT,
    "charge": LineKind.ADJUSTMENT,
    "credit": LineKind.ADJUSTMENT,
    "holdback": LineKind.RESERVE,
    "release": LineKind.RESERVE_RELEASE,
    "repay": LineKind.RESERVE,
    "opening debt balance": LineKind.TRANSFER,
    "closing debt balance": LineKind.TRANSFER,
    "payout": LineKind.PAYOUT,
}
_TAKEN = frozenset(
    ["return", "fee", "tax", "reversal", "charge", "holdback", "repay", "commission reversal"]
)
_ONLY_TOTALS = (("tax", -1), ("repay", -1), ("fee correction", 1))


def line_of(
    row: Row, amount: Decimal, tax: Decimal, currency: str, payout: str, names: LineIds
) -> PayoutLine:
    """Klarna writes a return or a fee without a sign; what is taken is negative here."""
    kind = row.kind(_KINDS, "type")
    word = row.text("type").replace("_", " ").casefold()
    signed = -abs(amount) if word in _TAKEN else amount
    when = row.text("sale date", "capture date", "posting date", "date")
    return PayoutLine(
        line_id=names.of(
            payout, word, row.text("capture id"), row.text("refund id"), row.text("order id"),
            row.text("short order id"), row.text("merchant reference1"), amount,
            row.text("detailed type"),
        ),
        gateway="klarna",
        account=row.text("merchant id"),
        payout_id=payout,
        kind=kind,
        currency=currency,
        gross=signed,
        fee_tax=abs(tax),
        net=signed,
        occurred_at=row.moment("capture date", "sale date", "posting date", "date")
        if when else None,
        available_on=row.day("payout date"),
        reference=row.text("merchant reference1", "merchant reference2"),
        transaction_id=row.text("refund id", "capture id", "order id"),
        parent_transaction_id=row.text("order id"),
        description=row.text("detailed type", "type"),
        row=row.number,
    )  # fmt: skip


def unlisted(
    summary: Row, mark: Mark, payout: str, currency: str, tally: Tally
) -> Iterator[PayoutLine]:
    """Lines for what only the summary tells: the VAT on fees, debts paid back, corrected fees."""
    for word, sign in _ONLY_TOTALS:
        amount = summary.amount(f"total {word} amount", f"{word} amount", mark=mark)
        if not amount:
            continue
        signed = abs(amount) * sign
        yield tally.add(
            PayoutLine(
                line_id=f"{payout}:{word}",
                gateway="klarna",
                payout_id=payout,
                kind=_KINDS[word],
                currency=currency,
                gross=signed,
                net=signed,
                fee_tax=abs(amount) if word == "tax" else ZERO,
                occurred_at=summary.moment("payout date", "settlement date"),
                description="VAT on fees" if word == "tax" else word.capitalize(),
                row=summary.number,
            )
        )
