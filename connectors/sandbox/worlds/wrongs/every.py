"""Every way of being wrong, alone and together."""

from random import Random

from connectors.sandbox.worlds.wrongs import (
    addresses,
    customers,
    discounts,
    goods,
    malformed,
    money,
)
from connectors.sandbox.worlds.wrongs.wrong import Wrong

TOGETHER = (
    customers.MISSING_TAX_NUMBER.beside(goods.UNKNOWN_SKU),
    discounts.OVER_PERCENT.beside(customers.INVALID_EMAIL),
    goods.UNKNOWN_SKU.beside(discounts.NO_MAPPING).beside(addresses.WRONGS[0]),
)
EVERY = (
    *goods.WRONGS,
    *customers.WRONGS,
    *discounts.WRONGS,
    *money.WRONGS,
    *addresses.WRONGS,
    *malformed.WRONGS,
    *TOGETHER,
)


def dealt(wrongs: tuple[Wrong, ...], count: int, random: Random) -> list[Wrong]:
    """`count` of them by their shares; each once before any by its share."""
    dealt = list(wrongs)
    weighted = [wrong for wrong in wrongs for _ in range(wrong.share)]
    while len(dealt) < count:
        dealt += weighted
    dealt = dealt[:count]
    random.shuffle(dealt)
    return dealt
