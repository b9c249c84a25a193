"""Money in SQL: amounts at the decimals of their currency, and in minor units."""

from collections.abc import Mapping
from functools import lru_cache

from integration.core.money import NOT_TWO_DIGITS


def minor(amount: str, currency: str) -> str:
    """SQL: an amount in minor units of its currency."""
    return f"round(({amount}) * {_factor(currency)})::bigint"


def shown(amount: str, currency: str) -> str:
    """SQL: an amount as people write it, with the decimals of its currency."""
    return f"round(({amount}), {_digits(currency)})"


def major(amount: str, currency: str) -> str:
    """SQL: minor units as people write the amount."""
    return shown(f"({amount})::numeric / {_factor(currency)}", currency)


def _factor(currency: str) -> str:
    cases = " ".join(
        f"WHEN {currency} IN ({codes}) THEN {10**digits}" for digits, codes in _unusual().items()
    )
    return f"CASE {cases} ELSE 100 END"


def _digits(currency: str) -> str:
    cases = " ".join(
        f"WHEN {currency} IN ({codes}) THEN {digits}" for digits, codes in _unusual().items()
    )
    return f"CASE {cases} ELSE 2 END"


@lru_cache(maxsize=1)
def _unusual() -> Mapping[int, str]:
    """Currencies without two decimals, by number of decimals, quoted."""
    found: dict[int, list[str]] = {}
    for code, digits in sorted(NOT_TWO_DIGITS.items()):
        found.setdefault(digits, []).append(f"'{code}'")
    return {digits: ",".join(codes) for digits, codes in found.items()}
