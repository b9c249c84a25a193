"""What Prima sells, and the codes it books with."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

ItemKind = Literal["stock", "service", "non_stock", "charge", "voucher", "kit"]
CodeList = Literal["charge", "promotion", "source_media", "payment_method"]


@dataclass(frozen=True, slots=True)
class Item:
    """One product code. `variant` holds the four matrix codes, empty for a flat code."""

    sku: str
    description: str
    kind: ItemKind = "stock"
    tax_code: str = ""
    variant: tuple[str, str, str, str] = ("", "", "", "")
    gtin: str = ""
    uom: str = "EA"
    price: Decimal | None = None
    currency: str = ""
    status: Literal["active", "blocked", "discontinued"] = "active"
    blocked_reason: str = ""
    brand: str = ""
    season: str = ""
    modified_at: datetime | None = None
    version: str = ""

    @property
    def sku_key(self) -> str:
        """The code with its matrix codes; the separator cannot occur in a code."""
        return "|".join([self.sku, *[code for code in self.variant if code]])


@dataclass(frozen=True, slots=True)
class TaxCode:
    """`rate` in percent: Decimal("20")."""

    code: str
    description: str
    rate: Decimal
    valid_from: date | None = None
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        return _within(day, self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class Code:
    """An entry of one of Prima's reference lists: charges, promotions, source media, payments."""

    list: CodeList
    code: str
    description: str
    tax_code: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        return _within(day, self.valid_from, self.valid_to)


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)
