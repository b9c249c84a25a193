"""Mollie's balance transactions as its API lists them: result = initial + deductions."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from connectors.gateways.documents import counted, pieces, row_of
from connectors.gateways.footing import NO_TOTALS, Tally
from connectors.gateways.gateway import STRANGER, Event, Format, Recognition
from connectors.gateways.head import Head
from connectors.gateways.problems import does_not_foot, unknown_row_type, wrong_count
from connectors.gateways.row import Row
from integration.records.payout import Footing, LineKind, PayoutLine

_WORDS = (
    ("returned", LineKind.ADJUSTMENT),
    ("reversed", LineKind.ADJUSTMENT),
    ("chargeback reversal", LineKind.CHARGEBACK_REVERSAL),
    ("refund chargeback", LineKind.CHARGEBACK),
    ("chargeback", LineKind.CHARGEBACK),
    ("unauthorized direct debit", LineKind.CHARGEBACK),
    ("failed payment", LineKind.CHARGEBACK),
    ("failed", LineKind.ADJUSTMENT),
    ("canceled", LineKind.ADJUSTMENT),
    ("refund", LineKind.REFUND),
    ("outgoing transfer", LineKind.PAYOUT),
    ("incoming transfer", LineKind.TRANSFER),
    ("transfer", LineKind.TRANSFER),
    ("reserve", LineKind.RESERVE),
    ("capture", LineKind.CHARGE),
    ("payment", LineKind.CHARGE),
    ("fee", LineKind.FEE),
    ("invoice", LineKind.FEE),
    ("deduction", LineKind.FEE),
    ("rounding", LineKind.ADJUSTMENT),
    ("correction", LineKind.ADJUSTMENT),
    ("compensation", LineKind.ADJUSTMENT),
    ("movement", LineKind.TRANSFER),
    ("loan", LineKind.OTHER),
    ("repayment", LineKind.OTHER),
)


class MollieBalanceTransactions(Format):
    """A page of the list counts its own items and names the next page."""

    slug = "mollie_balance_transactions"
    title = "Mollie, balance transactions"
    gateway = "mollie"

    def recognise(self, head: Head) -> Recognition:
        if head.names("balance_transactions") and head.names("resultAmount"):
            return Recognition(85, "It is a list of Mollie's balance transactions.")
        return STRANGER

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        tally = Tally(self.gateway)
        items, around = 0, {}
        for piece in pieces(stream, frozenset(["balance_transactions"])):
            if piece.number:
                items += 1
                yield tally.add(_line(row_of(piece)))
            else:
                around[piece.path] = piece.value
        yield from _close(tally, items, around)


def _close(tally: Tally, items: int, around: dict[str, Any]) -> Iterator[Event]:
    stated = counted(around.get("count"))
    if stated is not None and stated != items:
        problem = wrong_count("The list", stated, items)
        problem.footed = tally.footed(Footing.PART, "")
        raise problem
    if around.get("_links.next.href"):
        yield from tally.close(
            Footing.PART, "This is one page of a longer list: the file names the next one."
        )
    else:
        yield from tally.close(Footing.NO_TOTALS, NO_TOTALS)


def _kind(row: Row) -> LineKind:
    said = row.text("type").replace("-", " ").replace("_", " ")
    for word, kind in _WORDS:
        if word in said:
            return kind
    raise unknown_row_type(said, row.number, "type")


def _line(row: Row) -> PayoutLine:
    currency = row.currency("resultamount currency")
    gross = row.needed_amount("initialamount value")
    net = row.needed_amount("resultamount value")
    taken = row.amount("deductions value")
    if gross + taken != net:
        raise does_not_foot(
            "Initial amount and deductions", net, gross + taken, currency=currency, row=row.number
        )
    kind = _kind(row)
    ids = ("paymentid", "captureid", "refundid", "chargebackid", "settlementid", "transferid")
    known = {name: row.text(f"context {name}", *_inner(row, name)) for name in ids}
    own = known["chargebackid"] or known["refundid"] or known["captureid"] or known["paymentid"]
    return PayoutLine(
        line_id=row.text("id"),
        gateway="mollie",
        payout_id=(known["settlementid"] or known["transferid"] or row.text("id"))
        if kind is LineKind.PAYOUT
        else "",
        kind=kind,
        currency=currency,
        gross=gross,
        fee=-taken,
        net=net,
        occurred_at=row.moment("createdat"),
        transaction_id=own,
        parent_transaction_id=known["paymentid"] if own != known["paymentid"] else "",
        description=row.text("type"),
        row=row.number,
    )


def _inner(row: Row, name: str) -> list[str]:
    """Newer answers keep the ids one level deeper, under the kind's name."""
    return [cell for cell in row.cells if cell.startswith("context ") and cell.endswith(f" {name}")]
