"""GoCardless payout items, from the API or as a table: decimals of minor units, signed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, ClassVar

from connectors.gateways.amounts import currency_of, digits_of
from connectors.gateways.delimited import table
from connectors.gateways.documents import Piece, pieces, row_of
from connectors.gateways.encoding import start_of
from connectors.gateways.footing import ZERO, Tally
from connectors.gateways.gateway import STRANGER, Event, Format, Recognition
from connectors.gateways.head import Head
from connectors.gateways.line_ids import LineIds
from connectors.gateways.problems import Code, FileProblem
from connectors.gateways.row import Row, plain
from integration.records.payout import Footing, LineKind, PayoutLine

_KINDS = {
    "payment paid out": LineKind.CHARGE,
    "payment failed": LineKind.CHARGEBACK,
    "payment charged back": LineKind.CHARGEBACK,
    "payment refunded": LineKind.REFUND,
    "refund": LineKind.REFUND,
    "refund funds returned": LineKind.REFUND,
    "gocardless fee": LineKind.FEE,
    "app fee": LineKind.FEE,
    "revenue share": LineKind.OTHER,
    "surcharge fee": LineKind.FEE,
}
_LISTS = frozenset(["payout_items", "payouts"])
_TABLE = frozenset(["type", "amount"])
_WHEN = ("created at", "charge date", "payout date", "date")


class GoCardlessPayoutItems(Format):
    """An item names no currency of its own: it is the linked payout's, or that of its tax."""

    slug = "gocardless_payout_items"
    title = "GoCardless, payout items"
    gateway = "gocardless"
    columns: ClassVar = (
        _TABLE | {"links payment", "links mandate"},
        _TABLE | {"payment id", "mandate id", "payout id"},
        _TABLE | {"links payment"},
    )

    def recognise(self, head: Head) -> Recognition:
        if head.names("payout_items"):
            return Recognition(85, "It is a list of GoCardless payout items.")
        return super().recognise(head) if not head.is_json else STRANGER

    def read(self, stream: BinaryIO) -> Iterator[Event]:
        stream.seek(0)
        if start_of(stream.read(64)).lstrip("\ufeff \r\n\t")[:1] in {"{", "["}:
            yield from _read_json(stream)
            return
        tally, reading = Tally(self.gateway), _Reading("")
        for row in table(stream, _TABLE):
            yield tally.add(reading.line(row, ZERO, row.currency("currency", "payout currency")))
        yield from tally.close()


def _read_json(stream: BinaryIO) -> Iterator[Event]:
    payouts = _payouts(stream)
    currency = _currency(stream, payouts)
    currencies = {payout.text("id"): payout.currency("currency") for payout in payouts}
    only = payouts[0].text("id") if len(payouts) == 1 else ""
    tally, reading = Tally("gocardless"), _Reading(only)
    after: object = None
    for piece in pieces(stream, _LISTS):
        if piece.number and piece.path.endswith("payout_items"):
            row = row_of(piece)
            linked = currencies.get(row.text("links payout"))
            own = linked or _own_currency(piece) or currency
            yield tally.add(reading.line(row, _tax(piece, row), own))
        elif piece.path.endswith("cursors.after"):
            after = piece.value
    for payout in payouts:
        _state(payout, tally)
    if after:
        yield from tally.close(
            Footing.PART, "This is one page of a longer list: the file says there are more."
        )
    else:
        yield from tally.close()


def _payouts(stream: BinaryIO) -> list[Row]:
    """The payouts the file tells of beside their items: one, or a list of them."""
    found: list[Row] = []
    only: dict[str, str] = {}
    for piece in pieces(stream, _LISTS):
        if piece.number and piece.path.endswith("payouts"):
            found.append(row_of(piece))
        elif piece.path.startswith("payouts.") and isinstance(piece.value, str | int):
            only[plain(piece.path.removeprefix("payouts."))] = str(piece.value)
    return [*found, Row(1, only)] if only.get("id") else found


def _state(payout: Row, tally: Tally) -> None:
    currency = payout.currency("currency")
    tally.state(
        payout.text("id"), currency, payout.needed_minor("amount", currency=currency),
        paid_on=payout.day("arrival date"), bank_reference=payout.text("reference"),
    )  # fmt: skip


def _currency(stream: BinaryIO, payouts: list[Row]) -> str:
    """The payouts' currency or the first one the file names. Raises FileProblem without any."""
    for payout in payouts:
        return payout.currency("currency")
    for piece in pieces(stream, _LISTS):
        if piece.number and (found := _own_currency(piece)):
            return found
        if piece.path.endswith("currency") and isinstance(piece.value, str):
            return currency_of(piece.value)
    raise FileProblem(
        Code.UNKNOWN_CURRENCY,
        "The file names no currency. Export the items together with their payout.",
    )


def _own_currency(piece: Piece) -> str:
    if not isinstance(piece.value, dict):
        return ""
    said = piece.value.get("currency") or next((tax.get("currency") for tax in _taxes(piece)), "")
    if not said:
        return ""
    return Row(piece.number, {"currency": str(said)}).currency("currency")


def _taxes(piece: Piece) -> list[dict[str, object]]:
    listed = piece.value.get("taxes")
    return [tax for tax in listed if isinstance(tax, dict)] if isinstance(listed, list) else []


def _tax(piece: Piece, row: Row) -> Decimal:
    if row.text("type") not in {"gocardless_fee", "app_fee", "surcharge_fee"}:
        return ZERO
    said = [
        Row(piece.number, {"tax": str(tax.get("amount") or "")}).needed_amount("tax")
        for tax in _taxes(piece)
    ]
    return abs(sum(said, ZERO))


class _Reading:
    """One pass over a file. Parts of a penny are carried on to the next line of the payout, so that
    every line is whole and the payout's total is exact.
    """

    def __init__(self, payout: str) -> None:
        """`payout` is the one that items without a payout of their own belong to."""
        self._payout = payout
        self._names = LineIds()
        self._exact: dict[tuple[str, str], Decimal] = {}

    def _whole(self, payout: str, currency: str, amount: Decimal) -> Decimal:
        before = self._exact.get((payout, currency), ZERO)
        self._exact[payout, currency] = before + amount
        digits = digits_of(currency)
        return round(before + amount, digits) - round(before, digits)

    def line(self, row: Row, tax: Decimal, currency: str) -> PayoutLine:
        digits = digits_of(currency)
        amount = row.needed_amount("amount").scaleb(-digits)
        links = {
            name: row.text(f"links {name}", f"{name} id", name)
            for name in ("payment", "refund", "payout", "mandate")
        }
        links["payout"] = links["payout"] or self._payout
        kind = row.kind(_KINDS, "type")
        is_back = bool(links["refund"]) or kind is LineKind.CHARGEBACK
        whole = self._whole(links["payout"], currency, amount)
        return PayoutLine(
            line_id=self._names.of(row.text("type"), *links.values(), amount),
            gateway="gocardless",
            payout_id=links["payout"],
            kind=kind,
            currency=currency,
            gross=whole,
            fee_tax=round(tax.scaleb(-digits), digits),
            net=whole,
            occurred_at=row.moment(*_WHEN) if row.text(*_WHEN) else None,
            available_on=row.day("arrival date", "payout date"),
            reference=row.text("payment reference", "reference", "payment metadata order id"),
            transaction_id=links["refund"] or links["payment"],
            parent_transaction_id=links["payment"] if is_back else "",
            customer_email=row.text("customer email"),
            description=row.text("payment description", "description", "type"),
            row=row.number,
        )
