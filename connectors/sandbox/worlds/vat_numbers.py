"""VAT numbers whose check digits are right, made up for companies that do not exist."""

from collections.abc import Callable
from random import Random

from stdnum.fr import siren
from stdnum.ie import vat as irish
from stdnum.iso7064 import mod_11_10

_BRITISH_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)


def vat_number(random: Random, prefix: str) -> str:
    """A number with its prefix: GB, XI, IE, DE, FR or NL."""
    return prefix + _MAKERS[prefix](random)


def broken(number: str) -> str:
    """The same number with one digit off, so that the check fails."""
    return f"{number[:3]}{(int(number[3]) + 1) % 10}{number[4:]}"


def _british(random: Random) -> str:
    """Seven digits, and two that bring the weighted sum to a multiple of 97."""
    seven = str(random.randint(2_000_000, 9_999_999))
    weighted = sum(weight * int(n) for weight, n in zip(_BRITISH_WEIGHTS, seven, strict=True))
    return f"{seven}{-weighted % 97:02d}"


def _irish(random: Random) -> str:
    digits = str(random.randint(1_000_000, 9_999_999))
    return digits + str(irish.calc_check_digit(digits))


def _german(random: Random) -> str:
    digits = str(random.randint(10_000_000, 99_999_999))
    return digits + str(mod_11_10.calc_check_digit(digits))


def _french(random: Random) -> str:
    """A SIREN, which ends in a Luhn digit, behind its own check of two digits."""
    while True:
        number = str(random.randint(300_000_000, 899_999_999))
        if siren.is_valid(number):
            return f"{int(number + '12') % 97:02d}{number}"


def _dutch(random: Random) -> str:
    """Nine digits whose weighted sum is a multiple of eleven, and the number of the company."""
    while True:
        eight = str(random.randint(10_000_000, 99_999_999))
        check = sum((9 - place) * int(n) for place, n in enumerate(eight)) % 11
        if check < 10:
            return f"{eight}{check}B01"


_MAKERS: dict[str, Callable[[Random], str]] = {
    "GB": _british,
    "XI": _british,
    "IE": _irish,
    "DE": _german,
    "FR": _french,
    "NL": _dutch,
}
