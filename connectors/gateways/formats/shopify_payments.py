"""Shopify Payments: the payout transactions as a table, or as the API lists them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, ClassVar

from connectors.gateways.delimited import table
from connectors.gateways.documents import pieces, row_of
from connectors.gateways.encoding import start_of
from connectors.gateways.footing import Tally
from connectors.gateways.gateway import Event, Format, Recognition
from connectors.gateways.head import Head
from connectors.gateways.line_ids import LineIds
from connectors.gateways.row import Row
from integration.records.payout import LineKind, PayoutLine

_NEEDED = frozenset(["transaction date", "type", "order", "amount", "fee", "net", "currency"])
_KINDS = {
    "charge": LineKind.CHARGE,
    "sale": LineKind.CHARGE,
    "refund": LineKind.REFUND,
    "refund failure": LineKind.REFUND,
    "dispute": LineKind.CHARGEBACK,
    "chargeback": LineKind.CHARGEBACK,
    "chargeback won": LineKind.CHARGEBACK_REVERSAL,
    "chargeback reversal": LineKind.CHARGEBACK_REVERSAL,
    "dispute reversal": LineKind.CHARGEBACK_REVERSAL,
    "adjustment": LineKind.ADJUSTMENT,
    "debit": LineKind.ADJUSTMENT,
    "credit": LineKind.ADJUSTMENT,
    "fee": LineKind.FEE,
    "chargeback fee": LineKind.FEE,
    "reserve": LineKind.RESERVE,
    "reserved funds": LineKind.RESERVE,
    "payout": LineKind.PAYOUT,
    "payout failure": LineKind.PAYOUT,
    "payout cancellation": LineKind.PAYOUT,
    "transfer": LineKind.TRANSFER,
    "shop cash": LineKind.OTHER,
    "shop cash credit": LineKind.OTHER,
    "tax adjustment": LineKind.ADJUSTMENT,
}


class ShopifyPayments(Format):
    """Net is amount less fee; some adjustments state the fee as a negative cost."""

    slug = "shopify_payments"
    title = "Shopify Payments, payout transactions"
    gateway = "shopify"
    columns: ClassVar = (_NEEDED, _NEEDED | {"payout status", "payout date"})

    def recognise(self, head: Head) -> Recognition:
        if head.names("payout_id") and head.names("source_order_id"):
            return Recognition(80, "It is a list of Shopify's payout transactions.")
        return super().recognise(head)

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        tally, names = Tally(self.gateway), LineIds()
        stream.seek(0)
        if start_of(stream.read(64)).lstrip("\ufeff \r\n\t")[:1] in {"{", "["}:
            items = pieces(stream, frozenset(["transactions"]))
            rows: Iterator[Row] = (row_of(piece) for piece in items if piece.number)
        else:
            rows = table(stream, _NEEDED)
        for row in rows:
            yield tally.add(_line(row, names))
        yield from tally.close()


def _line(row: Row, names: LineIds) -> PayoutLine:
    currency = row.currency("currency")
    gross, net = row.needed_amount("amount"), row.needed_amount("net")
    when = ("transaction date", "processed at")
    kind = row.kind(_KINDS, "type")
    if kind is LineKind.RESERVE and net > 0:
        kind = LineKind.RESERVE_RELEASE
    original = row.text("presentment currency")
    return PayoutLine(
        line_id=row.text("id")
        or names.of(*(row.text(name) for name in
                      ("transaction date", "type", "order", "checkout", "amount", "fee"))),
        gateway="shopify",
        account=row.text("business entity id"),
        payout_id=_payout(row),
        kind=kind,
        currency=currency,
        gross=gross,
        fee=_fee(row, gross, net),
        fee_tax=row.amount("vat"),
        net=net,
        occurred_at=row.moment(*when),
        available_on=row.day("payout date", "available on"),
        reference=row.text("order", "source order id"),
        transaction_id=row.text("checkout", "source order transaction id", "source id"),
        description=row.text("payment method name", "source type"),
        original_amount=_like(gross, row.amount("presentment amount")) if original else None,
        original_currency=row.currency("presentment currency") if original else "",
        row=row.number,
    )  # fmt: skip


def _payout(row: Row) -> str:
    """Older exports name no payout: there is one a day, and so its day names it."""
    if row.has("payout id"):
        return row.text("payout id")
    day = row.day("payout date") if row.text("payout status").casefold() == "paid" else None
    return day.isoformat() if day else ""


def _like(gross: Decimal, original: Decimal) -> Decimal:
    """Refunds state what the customer got back without a sign."""
    return -abs(original) if gross < 0 else original


def _fee(row: Row, gross: Decimal, net: Decimal) -> Decimal:
    stated = row.amount("fee")
    return -stated if gross + stated == net else stated
