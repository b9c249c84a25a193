"""The goods of a world, as Prima keeps them, and what the campaigns call them."""

from dataclasses import dataclass, replace
from itertools import product
from random import Random

from connectors.sandbox.worlds import words

RATES = {"S": 20, "R": 5, "Z": 0, "E": 0, "RC": 0}
COLOURS = ("NAVY", "MOSS", "RUST")
SIZES = ("S", "M", "L")


@dataclass(frozen=True, slots=True)
class Item:
    """`price` is net, in pence. `campaign_sku` is the shop's word; mostly Prima's own code."""

    sku: str
    description: str
    kind: str
    tax_code: str
    price: int
    campaign_sku: str
    variant: tuple[str, str] = ("", "")
    season: str = ""
    status: str = "active"
    by_the_metre: bool = False

    @property
    def sku_key(self) -> str:
        return "|".join((self.sku, *filter(None, self.variant)))

    @property
    def is_mapped(self) -> bool:
        return self.campaign_sku != self.sku_key

    @property
    def is_sellable(self) -> bool:
        return self.status == "active"

    def unit_price(self, basis: str, currency: str) -> int:
        """In the basis and currency of an order, in its smallest unit."""
        price = self.price if currency == "GBP" else self.price * 118 // 100
        if basis == "net":
            return price
        return (price * (100 + RATES[self.tax_code]) * 2 + 100) // 200


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`sellable` is in the order of a customer's liking: the first sell best."""

    items: tuple[Item, ...]
    sellable: tuple[Item, ...]
    unsellable: tuple[Item, ...]

    def pick(self, random: Random, count: int) -> list[Item]:
        """Different items, the favourites more often."""
        chosen: dict[str, Item] = {}
        while len(chosen) < count:
            item = self.sellable[int(len(self.sellable) * random.random() ** 1.7)]
            chosen[item.sku_key] = item
        return list(chosen.values())


def build(random: Random, count: int = 300) -> Catalogue:
    """`count` items: services and kits, shirts in colours and sizes, and for the rest stock."""
    few = [*_services(), *_non_stock(), *_kits(random), *_shirts()]
    items = [*few, *_stock(random, count - len(few))]
    items = [_as_status(item, place) for place, item in enumerate(items)]
    sellable = [item for item in items if item.is_sellable]
    random.shuffle(sellable)
    return Catalogue(
        items=tuple(items),
        sellable=tuple(sellable),
        unsellable=tuple(item for item in items if not item.is_sellable),
    )


def _services() -> list[Item]:
    return [Item(sku, text, "service", tax, price, sku) for sku, text, tax, price in words.SERVICES]


def _non_stock() -> list[Item]:
    return [
        Item(sku, text, "non_stock", tax, price, f"WEB-{sku[4:]}")
        for sku, text, tax, price in words.NON_STOCK
    ]


def _kits(random: Random) -> list[Item]:
    names = ("Baker's", "Gardener's", "New Home", "Picnic", "Tea for Two", "Wool Care")
    return [
        Item(f"SET-{place:03d}", f"{name} Set", "kit", "S", random.randrange(2950, 9950, 50),
             f"SET-{place:03d}")
        for place, name in enumerate(names, 1)
    ]  # fmt: skip


def _shirts() -> list[Item]:
    """One code in colours and sizes. The shop writes them with hyphens, Prima does not."""
    return [
        Item("SMOCK-POTTER", f"Potter's Smock, {colour.lower()}, {size}", "stock", "S", 5400,
             f"SMOCK-POTTER-{colour}-{size}", variant=(colour, size), season="AW26")
        for colour, size in product(COLOURS, SIZES)
    ]  # fmt: skip


def _stock(random: Random, count: int) -> list[Item]:
    names = [
        (prefix, tax, season, f"{adjective} {noun}")
        for prefix, tax, season, adjectives, nouns in words.RANGES
        for adjective, noun in product(adjectives.split("|"), nouns.split("|"))
    ]
    items = []
    for place in range(count):
        prefix, tax, season, name = names[place % len(names)]
        edition = place // len(names)
        sku = f"{prefix}-{10_000 + place * 7}"
        mapped = place % 5 in (1, 3)
        items.append(
            Item(
                sku=sku,
                description=f"{name}, edition {edition + 1}" if edition else name,
                kind="stock",
                tax_code=tax,
                price=random.randrange(450, 9500, 5) + random.choice((0, 4)),
                campaign_sku=f"{prefix[0]}{sku[4:]}-UK" if mapped else sku,
                season=season,
                by_the_metre=prefix == "FAB",
            )
        )
    return items


def _as_status(item: Item, place: int) -> Item:
    """Every 23rd of the stock items is no longer sold, every other of these for good."""
    if item.kind != "stock" or item.variant[0] or place % 23:
        return item
    status = "discontinued" if place % 2 else "blocked"
    return replace(item, campaign_sku=item.sku, status=status)
