"""An order as Prima shall book it, complete to the penny."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from integration.records.address import NO_ADDRESS, Address
from integration.records.campaign_order import PriceBasis


@dataclass(frozen=True, slots=True)
class Allocation:
    """This line's (or charge's) share of the discount named `discount_ref`, in the price basis."""

    discount_ref: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Discount:
    """What was promised, and `amount`, what it came to. The allocations add up to `amount`."""

    ref: str
    code: str
    name: str
    target: Literal["line", "order", "charge"]
    value_type: Literal["percentage", "fixed_amount", "fixed_price"]
    value: Decimal
    allocation: Literal["across", "each", "explicit"]
    sequence: int
    amount: Decimal
    stacking: Literal["stack", "exclusive"] = "stack"


@dataclass(frozen=True, slots=True)
class SalesLine:
    """`net_amount` and `tax_amount` are after all allocations; `tax_rate` in percent."""

    line_ref: str
    sku: str
    kind: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_code: str
    tax_rate: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    allocations: tuple[Allocation, ...] = ()
    parent_line_ref: str = ""
    variant: tuple[str, str, str, str] = ("", "", "", "")


@dataclass(frozen=True, slots=True)
class Charge:
    """Carriage and the like. `net_amount` and `tax_amount` are after allocations."""

    code: str
    description: str
    net_amount: Decimal
    tax_code: str
    tax_amount: Decimal
    allocations: tuple[Allocation, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """How the customer paid. Vouchers and store credit are payments, never discounts."""

    method: str
    amount: Decimal
    provider: str = ""
    transaction_id: str = ""
    voucher_number: str = ""
    credit_note_number: str = ""
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The base and tax of one tax code over the whole order."""

    code: str
    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """`goods_net` is after discounts; `discount_total` is in the price basis."""

    goods_net: Decimal
    discount_total: Decimal
    charges_net: Decimal
    tax_total: Decimal
    gross: Decimal
    tax_summary: tuple[TaxLine, ...] = ()


@dataclass(frozen=True, slots=True)
class SalesOrder:
    """`external_system` and `external_ref` name the campaign order and are unique in Prima."""

    external_system: str
    external_ref: str
    account_code: str
    order_date: date
    currency: str
    price_basis: PriceBasis
    lines: tuple[SalesLine, ...]
    totals: Totals
    charges: tuple[Charge, ...] = ()
    discounts: tuple[Discount, ...] = ()
    payments: tuple[Payment, ...] = ()
    invoice_address: Address = NO_ADDRESS
    delivery_address: Address = NO_ADDRESS
    payment_terms: str = ""
    source_media: str = ""
    campaign: str = ""
    journey: str = ""
    channel: str = "campaign"
    customer_po: str = ""


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """What Prima answered about an order it holds. `replayed`: it had been there before."""

    id: str
    order_number: str
    external_ref: str
    content_hash: str
    order_status: str
    gross: Decimal
    currency: str
    account_code: str
    replayed: bool = False
