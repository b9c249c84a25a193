"""What Prima says can be sold now."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Availability:
    """One item's free stock, in its unit. Unknown is not zero: then `free_stock` is None.

    `available_on` is when more is expected; `as_of` when Prima counted.
    """

    sku_key: str
    status: Literal["known", "unknown"]
    free_stock: Decimal | None = None
    available_on: date | None = None
    warehouse: str = ""
    as_of: datetime | None = None
    version: str = ""
