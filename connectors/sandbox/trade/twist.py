"""What befalls single sales, and how many of each: the plan of a month."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from connectors.sandbox.trade.sale import Sale, minor


class Twist(StrEnum):
    # Nothing is wrong with these; matching them takes more than the order's number.
    PARTS = "shipped in two parts, with an invoice each"
    CANCELLED = "cancelled before it was shipped"
    REFUNDED = "wholly given back, with a credit note"
    PART_REFUNDED = "a line given back, with a credit note"
    CHARGED_BACK = "charged back by the customer's bank"
    WON_BACK = "charged back, and won"
    NO_REFERENCE = "the gateway tells the transaction only"
    ODD_REFERENCE = "the gateway writes the number differently"
    BY_CUSTOMER = "the gateway tells the customer only"
    SPLIT = "taken in two amounts"
    PENNY = "a penny less arrived"
    # These do not agree.
    SHORT = "less was taken than invoiced"
    TWICE = "told by the gateway twice"
    UNPAID = "the gateway never paid it out"
    REFUND_ONLY = "given back without a credit note"
    REPRICED = "invoiced at another price"
    NO_CHARGES = "invoiced without its carriage"
    CANCELLED_LATE = "cancelled after it was invoiced"
    FORGOTTEN = "shipped and never invoiced"
    LATE_INVOICE = "its second part invoiced when the month was signed"


@dataclass(frozen=True, slots=True)
class Choice:
    """So many sales of those that fit. After `days` everything that follows has been told."""

    twist: Twist
    count: int
    fits: Callable[[Sale], bool]
    days: int = 14


def _any(sale: Sale) -> bool:
    return sale.one_tender


def _of(*providers: str) -> Callable[[Sale], bool]:
    return lambda sale: sale.one_tender and sale.provider in providers


def _one_line(sale: Sale) -> bool:
    return sale.one_tender and len(sale.parts) == 1 and sale.currency == "GBP"


def _lines(sale: Sale) -> bool:
    return sale.one_tender and len(sale.parts) > 1 and sale.currency == "GBP"


def _with_carriage(sale: Sale) -> bool:
    return _lines(sale) and any(minor(charge["net_amount"]) for charge in sale.charges)


def _stripe_pounds(sale: Sale) -> bool:
    return sale.one_tender and sale.provider == "stripe" and sale.currency == "GBP"


USUAL: tuple[Choice, ...] = (
    Choice(Twist.UNPAID, 2, _of("worldpay")),
    Choice(Twist.BY_CUSTOMER, 3, _stripe_pounds),
    Choice(Twist.NO_REFERENCE, 5, _stripe_pounds),
    Choice(Twist.ODD_REFERENCE, 4, _of("worldpay", "stripe")),
    Choice(Twist.TWICE, 1, _stripe_pounds),
    Choice(Twist.CHARGED_BACK, 2, _of("stripe", "paypal"), days=22),
    Choice(Twist.WON_BACK, 1, _stripe_pounds, days=24),
    Choice(Twist.NO_CHARGES, 1, _with_carriage),
    Choice(Twist.REPRICED, 2, _one_line),
    Choice(Twist.PARTS, 5, _lines),
    Choice(Twist.PART_REFUNDED, 4, _lines, days=24),
    Choice(Twist.REFUNDED, 4, _any, days=24),
    Choice(Twist.SPLIT, 3, _stripe_pounds),
    Choice(Twist.PENNY, 3, _stripe_pounds),
    Choice(Twist.SHORT, 2, _stripe_pounds),
    Choice(Twist.REFUND_ONLY, 2, _of("stripe", "paypal"), days=24),
    Choice(Twist.CANCELLED_LATE, 1, _any),
    Choice(Twist.FORGOTTEN, 1, _any),
    Choice(Twist.CANCELLED, 3, _any),
)


def deal(
    sales: Sequence[Sale],
    choices: Sequence[Choice],
    days: tuple[date, date],
    today: date,
    random: Random,
) -> dict[str, Twist]:
    """The twist of each sale that has one, by its number. Only sales within `days` are touched.

    Those that take longest choose first, as fewer sales are old enough for them.
    """
    first, last = days
    dealt: dict[str, Twist] = {}
    for choice in sorted(choices, key=lambda choice: -choice.days):
        until = min(last, today - timedelta(days=choice.days))
        fitting = [
            sale for sale in sales
            if first <= sale.at.date() <= until
            and sale.number not in dealt and choice.fits(sale)
        ]  # fmt: skip
        for sale in random.sample(fitting, min(choice.count, len(fitting))):
            dealt[sale.number] = choice.twist
    return dealt
