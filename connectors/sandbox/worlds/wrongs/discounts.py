"""Promotions that cannot be understood, are not mapped, too big or may not be combined."""

from connectors.sandbox.worlds.orders import Order, Promotion
from connectors.sandbox.worlds.promotions import amount, percent
from connectors.sandbox.worlds.wrongs.wrong import Stage, Wrong, anybody

KIND = ("bad_discount",)
STRANGE = (
    ("SPIN2026", "Spin the wheel", "spin_to_win"),
    ("TIERED-AUT", "Spend more, save more", "tiered_threshold"),
    ("POINTS500", "Five hundred points", "loyalty_points"),
    ("REFER-A-FRIEND", "Bring a friend", "{{offer.type}}"),
    ("MYSTERY", "Mystery offer", "unknown"),
)
UNMAPPED = (("BLACKFRIDAY", 2000), ("INFLUENCER-JO", 1000), ("TOGETHER-7", 700))


def strange_structure(order: Order, stage: Stage) -> None:
    code, name, word = stage.random.choice(STRANGE)
    taken = order.base() // 20 + 1
    order.promotions = [Promotion(code, name, "amount", taken, word=word)]


def no_mapping(order: Order, stage: Stage) -> None:
    code, value = stage.random.choice(UNMAPPED)
    order.promotions = [Promotion(code, "New offer", "percent", value)]


def over_percent(order: Order, stage: Stage) -> None:
    order.promotions = [percent("AUTUMN15", stage.random.choice((5000, 5500, 9000)))]


def over_amount(order: Order, stage: Stage) -> None:
    """More than 500, though a small part of a very large order."""
    dear = max(order.lines, key=lambda line: line.unit_price)
    dear.quantity += 300_000 // dear.unit_price + 1
    order.promotions = [amount("SAVE5", 55_000)]


def over_own_limit(order: Order, stage: Stage) -> None:
    order.promotions = [percent("CLEAR25", 3500)]


def exclusive_with_another(order: Order, stage: Stage) -> None:
    alone = percent("WELCOME10", 1000)
    alone.exclusive = True
    order.promotions = [alone, percent("LOYAL-12.5", 1250)]


def not_to_be_combined(order: Order, stage: Stage) -> None:
    order.promotions = [percent("STAFF20", 2000), percent("WELCOME10", 1000)]


def other_amount(order: Order, stage: Stage) -> None:
    """The shop says that it took off some pence more than the offer gives."""
    offer = percent("WELCOME10", 1000)
    order.promotions = [offer]
    offer.stated = order.priced().taken[0] + stage.random.choice((7, 25, 110))


def too_many(order: Order, stage: Stage) -> None:
    codes = ("WELCOME10", "AUTUMN15", "LOYAL-12.5")
    order.promotions = [percent(code, 500) for code in codes]
    order.promotions.append(amount("SAVE5", 50))
    order.tax_stated = False


NO_MAPPING = Wrong("promotion without mapping", KIND, no_mapping, anybody, share=4)
OVER_PERCENT = Wrong("discount above the limit", KIND, over_percent, share=4)
WRONGS = (
    Wrong("structure unknown", KIND, strange_structure, anybody, share=6),
    NO_MAPPING,
    OVER_PERCENT,
    Wrong("discount above the amount allowed", KIND, over_amount, share=2),
    Wrong("discount above the limit of its code", KIND, over_own_limit, share=2),
    Wrong("exclusive promotion combined", KIND, exclusive_with_another, share=3),
    Wrong("promotion that may not be combined", KIND, not_to_be_combined, share=3),
    Wrong("promotion amount differs", KIND, other_amount, share=4),
    Wrong("too many promotions", KIND, too_many),
)
