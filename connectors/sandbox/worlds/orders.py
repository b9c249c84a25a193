"""An order as the shop took it, before it is written into data extensions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from connectors.sandbox.worlds.catalogue import RATES, Item
from connectors.sandbox.worlds.people import Person, Place
from connectors.sandbox.worlds.pricing import Offer, Priced, PricedLine, price

PAYMENTS = ("voucher", "store_credit")


@dataclass(slots=True)
class Line:
    """`cells` are written over the columns of its row."""

    line_no: str
    sku: str
    description: str
    quantity: Decimal
    unit_price: int
    rate: int
    parent: str = ""
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Promotion:
    """`places` are the lines it is for, all when empty; `by_sku`: the shop names their SKUs.

    `value` is pence, or hundredths of a percent for the kinds in percent. `kind` is how the amount
    comes about; `word` what the shop calls it, the same for all that can be understood.
    """

    code: str
    name: str
    kind: str
    value: int = 0
    scope: str = "order"
    places: tuple[int, ...] = ()
    by_sku: bool = False
    buy: int = 0
    get: int = 0
    exclusive: bool = False
    reference: str = ""
    word: str = ""
    stated: int | None = None

    @property
    def is_payment(self) -> bool:
        return self.kind in PAYMENTS


@dataclass(frozen=True, slots=True)
class Shipping:
    """`code` is the shop's word; `amount` in the price basis of the order."""

    code: str
    amount: int
    rate: int


@dataclass(slots=True)
class Order:
    """`cells` are written over the columns of the header; `paid_more` is added to the total.

    `header_kept` and `lines_kept` say which of the rows reach Marketing Cloud at all.
    """

    key: str
    customer: Person
    ordered_at: datetime
    modified_at: datetime
    basis: str
    currency: str
    lines: list[Line]
    shipping: Shipping
    delivery: Place
    payment: dict[str, str]
    promotions: list[Promotion] = field(default_factory=list)
    tax_stated: bool = True
    paid_more: int = 0
    cells: dict[str, str] = field(default_factory=dict)
    header_kept: bool = True
    lines_kept: bool = True

    def priced(self) -> Priced:
        return price(
            [PricedLine(line.quantity, line.unit_price, line.rate) for line in self.lines],
            [_offer(promotion, len(self.lines)) for promotion in self.promotions],
            self.shipping.amount,
            self.shipping.rate,
            self.basis,
        )

    def base(self) -> int:
        """The goods before any promotion."""
        return sum(PricedLine(x.quantity, x.unit_price, x.rate).base for x in self.lines)

    def add_line(self, sku: str, description: str, unit_price: int) -> Line:
        """One more of something that bears the standard rate in Britain."""
        rate = 20 if self.customer.country == "GB" else 0
        line = Line(str(len(self.lines) + 1), sku, description, Decimal(1), unit_price, rate)
        self.lines.append(line)
        self.tax_stated = False
        return line


def tax_rate(customer: Person, tax_code: str) -> int:
    """Goods for abroad are zero-rated for persons and reverse-charged for companies."""
    return RATES[tax_code] if customer.country == "GB" else 0


def line_of(place: int, item: Item, quantity: Decimal, order: tuple[Person, str, str]) -> Line:
    """`order` is the customer, price basis and currency."""
    customer, basis, currency = order
    priced_as = basis if customer.country == "GB" else "net"
    return Line(
        line_no=str(place),
        sku=item.campaign_sku,
        description=item.description,
        quantity=quantity,
        unit_price=item.unit_price(priced_as, currency),
        rate=tax_rate(customer, item.tax_code),
    )


def money(pence: int) -> str:
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def discounts(order: Order, taken: Sequence[int]) -> int:
    """What all promotions but payments take off."""
    return sum(
        amount
        for promotion, amount in zip(order.promotions, taken, strict=True)
        if not promotion.is_payment
    )


def _offer(promotion: Promotion, count: int) -> Offer:
    places = promotion.places or tuple(range(count))
    return Offer(promotion.kind, promotion.value, places, promotion.buy, promotion.get)
