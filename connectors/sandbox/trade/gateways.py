"""Everything the gateways tell in some days, and the payouts they make of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from connectors.sandbox.trade import rates
from connectors.sandbox.trade.calendar import Span, after, month
from connectors.sandbox.trade.movement import CHARGE, FEE, Movement, fee_of, named, of_sale
from connectors.sandbox.trade.payout import RHYTHMS, Batch, batches
from connectors.sandbox.trade.reports import adyen, paypal, stripe, worldpay
from connectors.sandbox.trade.sale import Sale
from connectors.sandbox.trade.twist import Twist

STRAYS = (("TEL-1042", 4_800), ("TEL-1057", 12_950))
"""Taken on the telephone with the gateway's own page, and told to nobody."""
MONTHLY_FEE = 1_995


@dataclass(slots=True)
class Told:
    """`originals` is what customers of Adyen paid in euros, and at which rate it was settled."""

    span: Span
    movements: dict[str, list[Movement]] = field(default_factory=lambda: defaultdict(list))
    batches: list[Batch] = field(default_factory=list)
    originals: dict[str, tuple[Movement, Decimal]] = field(default_factory=dict)

    def of(self, gateway: str, currency: str = "") -> list[Batch]:
        return [
            one for one in self.batches
            if one.gateway == gateway and currency in ("", one.currency)
        ]  # fmt: skip


def tell(
    sales: Iterable[Sale],
    twists: Mapping[str, Twist],
    span: Span,
    *,
    strays: date | None = None,
) -> Told:
    """`strays` is the day of the charges that belong to no order; without it there are none.

    Nothing is told of a sale before its parcel has left.
    """
    told = Told(span)
    for sale in sales:
        for movement in of_sale(sale, twists.get(sale.number)):
            if after(movement.at.date()) <= span.last:
                told.movements[movement.gateway].append(_settled(movement, told))
    if strays is not None:
        told.movements["stripe"] += [_stray(*one, strays) for one in STRAYS]
    for gateway in RHYTHMS:
        told.batches += batches(gateway, told.movements[gateway], span)
    return told


def reports(told: Told) -> dict[str, bytes]:
    """The files by name: one of each gateway for each month."""
    files = {}
    for name, first, last in months(told.span):
        paid = [one for one in told.batches if first <= one.paid_on <= last]
        for gateway, write in (("stripe", stripe.report), ("worldpay", worldpay.report)):
            if own := [one for one in paid if one.gateway == gateway]:
                files[f"{gateway}-{name}.csv"] = write(own)
        if own := [one for one in paid if one.gateway == "adyen"]:
            files[f"adyen-{name}.csv"] = adyen.report(own, told.originals)
        moved = [one for one in told.movements["paypal"] if first <= one.at.date() <= last]
        own = [one for one in paid if one.gateway == "paypal"]
        if moved or own:
            files[f"paypal-{name}.csv"] = paypal.report(moved, own, (first, last))
    return files


@dataclass(frozen=True, slots=True)
class Bill:
    """Worldpay's fee for a month, taken from the bank on the fifth of the next."""

    name: str
    batch: str
    dated: date
    taken: date
    amount: int = MONTHLY_FEE

    def report(self) -> bytes:
        at = datetime.combine(self.dated, time(6), tzinfo=UTC)
        fee = Movement(
            "worldpay", FEE, named(self.batch), at, "GBP", -self.amount,
            transaction=self.batch, words="MONTHLY SERVICE FEE",
        )  # fmt: skip
        return worldpay.fees([(fee, self.batch, self.dated)])


def bills(span: Span) -> list[Bill]:
    """One for each month that is over, the oldest first."""
    return [
        Bill(f"worldpay-fees-{name}.csv", f"WPF{last:%Y%m}", last, after(last, 5))
        for name, _, last in months(span)
        if (last + timedelta(days=1)).day == 1
    ]


def months(span: Span) -> Sequence[tuple[str, date, date]]:
    """Name, first and last day told of each month."""
    found: dict[str, list[date]] = defaultdict(list)
    for day in span.days():
        found[month(day)].append(day)
    return [(name, days[0], days[-1]) for name, days in found.items()]


def _settled(movement: Movement, told: Told) -> Movement:
    """Adyen pays out in pounds only, whatever the customer paid in."""
    if movement.gateway != "adyen" or movement.currency == "GBP":
        return movement
    rate = rates.at_gateway(movement.at.date())
    amount = adyen.settled(movement, rate)
    fee = fee_of("adyen", amount) if movement.kind == CHARGE else 0
    told.originals[movement.id] = (movement, rate)
    return replace(movement, currency="GBP", amount=amount, fee=fee)


def _stray(reference: str, amount: int, day: date) -> Movement:
    return Movement(
        gateway="stripe",
        kind=CHARGE,
        id=named(reference),
        at=datetime.combine(day, time(14, 5), tzinfo=UTC),
        currency="GBP",
        amount=amount,
        fee=fee_of("stripe", amount),
        reference=reference,
        transaction=f"pay_{named(reference)[:12]}",
        words="Telephone order",
    )
