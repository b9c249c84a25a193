"""Of every full group of x + y units, dearest first, the y cheapest get a percentage off.

An empty value makes them free.
"""

from decimal import Decimal

from connectors.sync.orders.discount import Flaw, Offer, Structure


class BuyXGetY(Structure):
    slug = "buy_x_get_y"
    value_type = "percentage"

    def worth(self, offer: Offer) -> int:
        buy, get = offer.promotion.buy_quantity or 0, offer.promotion.get_quantity or 0
        if buy < 1:
            raise Flaw("incomplete", "does not say how many to buy", "buy_quantity")
        if get < 1:
            raise Flaw("incomplete", "does not say how many to get", "get_quantity")
        if any(one.quantity != int(one.quantity) for one in offer.goods):
            raise Flaw("incomplete", "is on goods that are not sold by the piece", "line_nos")
        return offer.minor(_saved(offer, buy, get) * offer.percentage(default=100) / 100)

    def value(self, offer: Offer) -> Decimal:
        return offer.percentage(default=100)


def _saved(offer: Offer, buy: int, get: int) -> Decimal:
    """The price of the units to be reduced. Counts runs of equal units, never single ones."""
    size = buy + get
    pieces = sum(int(one.quantity) for one in offer.goods)
    in_full_groups = pieces - pieces % size
    saved, passed = Decimal(0), 0
    for one in sorted(offer.goods, key=lambda goods: -goods.unit_price):
        upto = min(passed + int(one.quantity), in_full_groups)
        saved += one.unit_price * (_reduced(upto, buy, get) - _reduced(passed, buy, get))
        passed = upto
    return saved


def _reduced(pieces: int, buy: int, get: int) -> int:
    """How many of the first `pieces` units are reduced."""
    groups, rest = divmod(pieces, buy + get)
    return groups * get + max(0, rest - buy)
