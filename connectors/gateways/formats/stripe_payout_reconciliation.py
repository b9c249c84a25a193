"""Stripe's itemised payout reconciliation: decimals in major units, columns as its owner chose."""

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, ClassVar

from connectors.gateways.delimited import table
from connectors.gateways.footing import Tally
from connectors.gateways.gateway import Event, Format
from connectors.gateways.row import Row
from connectors.gateways.stripe_kinds import WORDS, order_reference
from integration.records.payout import LineKind, PayoutLine

_PAYOUT = ("automatic payout id", "payout id")
_PAID = ("automatic payout effective at utc", "automatic payout effective at", "effective at utc",
         "effective at")  # fmt: skip
_WHEN = ("created utc", "created", "available on utc", "available on", *_PAID)


class StripePayoutReconciliation(Format):
    """Σ net of a payout's lines is the payout. Without a payout row the report states no total."""

    slug = "stripe_payout_reconciliation"
    title = "Stripe, itemised payout reconciliation"
    gateway = "stripe"
    columns: ClassVar = (
        frozenset(["balance transaction id", "gross", "net", "currency", "reporting category"]),
        frozenset(
            ["automatic payout id", "balance transaction id", "gross", "net", "currency",
             "reporting category"]
        ),
    )  # fmt: skip

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        tally = Tally(self.gateway)
        for row in table(stream, self.columns[0]):
            yield tally.add(_line(row))
            if not row.has("created utc", "available on utc", "automatic payout effective at utc"):
                tally.remark("The times are in the report's own time zone and read as UTC.")
        yield from tally.close()


def _line(row: Row) -> PayoutLine:
    currency = row.currency("currency")
    kind = row.kind(WORDS, "reporting category")
    payout_id = row.text(*_PAYOUT)
    if kind is LineKind.PAYOUT:
        payout_id = payout_id or row.text("source id")
    original = row.text("customer facing currency")
    gross, net = row.needed_amount("gross"), row.needed_amount("net")
    return PayoutLine(
        line_id=row.text("balance transaction id"),
        gateway="stripe",
        account=row.text("connected account", "connected account id"),
        payout_id=payout_id,
        kind=kind,
        currency=currency,
        gross=gross,
        fee=row.amount("fee") if row.has("fee") else gross - net,
        net=net,
        occurred_at=row.moment(*_WHEN) if row.has(*_WHEN) else None,
        available_on=row.day(*_PAID, "available on utc", "available on"),
        reference=order_reference(row),
        transaction_id=row.text("payment intent id", "charge id", "source id"),
        parent_transaction_id=row.text("charge id"),
        customer_email=row.text("customer email"),
        description=row.text("description"),
        original_amount=_like(gross, row.amount("customer facing amount")) if original else None,
        original_currency=row.currency("customer facing currency") if original else "",
        row=row.number,
    )  # fmt: skip


def _like(gross: Decimal, original: Decimal) -> Decimal:
    """What the customer paid or got back, with the sign of what moved here."""
    return -abs(original) if gross < 0 else original
