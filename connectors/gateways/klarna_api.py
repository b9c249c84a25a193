"""Klarna's settlements as its API tells them: payouts with totals, or transactions in pages."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from connectors.gateways.documents import Piece, counted, pieces, row_of
from connectors.gateways.footing import Tally
from connectors.gateways.gateway import Event
from connectors.gateways.klarna_kinds import line_of
from connectors.gateways.line_ids import LineIds
from connectors.gateways.problems import wrong_count
from connectors.gateways.row import Row, plain
from integration.records.payout import Footing, PayoutLine

_LISTS = frozenset(["transactions", "payouts"])


def read(stream: BinaryIO) -> Iterator[Event]:
    """Whole minor units throughout."""
    tally, names = Tally("klarna"), LineIds()
    items = 0
    around: dict[str, Any] = {}
    for piece in pieces(stream, _LISTS):
        if not piece.number:
            around[piece.path] = piece.value
        elif isinstance(piece.value, dict) and "settlement_amount" in str(
            piece.value.get("totals")
        ):
            _state(row_of(piece), tally)
        else:
            items += 1
            yield tally.add(_line(piece, names))
    if "totals.settlement_amount" in around:
        cells = {plain(path): str(value) for path, value in around.items() if value is not None}
        _state(Row(1, cells), tally)
    yield from _close(tally, items, around)


def _line(piece: Piece, names: LineIds) -> PayoutLine:
    row = row_of(piece)
    currency = row.currency("currency code", "currency")
    amount = row.needed_minor("amount", currency=currency)
    tax = row.minor("vat amount", currency=currency)
    return line_of(row, amount, tax, currency, row.text("payment reference"), names)


def _state(row: Row, tally: Tally) -> None:
    currency = row.currency("currency code", "currency")
    reference = row.text("payment reference")
    tally.state(
        reference, currency, row.needed_minor("totals settlement amount", currency=currency),
        paid_on=row.day("payout date"), bank_reference=reference, account=row.text("merchant id"),
    )  # fmt: skip


def _close(tally: Tally, items: int, around: dict[str, Any]) -> Iterator[Event]:
    stated = counted(around.get("pagination.count"))
    if stated is not None and items and stated != items:
        problem = wrong_count("The list", stated, items)
        problem.footed = tally.footed(Footing.PART, "")
        raise problem
    if items and (counted(around.get("pagination.total")) or items) > items:
        yield from tally.close(
            Footing.PART,
            f"This is one page of a longer list: {items} of {around['pagination.total']}.",
        )
    elif items:
        yield from tally.close()
    else:
        yield from tally.close(Footing.NO_TOTALS, "This file states payouts without their lines.")
