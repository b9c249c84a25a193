"""The whole carriage off."""

from decimal import Decimal

from connectors.sync.orders.discount import Offer, Structure


class FreeShipping(Structure):
    slug = "free_shipping"
    value_type = "percentage"
    on_charge = True

    def worth(self, offer: Offer) -> int:
        return offer.left

    def value(self, offer: Offer) -> Decimal:
        return Decimal(100)
