"""Stripe's words for kinds of movement, and where its merchants keep the order's number."""

import re
from functools import lru_cache

from connectors.gateways.row import Row
from integration.records.payout import LineKind

_CHARGE, _REFUND, _FEE = LineKind.CHARGE, LineKind.REFUND, LineKind.FEE
_ADJUSTMENT, _TRANSFER, _PAYOUT = LineKind.ADJUSTMENT, LineKind.TRANSFER, LineKind.PAYOUT

CATEGORIES = {
    "charge": _CHARGE,
    "charge failure": _CHARGE,
    "partial capture reversal": _REFUND,
    "refund": _REFUND,
    "refund failure": _REFUND,
    "dispute": LineKind.CHARGEBACK,
    "dispute reversal": LineKind.CHARGEBACK_REVERSAL,
    "fee": _FEE,
    "network cost": _FEE,
    "tax": _FEE,
    "adjustment": _ADJUSTMENT,
    "other adjustment": _ADJUSTMENT,
    "anticipation repayment": _ADJUSTMENT,
    "transfer": _TRANSFER,
    "transfer reversal": _TRANSFER,
    "topup": _TRANSFER,
    "topup reversal": _TRANSFER,
    "contribution": _TRANSFER,
    "connect collection transfer": _TRANSFER,
    "connect reserved funds": LineKind.RESERVE,
    "risk reserved funds": LineKind.RESERVE,
    "payment network reserved funds": LineKind.RESERVE,
    "minimum balance hold": LineKind.RESERVE,
    "unreconciled customer funds": LineKind.OTHER,
    "obligation": LineKind.OTHER,
    "stripe balance payment debit": LineKind.OTHER,
    "stripe balance payment debit reversal": LineKind.OTHER,
    "climate order purchase": LineKind.OTHER,
    "climate order refund": LineKind.OTHER,
    "payout": _PAYOUT,
    "payout reversal": _PAYOUT,
    "platform earning": LineKind.OTHER,
    "platform earning refund": LineKind.OTHER,
    "advance": LineKind.OTHER,
    "advance funding": LineKind.OTHER,
    "financing paydown": LineKind.OTHER,
    "financing paydown reversal": LineKind.OTHER,
    "financing payout": LineKind.OTHER,
    "financing payout reversal": LineKind.OTHER,
    "issuing authorization hold": LineKind.OTHER,
    "issuing authorization release": LineKind.OTHER,
    "issuing transaction": LineKind.OTHER,
    "issuing dispute": LineKind.OTHER,
    "currency conversion": LineKind.CONVERSION,
    "fx conversion": LineKind.CONVERSION,
}
TYPES = {
    "charge": _CHARGE,
    "payment": _CHARGE,
    "payment reversal": _REFUND,
    "payment unreconciled": _CHARGE,
    "refund": _REFUND,
    "payment refund": _REFUND,
    "payment failure refund": _REFUND,
    "refund failure": _REFUND,
    "stripe fee": _FEE,
    "stripe fx fee": _FEE,
    "tax fee": _FEE,
    "payment network cost": _FEE,
    "payment method passthrough fee": _FEE,
    "application fee": LineKind.OTHER,
    "application fee refund": LineKind.OTHER,
    "adjustment": _ADJUSTMENT,
    "validation": _ADJUSTMENT,
    "advance": LineKind.OTHER,
    "advance funding": LineKind.OTHER,
    "anticipation repayment": _ADJUSTMENT,
    "contribution": _TRANSFER,
    "climate order purchase": LineKind.OTHER,
    "climate order refund": LineKind.OTHER,
    "connect collection transfer": _TRANSFER,
    "obligation inbound": LineKind.OTHER,
    "obligation outbound": LineKind.OTHER,
    "obligation payout": LineKind.OTHER,
    "obligation payout failure": LineKind.OTHER,
    "obligation reversal inbound": LineKind.OTHER,
    "obligation reversal outbound": LineKind.OTHER,
    "issuing authorization hold": LineKind.OTHER,
    "issuing authorization release": LineKind.OTHER,
    "issuing dispute": LineKind.OTHER,
    "issuing transaction": LineKind.OTHER,
    "reserve transaction": LineKind.RESERVE,
    "reserved funds": LineKind.RESERVE,
    "reserve hold": LineKind.RESERVE,
    "reserve release": LineKind.RESERVE_RELEASE,
    "topup": _TRANSFER,
    "topup reversal": _TRANSFER,
    "transfer": _TRANSFER,
    "transfer cancel": _TRANSFER,
    "transfer failure": _TRANSFER,
    "transfer refund": _TRANSFER,
    "payout": _PAYOUT,
    "payout cancel": _PAYOUT,
    "payout failure": _PAYOUT,
    "payout minimum balance hold": LineKind.RESERVE,
    "payout minimum balance release": LineKind.RESERVE_RELEASE,
}

WORDS = CATEGORIES | TYPES
"""The report and the API mostly use the same words; a file may mix them."""

_ORDER_WORDS = (
    "orderid", "ordernumber", "orderreference", "orderref", "orderno", "order", "externalid",
    "externalidentifier", "externalreference", "merchantreference", "reference",
)  # fmt: skip
_METADATA = re.compile(r"(?:(?:payment|charge|source) )?metadata (.+)|(.+) metadata|(order.*)")


def order_reference(row: Row) -> str:
    """The order's number from a metadata column, whatever it is called, else the invoice."""
    return row.text(*_order_columns(tuple(row.cells)))


@lru_cache(maxsize=64)
def _order_columns(titles: tuple[str, ...]) -> tuple[str, ...]:
    """The file's columns that may hold the order's number, the likeliest first.

    The only metadata of the payments that the report's owner asked for is it, whatever its name.
    """
    keys = [(title, _key(title)) for title in titles]
    wanted = [title for word in _ORDER_WORDS for title, key in keys if key == word]
    own = [title for title in titles if title.startswith("payment metadata ")]
    if not wanted and len(own) == 1:
        wanted = own
    return (*wanted, *(name for name in ("invoice number", "invoice id") if name in titles))


def _key(title: str) -> str:
    """The name somebody gave to the metadata: "payment metadata order number" → "ordernumber"."""
    found = _METADATA.fullmatch(title)
    return (found[1] or found[2] or found[3]).replace(" ", "") if found else ""


def digits(currency: str) -> int | None:
    """Stripe's own minor units where they are not the currency's; None where they are."""
    return {"ISK": 2, "UGX": 2, "MGA": 0}.get(currency)
