"""The shop: takes orders that are right to the penny."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from connectors.sandbox.worlds import promotions
from connectors.sandbox.worlds.catalogue import Catalogue
from connectors.sandbox.worlds.orders import Line, Order, Shipping, line_of
from connectors.sandbox.worlds.people import Person

WEEK = timedelta(days=7)
_QUANTITIES = (1, 1, 1, 1, 2, 2, 3, 4)
_TRADE_QUANTITIES = (1, 2, 4, 6, 6, 10, 12)
CAMPAIGNS: tuple[dict[str, str], ...] = (
    {},
    {"CampaignId": "AW26-SALE", "JourneyKey": "autumn-sale-2026", "SourceMedia": "email-autumn"},
    {"CampaignId": "AW26-SALE", "JourneyKey": "autumn-sale-2026", "SourceMedia": "EM-AUT26"},
    {"CampaignId": "WARRANTY-26", "JourneyKey": "warranty-offer", "SourceMedia": "email-warranty"},
    {"CampaignId": "CATALOGUE-26", "SourceMedia": "CAT-AW26"},
)
_PROVIDERS = ("Stripe", "Worldpay", "Adyen")


class Shop:
    """Takes orders with one stock of goods and one run of luck."""

    def __init__(self, random: Random, catalogue: Catalogue) -> None:
        self.random = random
        self.catalogue = catalogue

    def order(self, number: int, at: datetime, customer: Person) -> Order:
        basis = "net" if customer.company else "gross"
        order = Order(
            key=f"CO-{at:%y%m%d}-{number:06d}",
            customer=customer,
            ordered_at=at,
            modified_at=at + timedelta(seconds=self.random.randrange(5, 900)),
            basis=basis,
            currency=customer.currency,
            lines=self._lines(customer, basis),
            shipping=self._shipping(customer),
            delivery=self.random.choice((customer.home, *customer.other_addresses)),
            payment=self._payment(customer, number),
            tax_stated=self.random.random() < 0.7,
            cells=self._words(customer),
        )
        promotions.give(order, self.random)
        return order

    def _words(self, customer: Person) -> dict[str, str]:
        """Where the order came from, and now and then a country written the old way."""
        cells = dict(self.random.choice(CAMPAIGNS))
        if customer.country == "GB" and self.random.random() < 0.03:
            cells |= {"InvoiceCountry": "UK", "DeliveryCountry": "UK"}
        return cells

    def _lines(self, customer: Person, basis: str) -> list[Line]:
        count = min(int(self.random.expovariate(0.5)) + 1, 9)
        lines: list[Line] = []
        for place, item in enumerate(self.catalogue.pick(self.random, count), 1):
            quantities = _TRADE_QUANTITIES if customer.company else _QUANTITIES
            quantity = Decimal(self.random.choice(quantities))
            if item.by_the_metre:
                quantity += Decimal("0.5")
            line = line_of(place, item, quantity, (customer, basis, customer.currency))
            if item.sku == "SRV-GIFTWRAP" and place > 1:
                line.parent = "1"
            lines.append(line)
        return lines

    def _shipping(self, customer: Person) -> Shipping:
        if customer.country != "GB":
            return Shipping("eu-trade", 1800, 0) if customer.company else Shipping("eu", 1250, 0)
        if customer.company:
            return Shipping(*self.random.choice((("standard", 450, 20), ("express", 995, 20))))
        return Shipping(
            *self.random.choice(
                (
                    ("standard", 395, 20),
                    ("standard", 495, 20),
                    ("express", 795, 20),
                    ("collect", 0, 20),
                )
            )
        )

    def _payment(self, customer: Person, number: int) -> dict[str, str]:
        if customer.terms:
            return {
                "PaymentMethod": "invoice",
                "PaymentTerms": self.random.choice(("30D", "30 days")),
                "CustomerPO": f"PO-{40_000 + number}",
            }
        if self.random.random() < 0.2:
            return {"PaymentMethod": "paypal", "PaymentProvider": "PayPal",
                    "PaymentReference": f"PP{number:09d}"}  # fmt: skip
        return {
            "PaymentMethod": "card",
            "PaymentProvider": self.random.choice(_PROVIDERS),
            "PaymentReference": f"pay_{self.random.getrandbits(48):012x}",
        }


def moments(random: Random, count: int, until: datetime) -> list[datetime]:
    """The seconds of the last seven days at which somebody ordered, in order."""
    seconds = int(WEEK.total_seconds()) - 1000
    return sorted(until - timedelta(seconds=random.randrange(1000, seconds)) for _ in range(count))


def earlier(random: Random, count: int, until: datetime) -> list[datetime]:
    """Moments before the last seven days, from five days before last month, in order."""
    last = until - WEEK
    first = (until.replace(day=1) - timedelta(days=1)).replace(day=1) - timedelta(days=5)
    seconds = int((last - first).total_seconds())
    return sorted(first + timedelta(seconds=random.randrange(seconds)) for _ in range(count))


def midnight(today: datetime | None = None) -> datetime:
    """The beginning of the day, in UTC; today when none is given."""
    at = (today or datetime.now(UTC)).astimezone(UTC)
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
