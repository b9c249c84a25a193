"""Stripe's balance transactions: the API's list, its objects as rows, or the dashboard's export."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO, ClassVar

from connectors.gateways import moments
from connectors.gateways.delimited import table
from connectors.gateways.documents import Piece, pieces, row_of
from connectors.gateways.encoding import start_of
from connectors.gateways.footing import NO_TOTALS, Tally
from connectors.gateways.gateway import STRANGER, Event, Format, Recognition
from connectors.gateways.head import Head
from connectors.gateways.row import Row
from connectors.gateways.stripe_kinds import WORDS, digits, order_reference
from integration.records.payout import Footing, LineKind, PayoutLine

_NEEDED = frozenset(["id", "type", "source", "amount", "fee", "net", "currency"])
_LISTS = frozenset(["data"])


class StripeBalanceTransactions(Format):
    """The API counts in minor units, the dashboard's export ("Created (UTC)") in major ones."""

    slug = "stripe_balance_transactions"
    title = "Stripe, balance transactions"
    gateway = "stripe"
    columns: ClassVar = (
        _NEEDED | {"available on", "created", "exchange rate"},
        _NEEDED | {"created utc", "available on utc"},
    )

    def recognise(self, head: Head) -> Recognition:
        if head.names("balance_transaction") and head.names("net") and head.names("fee"):
            return Recognition(80, "It is a list of Stripe's balance transactions.")
        return super().recognise(head) if not head.is_json else STRANGER

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        stream.seek(0)
        if start_of(stream.read(64)).lstrip("\ufeff \r\n\t")[:1] in {"{", "["}:
            yield from _read_json(stream)
            return
        tally = Tally(self.gateway)
        for row in table(stream, _NEEDED):
            yield tally.add(_line(row, row.text("payout id", "transfer"), ""))
        yield from tally.close()


def _read_json(stream: BinaryIO) -> Iterator[Event]:
    only = _only_payout(stream)
    tally = Tally("stripe")
    more = False
    for piece in pieces(stream, _LISTS):
        if piece.number:
            yield tally.add(_line(row_of(piece), only, _tax(piece)))
        elif piece.path.endswith("has_more"):
            more = piece.value is True
    if more:
        yield from tally.close(
            Footing.PART, "This is one page of a longer list: the file says there are more."
        )
    else:
        yield from tally.close() if only else tally.close(Footing.NO_TOTALS, NO_TOTALS)


def _only_payout(stream: BinaryIO) -> str:
    """The payout all lines belong to: the list has one, and with it comes to nothing."""
    payouts: list[str] = []
    total = 0
    for piece in pieces(stream, _LISTS):
        if piece.number and isinstance(piece.value, dict):
            row = row_of(piece)
            total += int(row.minor("net", digits=0))
            if row.text("type") == "payout" and len(payouts) < 2:
                payouts.append(row.text("source", "source id"))
    return payouts[0] if len(payouts) == 1 and total == 0 else ""


def _tax(piece: Piece) -> str:
    details = piece.value.get("fee_details") if isinstance(piece.value, dict) else None
    listed = [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []
    taxes = [one.get("amount", 0) for one in listed if one.get("type") == "tax"]
    return str(sum(one for one in taxes if isinstance(one, int))) if taxes else ""


def _line(row: Row, payout_id: str, tax: str) -> PayoutLine:
    currency = row.currency("currency")
    kind = row.kind(WORDS, "type")
    source = row.text("source", "source id")
    rate = row.text("exchange rate")
    whole = not row.has("created utc")

    def money(name: str) -> Decimal:
        if whole:
            return row.needed_minor(name, currency=currency, digits=digits(currency))
        return row.needed_amount(name)

    is_payout = kind is LineKind.PAYOUT
    return PayoutLine(
        line_id=row.text("id"),
        gateway="stripe",
        account=row.text("connected account id", "connected account"),
        payout_id=payout_id or (source if is_payout and source.startswith("po_") else ""),
        kind=kind,
        currency=currency,
        gross=money("amount"),
        fee=money("fee"),
        fee_tax=Row(row.number, {"tax": tax}).minor("tax", currency=currency),
        net=money("net"),
        occurred_at=_moment(row, "created utc", "created"),
        available_on=_moment(row, "available on utc", "available on").date(),
        reference=order_reference(row),
        transaction_id=source,
        description=row.text("description"),
        rate=row.amount("exchange rate") if rate else None,
        row=row.number,
    )


def _moment(row: Row, *names: str) -> datetime:
    said = row.text(*names)
    try:
        return moments.epoch(said) if said.isdigit() else row.moment(*names)
    except ValueError as error:
        raise row.bad_date(said, names[0]) from error
