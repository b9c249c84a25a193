"""An order as a campaign took it: what the customer chose, was promised and paid."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from integration.records.address import NO_ADDRESS, Address

PriceBasis = Literal["gross", "net"]


class PromotionType(StrEnum):
    """Structures of promotion the desk can interpret. Anything else is held for a person."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FIXED_PRICE = "fixed_price"
    FREE_SHIPPING = "free_shipping"
    BUY_X_GET_Y = "buy_x_get_y"
    BUNDLE = "bundle"
    VOUCHER = "voucher"
    STORE_CREDIT = "store_credit"


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """`unit_price` is in the order's price basis, before any promotion; `line_no` is theirs."""

    line_no: str
    sku: str
    quantity: Decimal
    unit_price: Decimal
    description: str = ""
    parent_line_no: str = ""


@dataclass(frozen=True, slots=True)
class CampaignPromotion:
    """One promotion, voucher or credit as the shop recorded it.

    `type` and `scope` are the source's words: unknown ones survive to be shown. `scope` is "line",
    "order" or "shipping". `line_nos` and `skus` narrow what it applies to; empty means everything.
    `value` is the percentage or amount of the offer; `amount` is what the shop took off in the end
    (None when the shop did not say). `reference` is the voucher or credit number.
    """

    sequence: int
    code: str
    type: str
    scope: str = "order"
    name: str = ""
    value: Decimal | None = None
    amount: Decimal | None = None
    line_nos: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    buy_quantity: int | None = None
    get_quantity: int | None = None
    exclusive: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CampaignOrder:
    """The whole order. Money is in `currency`; `total_paid` includes tax, shipping and vouchers."""

    key: str
    contact_key: str
    email: str
    ordered_at: datetime
    currency: str
    price_basis: PriceBasis
    total_paid: Decimal
    lines: tuple[CampaignLine, ...]
    promotions: tuple[CampaignPromotion, ...] = ()
    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    tax_number: str = ""
    phone: str = ""
    campaign: str = ""
    journey: str = ""
    source_media: str = ""
    invoice_address: Address = NO_ADDRESS
    delivery_address: Address = NO_ADDRESS
    shipping_code: str = ""
    shipping_amount: Decimal = Decimal(0)
    tax_total: Decimal | None = None
    payment_method: str = ""
    payment_provider: str = ""
    payment_reference: str = ""
    payment_terms: str = ""
    modified_at: datetime | None = None
    customer_po: str = ""
