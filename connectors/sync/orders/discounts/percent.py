"""A percentage of what is left."""

from connectors.sync.orders.discount import Offer, Structure, half_up


class Percent(Structure):
    slug = "percent"
    value_type = "percentage"

    def worth(self, offer: Offer) -> int:
        return half_up(offer.left * offer.percentage() / 100)
