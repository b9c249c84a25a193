"""A customer account as Prima holds it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from integration.records.address import Address

CustomerType = Literal["company", "person"]
Hold = Literal["none", "ship", "invoice", "all"]


@dataclass(frozen=True, slots=True)
class CustomerAddress:
    """An address of the account with what it is for."""

    id: str
    role: Literal["invoice", "delivery", "both"]
    address: Address
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Customer:
    """`external_keys` maps a system to the key it knows the customer by, e.g. {"sfmc": "C-42"}.

    `version` is the ETag that a change has to name. A pool account (cash sale, web sales) stands
    for nobody in particular and is never an identity.
    """

    id: str
    account_code: str
    name: str
    type: CustomerType = "company"
    external_keys: dict[str, str] = field(default_factory=dict)
    vat_number: str = ""
    eori: str = ""
    company_number: str = ""
    email: str = ""
    phone: str = ""
    currency: str = "GBP"
    price_list: str = ""
    payment_terms: str = ""
    credit_limit: Decimal | None = None
    balance: Decimal | None = None
    credit_status: Literal["ok", "warn", "stopped"] = "ok"
    hold: Hold = "none"
    hold_reason: str = ""
    status: Literal["active", "inactive", "merged"] = "active"
    merged_into: str = ""
    is_pool: bool = False
    addresses: tuple[CustomerAddress, ...] = ()
    modified_at: datetime | None = None
    version: str = ""
