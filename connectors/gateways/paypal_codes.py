"""PayPal's transaction event codes and how its settlement report writes amounts."""

import re
from decimal import Decimal

from connectors.gateways.amounts import digits_of
from connectors.gateways.problems import Code, FileProblem, unknown_row_type
from connectors.gateways.row import Row
from integration.records.payout import LineKind

_WHOLE_UNITS = frozenset(["HUF", "JPY", "TWD"])
_CODE = re.compile(r"T\d{4}")
_EXACT = {
    "T1106": LineKind.CHARGEBACK,
    "T1110": LineKind.RESERVE,
    "T1111": LineKind.RESERVE_RELEASE,
    "T1201": LineKind.CHARGEBACK,
    "T1202": LineKind.CHARGEBACK_REVERSAL,
    "T1207": LineKind.CHARGEBACK_REVERSAL,
    "T1208": LineKind.CHARGEBACK,
    "T1108": LineKind.FEE,
    "T1109": LineKind.FEE,
}
_GROUPS = {
    "T00": LineKind.CHARGE,
    "T01": LineKind.FEE,
    "T02": LineKind.CONVERSION,
    "T03": LineKind.TRANSFER,
    "T04": LineKind.PAYOUT,
    "T05": LineKind.OTHER,
    "T06": LineKind.OTHER,
    "T07": LineKind.OTHER,
    "T08": LineKind.OTHER,
    "T09": LineKind.OTHER,
    "T10": LineKind.OTHER,
    "T11": LineKind.REFUND,
    "T12": LineKind.ADJUSTMENT,
    "T13": LineKind.OTHER,
    "T14": LineKind.OTHER,
    "T15": LineKind.RESERVE,
    "T16": LineKind.OTHER,
    "T17": LineKind.OTHER,
    "T18": LineKind.OTHER,
    "T19": LineKind.ADJUSTMENT,
    "T20": LineKind.TRANSFER,
    "T21": LineKind.RESERVE,
    "T22": LineKind.TRANSFER,
    "T30": LineKind.OTHER,
    "T97": LineKind.OTHER,
    "T98": LineKind.OTHER,
    "T99": LineKind.OTHER,
}


def kind_of(event: str, gross: Decimal, row: int) -> LineKind:
    """Refused when the code's group is unknown. Money we sent, or held back, is told by sign."""
    found = _EXACT.get(event) or _GROUPS.get(event[:3])
    if found is None or not _CODE.fullmatch(event):
        raise unknown_row_type(event, row, "Transaction Event Code")
    if found is LineKind.CHARGE and gross < 0:
        return LineKind.OTHER
    if found is LineKind.RESERVE and gross > 0:
        return LineKind.RESERVE_RELEASE
    return found


def reading(row: Row, amount: str, direction: str, currency: str) -> Decimal:
    """The signed amount: CR adds to our balance, DR takes from it."""
    value = row.minor(amount, digits=digits(currency))
    way = row.text(direction).upper()
    if value and way not in {"CR", "DR"}:
        raise FileProblem(
            Code.BAD_AMOUNT, f"“{way}” is neither a credit (CR) nor a debit (DR).", row.number,
            direction, way,
        )  # fmt: skip
    if value < 0:
        raise FileProblem(
            Code.BAD_AMOUNT, "Amounts of this report carry no sign.", row.number, amount, str(value)
        )
    return -value if way == "DR" else value


def digits(currency: str) -> int:
    """PayPal knows no decimals in some currencies that have them."""
    return 0 if currency in _WHOLE_UNITS else digits_of(currency)
