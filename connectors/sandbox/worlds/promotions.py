"""The promotions that the campaigns run, and which of them an order gets."""

from collections.abc import Callable
from decimal import Decimal
from random import Random

from connectors.sandbox.worlds.orders import Order, Promotion, discounts

# Code of the campaign, treatment, code of Prima, what it is, may it be combined.
MAPPED = (
    ("WELCOME10", "discount", "WELCOME", "Ten per cent for new customers", True),
    ("AUTUMN15", "discount", "AUTUMN26", "Fifteen per cent in autumn", True),
    ("LOYAL-12.5", "discount", "LOYALTY", "Twelve and a half per cent for regulars", True),
    ("SAVE5", "discount", "MONEYOFF", "Five off", True),
    ("SAVE20", "discount", "MONEYOFF", "Twenty off from eighty", True),
    ("ITEM20", "discount", "ITEMOFF", "Twenty per cent off one article", True),
    ("ITEM-3", "discount", "ITEMOFF", "Three off one article", True),
    ("PICK2-10", "discount", "ITEMOFF", "Ten per cent off chosen articles", True),
    ("3FOR2", "discount", "MULTIBUY", "Three for the price of two", True),
    ("SECOND-HALF", "discount", "MULTIBUY", "The second at half price", True),
    ("DUO", "discount", "BUNDLE", "Two together for less", True),
    ("DEAL-OF-DAY", "discount", "DEAL", "Deal of the day", True),
    ("VIP25", "discount", "VIP", "A quarter off for the best customers", False),
    ("STAFF20", "discount", "STAFF", "Staff price", False),
    ("CLEAR25", "discount", "CLEARANCE", "Clearance", True),
    ("FREEDEL", "charge", "CARR-STD", "Delivered free", True),
    ("GIFTCARD", "payment", "GIFTV", "Gift voucher", True),
    ("STORECREDIT", "payment", "CREDIT", "Store credit", True),
)
LIMITS = {"CLEAR25": {"max_percent": "25"}, "SAVE20": {"max_amount": "20.00"}}

Choice = Callable[[Order, Random], list[Promotion]]


def give(order: Order, random: Random) -> None:
    """Promotions for about half of the orders, always within the limits of the desk."""
    chance = random.random()
    if chance < 0.45:
        return
    choose = random.choice(CHOICES if order.basis == "gross" else CHOICES_OF_TRADE)
    order.promotions = choose(order, random)
    if any(promotion.kind in ("bundle", "buy_x_get_y") for promotion in order.promotions):
        order.tax_stated = False
    priced = order.priced()
    off, base = discounts(order, priced.taken), order.base()
    if off > 48_000 or off * 100 > base * 38 or 0 in priced.taken or _overpays(order, priced.paid):
        order.promotions = []


def percent(code: str, hundredths: int) -> Promotion:
    return Promotion(code, _name(code), "percent", hundredths)


def amount(code: str, pence: int) -> Promotion:
    return Promotion(code, _name(code), "amount", pence)


def free_delivery() -> Promotion:
    return Promotion("FREEDEL", _name("FREEDEL"), "free_shipping", scope="shipping")


def _name(code: str) -> str:
    return next(entry[3] for entry in MAPPED if entry[0] == code)


def _overpays(order: Order, paid: int) -> bool:
    vouchers = sum(x.value for x in order.promotions if x.is_payment)
    return vouchers * 5 > paid * 4


def _percent(order: Order, random: Random) -> list[Promotion]:
    return [percent(*random.choice((("WELCOME10", 1000), ("AUTUMN15", 1500))))]


def _odd_percent(order: Order, random: Random) -> list[Promotion]:
    return [percent("LOYAL-12.5", 1250)]


def _amount(order: Order, random: Random) -> list[Promotion]:
    return [amount("SAVE20", 2000) if order.base() >= 8000 else amount("SAVE5", 500)]


def _one_line(order: Order, random: Random) -> list[Promotion]:
    offer = percent("ITEM20", 2000) if random.random() < 0.5 else amount("ITEM-3", 300)
    offer.scope = "line"
    offer.places = (random.randrange(len(order.lines)),)
    offer.by_sku = random.random() < 0.3
    return [offer]


def _some_lines(order: Order, random: Random) -> list[Promotion]:
    offer = percent("PICK2-10", 1000)
    count = min(2, len(order.lines))
    offer.places = tuple(sorted(random.sample(range(len(order.lines)), count)))
    offer.by_sku = True
    return [offer]


def _free_delivery(order: Order, random: Random) -> list[Promotion]:
    return [free_delivery()] if order.shipping.code == "standard" else []


def _three_for_two(order: Order, random: Random) -> list[Promotion]:
    places = tuple(at for at, x in enumerate(order.lines) if x.quantity % 1 == 0)
    offer = Promotion("3FOR2", _name("3FOR2"), "buy_x_get_y", 10_000, places=places, buy=2, get=1)
    return [offer] if sum(order.lines[at].quantity for at in places) >= 3 else []


def _second_half_price(order: Order, random: Random) -> list[Promotion]:
    place = random.randrange(len(order.lines))
    order.lines[place].quantity = Decimal(2)
    return [
        Promotion(
            "SECOND-HALF",
            _name("SECOND-HALF"),
            "buy_x_get_y",
            5000,
            scope="line",
            places=(place,),
            buy=1,
            get=1,
        )
    ]


def _bundle(order: Order, random: Random) -> list[Promotion]:
    if len(order.lines) < 2:
        return []
    places = tuple(sorted(random.sample(range(len(order.lines)), 2)))
    for place in places:
        order.lines[place].quantity = Decimal(1)
    together = sum(order.lines[place].unit_price for place in places) * 4 // 5
    return [Promotion("DUO", _name("DUO"), "bundle", together, places=places)]


def _fixed_price(order: Order, random: Random) -> list[Promotion]:
    place = random.randrange(len(order.lines))
    order.lines[place].quantity = Decimal(1)
    price = order.lines[place].unit_price * 7 // 10
    name = _name("DEAL-OF-DAY")
    return [Promotion("DEAL-OF-DAY", name, "fixed_price", price, scope="line", places=(place,))]


def _stacked(order: Order, random: Random) -> list[Promotion]:
    return [percent("WELCOME10", 1000), percent("AUTUMN15", 1500)]


def _stacked_line_first(order: Order, random: Random) -> list[Promotion]:
    return [*_one_line(order, random), *_amount(order, random), *_free_delivery(order, random)]


def _exclusive(order: Order, random: Random) -> list[Promotion]:
    offer = percent("VIP25", 2500)
    offer.exclusive = True
    return [offer]


def _voucher(order: Order, random: Random) -> list[Promotion]:
    value = random.choice((1000, 1500, 2500))
    number = f"GV-{order.key[3:]}"
    return [Promotion("GIFTCARD", _name("GIFTCARD"), "voucher", value, reference=number)]


def _credit(order: Order, random: Random) -> list[Promotion]:
    number = f"SC-{order.key[3:]}"
    credit = Promotion("STORECREDIT", _name("STORECREDIT"), "store_credit", 1275, reference=number)
    return [*_percent(order, random), credit]


CHOICES_OF_TRADE: tuple[Choice, ...] = (
    _percent, _odd_percent, _amount, _one_line, _some_lines, _free_delivery, _stacked,
    _stacked_line_first, _exclusive,
)  # fmt: skip
CHOICES: tuple[Choice, ...] = (
    *CHOICES_OF_TRADE, _three_for_two, _second_half_price, _bundle, _fixed_price, _voucher, _credit,
)  # fmt: skip
