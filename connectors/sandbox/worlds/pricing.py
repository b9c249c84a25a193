"""The sums of an order in whole pence: what each promotion takes off, and what is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class PricedLine:
    """`quantity` × `unit_price` in the order's price basis; `rate` of its tax in percent."""

    quantity: Decimal
    unit_price: int
    rate: int

    @property
    def base(self) -> int:
        return half_up(self.quantity * self.unit_price)

    def units(self) -> list[int]:
        return [self.unit_price] * int(self.quantity)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a promotion gives on the lines at `places`; `value` is pence, or hundredths of a percent."""

    kind: str
    value: int
    places: tuple[int, ...]
    buy: int = 0
    get: int = 0


@dataclass(frozen=True, slots=True)
class Priced:
    """`taken` by each offer, in their order; `tax` and `paid` over the whole order."""

    taken: tuple[int, ...]
    goods: int
    tax: int
    paid: int


def price(
    lines: Sequence[PricedLine],
    offers: Sequence[Offer],
    shipping: int,
    shipping_rate: int,
    basis: str,
) -> Priced:
    """Each offer is computed on what the ones before it have left."""
    remaining = [line.base for line in lines]
    taken = []
    for offer in offers:
        if offer.kind == "free_shipping":
            taken.append(shipping)
            shipping = 0
        elif offer.kind in ("voucher", "store_credit"):
            taken.append(offer.value)
        else:
            shares = _shares(offer, lines, remaining)
            for place, share in zip(offer.places, shares, strict=True):
                remaining[place] -= share
            taken.append(sum(shares))
    taxed = [*zip(remaining, (line.rate for line in lines), strict=True), (shipping, shipping_rate)]
    tax = sum(tax_of(amount, rate, basis) for amount, rate in taxed)
    goods = sum(remaining)
    return Priced(
        taken=tuple(taken),
        goods=goods,
        tax=tax,
        paid=goods + shipping + (tax if basis == "net" else 0),
    )


def tax_of(amount: int, rate: int, basis: str) -> int:
    """The tax in a gross amount or on a net one, rounded half up."""
    divisor = 100 + rate if basis == "gross" else 100
    return (amount * rate * 2 + divisor) // (divisor * 2)


def half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _shares(offer: Offer, lines: Sequence[PricedLine], remaining: Sequence[int]) -> list[int]:
    """What each line at `offer.places` gives up."""
    weights = [remaining[place] for place in offer.places]
    whole = sum(weights)
    if offer.kind == "percent":
        wanted = (whole * offer.value * 2 + 10_000) // 20_000
    elif offer.kind == "amount":
        wanted = offer.value
    elif offer.kind == "buy_x_get_y":
        wanted = _free_units(offer, [lines[place] for place in offer.places])
    elif offer.kind in ("bundle", "fixed_price"):
        wanted = sum(lines[place].unit_price for place in offer.places) - offer.value
    else:
        raise ValueError(f"There is no offer of the kind {offer.kind}.")
    return spread(min(max(wanted, 0), whole), weights)


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """By largest remainder; ties go to the larger weight, then to the earlier line."""
    whole = sum(weights) or 1
    shares = [amount * weight // whole for weight in weights]
    turn = sorted(
        range(len(weights)), key=lambda at: (-(amount * weights[at] % whole), -weights[at], at)
    )
    for at in turn[: amount - sum(shares)]:
        shares[at] += 1
    return shares


def _free_units(offer: Offer, lines: Sequence[PricedLine]) -> int:
    """Dearest first, in groups of buy + get: the last `get` of each full group."""
    units = sorted((unit for line in lines for unit in line.units()), reverse=True)
    size = offer.buy + offer.get
    groups = (units[start : start + size] for start in range(0, len(units) - size + 1, size))
    saved = sum(sum(group[offer.buy :]) for group in groups)
    return (saved * offer.value * 2 + 10_000) // 20_000
