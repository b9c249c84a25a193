"""What the company's bank books, and its statements, month by month."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from connectors.sandbox.trade.calendar import Span, after, month
from connectors.sandbox.trade.papers import paid_on
from connectors.sandbox.trade.payout import Batch
from connectors.sandbox.trade.sale import Sale

PARTIES = {
    "stripe": "STRIPE PAYMENTS UK LTD",
    "paypal": "PAYPAL EUROPE",
    "worldpay": "WORLDPAY (UK) LIMITED",
    "adyen": "ADYEN N.V.",
}
OPENING = {"GBP": 2_500_000, "EUR": 1_200_000}


@dataclass(frozen=True, slots=True)
class Account:
    iban: str
    currency: str


ACCOUNTS = (
    Account("GB33BUKB20201555555555", "GBP"),
    Account("GB94BARC10201530093459", "EUR"),
)


@dataclass(frozen=True, slots=True)
class Booking:
    """`amount` is signed minor units; what comes in is positive."""

    day: date
    amount: int
    party: str
    text: str
    end_to_end: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One account from `first` to `last`; `number` counts the statements of the account."""

    account: Account
    number: int
    first: date
    last: date
    opening: int
    bookings: Sequence[Booking]

    @property
    def id(self) -> str:
        return f"ST{self.account.currency}{self.first:%y%m}{self.number:03d}"

    @property
    def closing(self) -> int:
        return self.opening + sum(booking.amount for booking in self.bookings)


def arrived(batch: Batch, *, days: int = 1, lacking: int = 0) -> Booking:
    """A payout as the bank shows it. Adyen's has a reference of its own, so its amount has to do."""
    text = "SETTLEMENT" if batch.gateway == "adyen" else f"PAYOUT {batch.id}"
    reference = f"{batch.paid_on:ADY%y%m%d}" if batch.gateway == "adyen" else batch.id
    amount = batch.amount - lacking
    return Booking(after(batch.paid_on, days), amount, PARTIES[batch.gateway], text, reference)


def transferred(sale: Sale) -> Booking:
    """A customer pays an invoice."""
    name = sale.email.partition("@")[2].partition(".")[0].upper()
    return Booking(paid_on(sale), sale.gross, name, f"ORDER {sale.key}")


def statements(account: Account, bookings: Iterable[Booking], span: Span) -> Iterator[Statement]:
    """A statement for each month of the span; each starts where the one before it ended."""
    own = [one for one in bookings if span.holds(one.day)]
    opening = OPENING[account.currency]
    for number, (name, days) in enumerate(groupby(span.days(), key=month), 1):
        inside = list(days)
        booked = sorted(
            (one for one in own if month(one.day) == name),
            key=lambda one: (one.day, one.text, one.amount),
        )
        found = Statement(account, number, inside[0], inside[-1], opening, booked)
        yield found
        opening = found.closing


def charges(span: Span, currency: str) -> Iterator[Booking]:
    """The bank's own charges on the last day of each full month."""
    for day in span.days():
        if (day + timedelta(days=1)).day == 1:
            yield Booking(day, -1250, "THE BANK", f"CHARGES {day:%b %Y} {currency}".upper())
