"""A fixed price for one unit of the goods."""

from connectors.sync.orders.discount import Flaw, Offer, Structure


class FixedPrice(Structure):
    slug = "fixed_price"
    value_type = "fixed_price"

    def worth(self, offer: Offer) -> int:
        if any(one.quantity < 1 for one in offer.goods):
            raise Flaw("incomplete", "is on less than one unit of its goods", "line_nos")
        price = offer.money()
        usual = sum(offer.minor(one.unit_price) for one in offer.goods)
        if price > usual:
            raise Flaw("incomplete", "costs more than the goods without it", "value")
        return usual - price
