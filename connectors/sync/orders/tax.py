"""The tax of every line and charge, by the line or by the whole order, as Prima does it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from connectors.prima.capabilities import Capabilities
from integration.core.money import allocate
from integration.records.campaign_order import PriceBasis

_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}


@dataclass(frozen=True, slots=True)
class Taxed:
    """What carries tax. `amount` is after discounts, in minor units and the price basis."""

    amount: int
    code: str
    rate: Decimal


def taxes(parts: Sequence[Taxed], basis: PriceBasis, capabilities: Capabilities) -> list[int]:
    """The tax of each part in minor units.

    By invoice, the tax of a code is reckoned on the sum of its parts and shared out over them by
    largest remainder, so that it adds up.
    """
    mode = _MODES[capabilities.rounding_mode]
    if capabilities.vat_rounding == "line":
        return [_tax(part.amount, part.rate, basis, mode) for part in parts]
    found = [0] * len(parts)
    by_code: dict[str, list[int]] = defaultdict(list)
    for place, part in enumerate(parts):
        by_code[part.code].append(place)
    for places in by_code.values():
        amounts = [parts[place].amount for place in places]
        whole = _tax(sum(amounts), parts[places[0]].rate, basis, mode)
        for place, share in zip(places, allocate(whole, amounts), strict=True):
            found[place] = share
    return found


def _tax(amount: int, rate: Decimal, basis: PriceBasis, mode: str) -> int:
    if not rate or not amount:
        return 0
    divisor = 100 + rate if basis == "gross" else Decimal(100)
    return int((amount * rate / divisor).quantize(Decimal(1), mode))
