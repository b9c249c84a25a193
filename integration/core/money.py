"""Money: amounts with a currency, minor units, rounding and sharing out to the penny."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Literal

from babel.core import get_global

Rounding = Literal["half_up", "half_even"]
_MODES: dict[Rounding, str] = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}
_OTHER = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
NOT_TWO_DIGITS = {code: digits for digits, codes in _OTHER.items() for code in codes.split()}
"""Decimal places as ISO 4217 and banks have them; every other currency has two. The locale data that
Babel carries tells how people write amounts: Serbian dinars without decimals, for one."""
_CURRENCIES = frozenset(get_global("all_currencies"))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Adding or comparing across currencies raises ValueError."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def __str__(self) -> str:
        return f"{self.amount:,.{minor_digits(self.currency)}f} {self.currency}"

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"Cannot mix {self.currency} and {other.currency}.")


def is_currency(code: str) -> bool:
    """True for an ISO 4217 code. `minor_digits` answers for any text, so this comes first."""
    return code in _CURRENCIES


def minor_digits(currency: str) -> int:
    """Decimal places of the currency: 2 for GBP, 0 for JPY, 3 for KWD."""
    return NOT_TWO_DIGITS.get(currency, 2)


def quantum(currency: str) -> Decimal:
    """The smallest amount of the currency: 0.01 for GBP."""
    return Decimal(1).scaleb(-minor_digits(currency))


def rounded(amount: Decimal, currency: str, mode: Rounding = "half_up") -> Decimal:
    """The amount at the currency's minor unit."""
    return amount.quantize(quantum(currency), rounding=_MODES[mode])


def is_exact(amount: Decimal, currency: str) -> bool:
    """True when the amount has no more decimals than the currency."""
    return amount == rounded(amount, currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units. ValueError when it has more decimals than the currency."""
    if not is_exact(amount, currency):
        raise ValueError(f"{amount} has more decimals than {currency} has.")
    return int(amount.scaleb(minor_digits(currency)))


def from_minor(minor: int, currency: str) -> Decimal:
    """Minor units as an amount."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` minor units over the weights by largest remainder.

    The shares add up to `total` exactly. Ties go to the larger weight, then to the earlier one, so
    a replay gives the same answer. A weight of zero gets nothing.

    Raises ValueError for a negative total or weight, and when there is something to share but
    every weight is zero.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("Only amounts of zero or more can be shared out.")
    whole = sum(weights)
    if total == 0:
        return [0] * len(weights)
    if whole == 0:
        raise ValueError("There is nothing to share the amount over.")
    shares = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-remainders[i], -weights[i], i))
    for index in order[: total - sum(shares)]:
        shares[index] += 1
    return shares


def allocate_amount(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """`allocate` for amounts of one currency."""
    minor = allocate(to_minor(total, currency), [to_minor(weight, currency) for weight in weights])
    return [from_minor(share, currency) for share in minor]
