"""What a payment gateway says it took, kept and paid out: lines, payouts and how they add up."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


class LineKind(StrEnum):
    """What a line is for, whatever word the gateway has for it."""

    CHARGE = "charge"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REVERSAL = "chargeback_reversal"
    FEE = "fee"
    ADJUSTMENT = "adjustment"
    RESERVE = "reserve"
    RESERVE_RELEASE = "reserve_release"
    TRANSFER = "transfer"
    CONVERSION = "conversion"
    PAYOUT = "payout"
    OTHER = "other"

    @property
    def only_moves(self) -> bool:
        """Our own money goes elsewhere or comes back: no document or ledger account answers it."""
        return self in _ONLY_MOVE


_ONLY_MOVE = frozenset(
    {LineKind.RESERVE, LineKind.RESERVE_RELEASE, LineKind.TRANSFER, LineKind.CONVERSION,
     LineKind.PAYOUT}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """One movement on the balance a gateway keeps for us. `net` = `gross` − `fee`, always.

    Amounts are in `currency`; what adds to the balance is positive, so a refund, a fee of its own
    and a payout have a negative gross. `fee` is positive when it costs us and includes `fee_tax`.
    `line_id` is unique within gateway and account, and the same in every file the line is in.
    `original_amount` and `original_currency` are what the customer saw, `rate` the gateway's.
    `occurred_at` is None where the file does not date its lines (GoCardless): the payout's day, or
    that of the bank line, stands in for it.
    """

    line_id: str
    gateway: str
    kind: LineKind
    currency: str
    gross: Decimal
    net: Decimal
    occurred_at: datetime | None
    row: int
    fee: Decimal = ZERO
    fee_tax: Decimal = ZERO
    account: str = ""
    payout_id: str = ""
    available_on: date | None = None
    reference: str = ""
    transaction_id: str = ""
    parent_transaction_id: str = ""
    customer_email: str = ""
    description: str = ""
    original_amount: Decimal | None = None
    original_currency: str = ""
    rate: Decimal | None = None

    @property
    def booked_on(self) -> date | None:
        """The day it counts for; None for the few formats whose lines have no date at all."""
        return self.available_on or (self.occurred_at.date() if self.occurred_at else None)


@dataclass(frozen=True, slots=True)
class Payout:
    """One payout. `stated` is what the file says was paid; None when it does not say.

    `computed` is the sum of the payout's lines in the file, `lines` their number. `bank_reference`
    is what the bank statement shows, where the gateway tells.
    """

    payout_id: str
    gateway: str
    currency: str
    account: str = ""
    paid_on: date | None = None
    stated: Decimal | None = None
    computed: Decimal | None = None
    lines: int = 0
    bank_reference: str = ""


class Footing(StrEnum):
    """Whether the file itself proves that nothing is missing."""

    FOOTS = "foots"
    NO_TOTALS = "no_totals"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of a file in one currency."""

    currency: str
    lines: int
    gross: Decimal
    fee: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class Footed:
    """The last word on a file that was read to its end. `sentence` says what was held against what.

    `NO_TOTALS`: the file says nothing its lines could be held against; hold the payout against the
    bank line. `PART`: the file says itself that there is more than it holds.
    """

    footing: Footing
    sentence: str
    totals: tuple[Total, ...] = ()
    payouts: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        return sum(total.lines for total in self.totals)

    @property
    def whole(self) -> bool:
        """The file proves itself complete."""
        return self.footing is Footing.FOOTS
