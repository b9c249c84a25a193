"""What became of orders in Prima: the order as it stands, its invoices, credit notes, receipts."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

DocumentKind = Literal["invoice", "credit_note", "receipt"]


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A line of an order or document. `gross` is net and tax together, after all discounts.

    `shipped` is how many of an order's line have left; documents do not say.
    """

    line_ref: str
    sku: str
    quantity: Decimal
    net: Decimal
    tax: Decimal
    tax_code: str = ""
    description: str = ""
    shipped: Decimal = Decimal(0)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class BookedCharge:
    """Carriage and the like, after discounts."""

    code: str
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class BookedOrder:
    """An order as Prima holds it now; the four states are Prima's words of the contract."""

    id: str
    order_number: str
    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    company: str = "main"
    external_system: str = ""
    external_ref: str = ""
    account_code: str = ""
    order_date: date | None = None
    discount: Decimal = Decimal(0)
    lines: tuple[BookedLine, ...] = ()
    charges: tuple[BookedCharge, ...] = ()
    order_status: str = ""
    fulfilment_status: str = ""
    invoice_status: str = ""
    payment_status: str = ""
    status_changed_at: datetime | None = None
    modified_at: datetime | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, credit note or receipt. Amounts are positive; `kind` gives the direction.

    `invoice_number` is the invoice a credit note corrects or a receipt pays.
    """

    id: str
    kind: DocumentKind
    number: str
    day: date
    currency: str
    gross: Decimal
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    company: str = "main"
    due_day: date | None = None
    account_code: str = ""
    order_numbers: tuple[str, ...] = ()
    external_ref: str = ""
    invoice_number: str = ""
    outstanding: Decimal | None = None
    lines: tuple[BookedLine, ...] = ()
    charges: tuple[BookedCharge, ...] = ()
    method: str = ""
    provider: str = ""
    transaction_id: str = ""
    voucher_number: str = ""
    reason_code: str = ""
    modified_at: datetime | None = None
    version: str = ""
