"""Worldpay's settlement table: event, gross, commission and net per order."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import BinaryIO, ClassVar

from connectors.gateways import moments
from connectors.gateways.delimited import table
from connectors.gateways.footing import Tally
from connectors.gateways.gateway import Event, Format
from connectors.gateways.line_ids import LineIds
from connectors.gateways.row import Row
from integration.records.payout import LineKind, PayoutLine

_KINDS = {
    "settled": LineKind.CHARGE,
    "captured": LineKind.CHARGE,
    "settled by merchant": LineKind.CHARGE,
    "sale": LineKind.CHARGE,
    "refunded": LineKind.REFUND,
    "refund": LineKind.REFUND,
    "refunded by merchant": LineKind.REFUND,
    "refund failed": LineKind.REFUND,
    "refund reversed": LineKind.REFUND,
    "charged back": LineKind.CHARGEBACK,
    "chargeback": LineKind.CHARGEBACK,
    "chargeback reversed": LineKind.CHARGEBACK_REVERSAL,
    "charge back reversed": LineKind.CHARGEBACK_REVERSAL,
    "fee": LineKind.FEE,
    "charge": LineKind.FEE,
    "commission": LineKind.FEE,
    "adjustment": LineKind.ADJUSTMENT,
    "reserve": LineKind.RESERVE,
    "reserve released": LineKind.RESERVE_RELEASE,
    "transfer": LineKind.PAYOUT,
    "payout": LineKind.PAYOUT,
    "payment to merchant": LineKind.PAYOUT,
}
_NEEDED = frozenset(["merchant code"])
_EVENT = ("event", "event type", "status", "last event", "payment status")
_ORDER = ("order code", "ordercode", "merchant order code")
_GROSS = ("gross", "gross amount", "settlement amount", "amount")
_NET = ("net", "net amount")
_FEE = ("commission", "commission amount", "total commission", "fee", "fees")
_CURRENCY = ("settlement currency", "currency", "currency code", "transfer currency")
_WHEN = ("event date", "date", "transaction date", "settlement date", "booking date")
_BATCH = ("batch id", "batch", "transfer id", "transfer reference", "settlement reference")


class WorldpaySettlement(Format):
    """Refunds and charge backs may be written without a sign: the net tells."""

    slug = "worldpay_settlement"
    title = "Worldpay, settlement"
    gateway = "worldpay"
    columns: ClassVar = tuple(
        frozenset(["merchant code", order, event, net])
        for order in _ORDER
        for event in _EVENT
        for net in _NET
    )

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        tally, names, order = Tally(self.gateway), LineIds(), _order(stream)
        for row in table(stream, _NEEDED):
            yield tally.add(_line(row, names, order))
        yield from tally.close()


def _order(stream: BinaryIO) -> moments.Order:
    """How the whole file writes its days: as the first one that can be read in one way only."""
    for row in table(stream, _NEEDED):
        if found := moments.order_of([_day_of(row.text(*_WHEN))]):
            return found
    return moments.Order.DAY_FIRST


def _day_of(said: str) -> str:
    return said.split(" ")[0].split("T")[0]


def _line(row: Row, names: LineIds, order: moments.Order) -> PayoutLine:
    currency = row.currency(*_CURRENCY)
    kind = row.kind(_KINDS, *_EVENT)
    gross, net = row.needed_amount(*_GROSS), row.needed_amount(*_NET)
    fee = row.amount(*_FEE)
    gross, fee = _signed(gross, fee, net)
    said = row.text(*_WHEN)
    return PayoutLine(
        line_id=names.of(row.text(*_BATCH), row.text(*_ORDER), row.text(*_EVENT), said, gross, net),
        gateway="worldpay",
        account=row.text("merchant code"),
        payout_id=row.text(*_BATCH),
        kind=kind,
        currency=currency,
        gross=gross,
        fee=fee,
        net=net,
        occurred_at=_moment(row, said, order),
        available_on=row.day("transfer date", "settlement date", order=order),
        reference=row.text(*_ORDER),
        transaction_id=row.text("transaction id", "acquirer reference", "payment id"),
        description=row.text("payment method", "card type", "description"),
        row=row.number,
    )


def _signed(gross: Decimal, fee: Decimal, net: Decimal) -> tuple[Decimal, Decimal]:
    """The signs under which gross less commission is the stated net; as stated when none are."""
    for one in (gross, -gross):
        for other in (fee, -fee):
            if one - other == net:
                return one, other
    return gross, fee


def _moment(row: Row, said: str, order: moments.Order) -> datetime:
    try:
        if order is moments.Order.YEAR_FIRST:
            return moments.moment(said)
        when, _, clock = said.partition(" ")
        return moments.at(moments.day(when, order), clock, UTC)
    except ValueError as error:
        raise row.bad_date(said, _WHEN[0]) from error
