"""What moves at the gateways: charges, refunds, chargebacks and fees, one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

from connectors.sandbox.trade.papers import credited, returned_on
from connectors.sandbox.trade.sale import Sale
from connectors.sandbox.trade.twist import Twist

CHARGE, REFUND, CHARGEBACK, REVERSAL, FEE = (
    "charge", "refund", "chargeback", "chargeback_reversal", "fee",
)  # fmt: skip
_DISPUTED_AFTER, _WON_AFTER = timedelta(days=9), timedelta(days=15)
_DISPUTE_FEE = 2000
# Hundredths of a percent, and pence a piece.
_RATES = {"stripe": (150, 20), "paypal": (290, 30), "worldpay": (165, 0), "adyen": (60, 10)}


@dataclass(frozen=True, slots=True)
class Movement:
    """`amount` is signed, `fee` what the gateway keeps of it. Minor units of `currency`."""

    gateway: str
    kind: str
    id: str
    at: datetime
    currency: str
    amount: int
    fee: int = 0
    reference: str = ""
    transaction: str = ""
    parent: str = ""
    email: str = ""
    words: str = ""

    @property
    def net(self) -> int:
        return self.amount - self.fee


def of_sale(sale: Sale, twist: Twist | None) -> Iterator[Movement]:
    """Everything the sale's gateway will ever tell of it."""
    if not sale.provider or twist in (Twist.CANCELLED, Twist.UNPAID):
        return
    charge = _charge(sale, twist)
    if twist is Twist.SPLIT:
        yield from _split(charge)
    else:
        yield charge
    if twist is Twist.TWICE:
        yield replace(charge, id=named(charge.id, "again"))
    if twist in (Twist.REFUNDED, Twist.PART_REFUNDED, Twist.REFUND_ONLY):
        yield _refund(sale, charge, credited(sale, twist))
    if twist in (Twist.CHARGED_BACK, Twist.WON_BACK):
        yield from _disputed(charge, won=twist is Twist.WON_BACK)


def named(*what: str) -> str:
    """An id such as gateways give, the same for the same thing."""
    return sha256("|".join(what).encode()).hexdigest()[:14]


def fee_of(gateway: str, amount: int) -> int:
    share, piece = _RATES[gateway]
    return (amount * share + 5000) // 10_000 + piece


def _charge(sale: Sale, twist: Twist | None) -> Movement:
    amount = sale.by_gateway - {Twist.PENNY: 1, Twist.SHORT: 500}.get(twist or Twist.PARTS, 0)
    reference = {
        Twist.NO_REFERENCE: "",
        Twist.BY_CUSTOMER: "",
        Twist.ODD_REFERENCE: sale.key.lower().replace("-", " "),
    }.get(twist or Twist.PARTS, sale.key)
    unknown = twist in (Twist.BY_CUSTOMER, Twist.ODD_REFERENCE)
    return Movement(
        gateway=sale.provider,
        kind=CHARGE,
        id=named(sale.key, CHARGE),
        at=sale.at,
        currency=sale.currency,
        amount=amount,
        fee=fee_of(sale.provider, amount),
        reference=reference,
        transaction=named(sale.key, "own number") if unknown else sale.transaction,
        email=sale.email,
        words=f"Order {sale.key}" if reference else "Payment",
    )


def _split(charge: Movement) -> Sequence[Movement]:
    """Two captures of one sale, a day between them."""
    first = charge.amount * 3 // 5
    return [
        replace(
            charge,
            id=named(charge.id, str(place)),
            amount=amount,
            fee=fee_of(charge.gateway, amount),
            transaction=f"{charge.transaction}-{place}",
            at=charge.at + timedelta(days=place - 1),
        )
        for place, amount in ((1, first), (2, charge.amount - first))
    ]


def _refund(sale: Sale, charge: Movement, amount: int) -> Movement:
    """Weeks later, so mostly in another payout than its charge. The charge's fee is not given back."""
    return replace(
        charge,
        kind=REFUND,
        id=named(charge.id, REFUND),
        at=datetime.combine(returned_on(sale), time(11, 20), tzinfo=UTC),
        amount=-amount,
        fee=0,
        transaction=f"re_{named(charge.id, 'refunded')}",
        parent=charge.transaction,
        words=f"Refund of order {sale.key}",
    )


def _disputed(charge: Movement, *, won: bool) -> Iterator[Movement]:
    back = replace(
        charge,
        kind=CHARGEBACK,
        id=named(charge.id, CHARGEBACK),
        at=charge.at + _DISPUTED_AFTER,
        amount=-charge.amount,
        fee=0,
        transaction=f"dp_{named(charge.id, 'disputed')}",
        parent=charge.transaction,
        words="The customer's bank took it back",
    )
    yield back
    yield Movement(
        gateway=charge.gateway,
        kind=FEE,
        id=named(back.id, FEE),
        at=back.at,
        currency=charge.currency,
        amount=-_DISPUTE_FEE,
        words="Fee for a chargeback",
        transaction=f"fee_{named(back.id, 'fee')}",
    )
    if won:
        yield replace(
            back,
            kind=REVERSAL,
            id=named(back.id, REVERSAL),
            at=charge.at + _WON_AFTER,
            amount=charge.amount,
            transaction=f"dw_{named(charge.id, 'won')}",
            words="The bank gave it back",
        )
