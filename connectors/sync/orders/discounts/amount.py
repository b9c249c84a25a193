"""An amount off."""

from connectors.sync.orders.discount import Offer, Structure


class Amount(Structure):
    slug = "amount"
    value_type = "fixed_amount"

    def worth(self, offer: Offer) -> int:
        return offer.money()
