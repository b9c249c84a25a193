"""GoCardless, the transactions of a payout as its dashboard exports them: gross, fees and net."""

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, ClassVar

from connectors.gateways.delimited import table
from connectors.gateways.footing import ZERO, Tally
from connectors.gateways.gateway import Event, Format
from connectors.gateways.line_ids import LineIds
from connectors.gateways.row import Row
from integration.records.payout import LineKind, PayoutLine

_NEEDED = frozenset(["resources type", "gross amount", "net amount", "currency", "payouts id"])
_KINDS = {
    "payment": LineKind.CHARGE,
    "refund": LineKind.REFUND,
    "chargeback": LineKind.CHARGEBACK,
    "charged back": LineKind.CHARGEBACK,
    "failure": LineKind.CHARGEBACK,
    "payment failure": LineKind.CHARGEBACK,
    "fee": LineKind.FEE,
    "adjustment": LineKind.ADJUSTMENT,
    "credit": LineKind.ADJUSTMENT,
    "debit": LineKind.ADJUSTMENT,
}
_FEES = ("gocardless fees", "app fees", "surcharge fees")
_TAKEN = frozenset([LineKind.REFUND, LineKind.CHARGEBACK, LineKind.FEE])


class GoCardlessPayoutBreakdown(Format):
    """A payment that failed or was charged back after all comes as a payment taken again."""

    slug = "gocardless_payout_breakdown"
    title = "GoCardless, payout breakdown"
    gateway = "gocardless"
    columns: ClassVar = (_NEEDED,)

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        tally, names = Tally(self.gateway), LineIds()
        for row in table(stream, _NEEDED):
            yield tally.add(_line(row, names))
        yield from tally.close()


def _line(row: Row, names: LineIds) -> PayoutLine:
    currency = row.currency("currency")
    kind = row.kind(_KINDS, "resources type")
    gross, net = row.needed_amount("gross amount"), row.needed_amount("net amount")
    if kind in _TAKEN and gross > 0:
        gross, net = -gross, net if net < 0 else -net
    if kind is LineKind.CHARGE and gross < 0:
        kind = LineKind.CHARGEBACK
    payout, payment, refund = (
        row.text(f"{name} id") for name in ("payouts", "payments", "refunds")
    )
    tax = _tax(row)
    return PayoutLine(
        line_id=names.of(row.text("resources type"), payout, payment, refund, gross, net),
        gateway="gocardless",
        payout_id=payout,
        kind=kind,
        currency=currency,
        gross=gross,
        fee=_fee(row, gross - net, tax),
        fee_tax=tax,
        net=net,
        occurred_at=row.moment("resources created at") if row.text("resources created at") else None,
        available_on=row.day("payouts arrival date"),
        reference=row.text(
            "payments metadata order id", "resources reference", "resources description"
        ),
        transaction_id=refund or payment,
        parent_transaction_id=payment if refund or kind is LineKind.CHARGEBACK else "",
        customer_email=row.text("customers email"),
        description=row.text("resources description", "resources type"),
        row=row.number,
    )  # fmt: skip


def _tax(row: Row) -> Decimal:
    names = [name for name in row.cells if "fee" in name and name.endswith((" tax", " vat"))]
    return sum((abs(row.amount(name)) for name in names), ZERO)


def _fee(row: Row, kept: Decimal, tax: Decimal) -> Decimal:
    """The fees as stated, whichever their sign, with or without the VAT on them."""
    fees = sum((abs(row.amount(name)) for name in _FEES), ZERO)
    return kept if abs(kept) in {fees, fees + tax} else fees
