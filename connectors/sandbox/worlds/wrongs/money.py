"""Totals that do not add up, money that is not taken, codes that mean nothing here."""

from connectors.sandbox.worlds.orders import Order
from connectors.sandbox.worlds.wrongs.wrong import Stage, Wrong, anybody


def penny_off(order: Order, stage: Stage) -> None:
    order.paid_more = stage.random.choice((-1, 1))


def far_off(order: Order, stage: Stage) -> None:
    order.paid_more = stage.random.choice((-250, 1000, 4950))


def in_dollars(order: Order, stage: Stage) -> None:
    order.currency = "USD"


def unmapped_shipping(order: Order, stage: Stage) -> None:
    order.promotions = []
    order.cells["ShippingCode"] = stage.random.choice(("drone-same-day", "parcel-locker"))


def unmapped_payment(order: Order, stage: Stage) -> None:
    order.payment["PaymentMethod"] = stage.random.choice(("crypto", "pay-in-3"))


PENNY_OFF = Wrong("total a penny off", ("total_mismatch",), penny_off, anybody, share=4)
WRONGS = (
    PENNY_OFF,
    Wrong("total far off", ("total_mismatch",), far_off, anybody, share=3),
    Wrong("in dollars", ("currency_not_allowed",), in_dollars, share=3),
    Wrong("shipping code not mapped", ("unmapped_value",), unmapped_shipping, share=2),
    Wrong("payment method not mapped", ("unmapped_value",), unmapped_payment, share=2),
)
