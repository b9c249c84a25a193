"""What a particular Prima says it can do; everything the desk branches on comes from here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from integration.core.money import Rounding


@dataclass(frozen=True, slots=True)
class Limits:
    """`max_length` maps a field path ("addresses.lines") to characters. Zero means no limit."""

    max_length: Mapping[str, int] = field(default_factory=dict)
    address_lines: int = 6
    max_lines: int = 999
    batch_size: int = 100
    page_size: int = 500
    calls_per_second: int = 0
    concurrency: int = 4

    def length(self, path: str, default: int) -> int:
        return self.max_length.get(path) or default


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Read once per connection and refreshed by the reference sync.

    `notifies` is whether it may be subscribed to changes, `batches` whether it takes several calls
    in one; what does not say so is to be tried.
    """

    contract: str = "1"
    adapter: Literal["rest", "soap", "file"] = "rest"
    limits: Limits = Limits()
    charset: Literal["utf-8", "iso-8859-1"] = "utf-8"
    vat_rounding: Literal["line", "invoice"] = "line"
    rounding_mode: Rounding = "half_up"
    price_basis: tuple[Literal["net", "gross"], ...] = ("net", "gross")
    order_discount: Literal["native", "allocate_to_lines"] = "allocate_to_lines"
    consent_write: Literal["none", "with_order", "endpoint"] = "endpoint"
    change_feed: Literal["cursor", "modified_since", "snapshot_diff"] = "cursor"
    notifies: bool = True
    batches: bool = True
    currencies: tuple[str, ...] = ()
    tax_codes: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, object] = field(default_factory=dict)
