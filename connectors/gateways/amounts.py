"""Amounts as gateways write them: marks, signs, symbols and minor units, never a float."""

import re
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from integration.core.money import is_currency

_NO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_FOUR_DECIMALS = frozenset(["CLF", "UYW"])
_NO_REAL_CURRENCY = frozenset(["XXX", "XTS"])

_NOISE = re.compile(r"[\s\u00a0\u202f\u2009$£€¥]|^(?:[A-Z]{2,3}\$?)(?=[-\d(.])")
_POINT = re.compile(r"(?:\d{1,3}(?:[,'’]\d{3})+|\d+)(?:\.\d+)?|\.\d+")
_COMMA = re.compile(r"(?:\d{1,3}(?:[.'’]\d{3})+|\d+)(?:,\d+)?|,\d+")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_WHOLE = re.compile(r"[+-]?\d+")


class Mark(StrEnum):
    """What stands before the decimals."""

    POINT = "point"
    COMMA = "comma"


def amount(text: str, mark: Mark = Mark.POINT) -> Decimal:
    """The number a text says: "(1,234.50)", "−3,10", "£12.00-". ValueError when it says none."""
    if mark is Mark.POINT and _PLAIN.fullmatch(text):
        return Decimal(text)
    bare = _NOISE.sub("", text.strip()).replace("−", "-").replace("–", "-")
    negative, bare = _sign(bare)
    shape = _POINT if mark is Mark.POINT else _COMMA
    if not shape.fullmatch(bare):
        raise ValueError(text)
    digits = bare.replace("'", "").replace("’", "")
    if mark is Mark.POINT:
        digits = digits.replace(",", "")
    else:
        digits = digits.replace(".", "").replace(",", ".")
    return -Decimal(digits) if negative else Decimal(digits)


def _sign(bare: str) -> tuple[bool, str]:
    if bare.startswith("(") and bare.endswith(")"):
        return True, bare[1:-1]
    if bare[:1] in {"-", "+"}:
        return bare[0] == "-", _NOISE.sub("", bare[1:])
    if bare[-1:] in {"-", "+"}:
        return bare[-1] == "-", bare[:-1]
    return False, bare


def digits_of(currency: str) -> int:
    """Decimal places by ISO 4217, the way gateways and banks count: 2 for RSD, 3 for IQD."""
    if currency in _NO_DECIMALS:
        return 0
    if currency in _THREE_DECIMALS:
        return 3
    return 4 if currency in _FOUR_DECIMALS else 2


def from_minor(text: str, digits: int) -> Decimal:
    """Whole minor units as an amount. ValueError for a decimal point: then they are not minor."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    return Decimal(text).scaleb(-digits)


def fits(value: Decimal, currency: str) -> bool:
    """True when the amount has no more decimals than its currency."""
    exponent = value.as_tuple().exponent
    digits = digits_of(currency)
    if isinstance(exponent, int) and -exponent <= digits:
        return True
    try:
        return value == round(value, digits)
    except InvalidOperation:  # It has more digits than money is counted in.
        return False


def currency_of(text: str) -> str:
    """The ISO code of a text. ValueError when it is none."""
    code = text.strip().upper()
    if not is_currency(code) or code in _NO_REAL_CURRENCY:
        raise ValueError(text)
    return code
