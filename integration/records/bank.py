"""What the bank says came in and went out: statements, their lines, and what a batch holds."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class BankDetail:
    """One payment inside a booking. `amount` is signed; None when the bank did not say."""

    amount: Decimal | None
    currency: str
    end_to_end_id: str = ""
    text: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    bank_reference: str = ""


@dataclass(frozen=True, slots=True)
class BankLine:
    """One booking. `amount` is positive when money came in. `batch_size` is 0 for a single one."""

    entry_ref: str
    statement_id: str
    account: str
    booked_on: date
    amount: Decimal
    currency: str
    row: int
    value_on: date | None = None
    text: str = ""
    end_to_end_id: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    bank_reference: str = ""
    batch_id: str = ""
    batch_size: int = 0
    details: tuple[BankDetail, ...] = ()


@dataclass(frozen=True, slots=True)
class BankStatement:
    """One statement, told after its lines: `opening` plus the lines is `closing`."""

    statement_id: str
    account: str
    currency: str
    opening: Decimal
    closing: Decimal
    lines: int
    opened_on: date | None = None
    closed_on: date | None = None
