"""What a structure of discount is: from an offer and the goods it is on to what it takes off.

Each structure is one file of `discounts/`. All sums are in whole minor units of the currency and
in the price basis of the order. How the sum is shared out is the same for all of them: over the
goods, by what is left of each, by largest remainder.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import ClassVar, Literal

from integration.core.folder import members
from integration.core.money import is_exact, to_minor
from integration.records.campaign_order import CampaignPromotion

PACKAGE = "connectors.sync.orders.discounts"
Reason = Literal[
    "unrecognised",
    "unmapped",
    "incomplete",
    "unknown_in_prima",
    "stacking",
    "over_limit",
    "amount_differs",
    "over_line",
]


class Flaw(Exception):
    """The promotion cannot be worked out. `says` is half a sentence, `field` is the culprit."""

    def __init__(self, reason: Reason, says: str, field: str = "type") -> None:
        super().__init__(says)
        self.reason: Reason = reason
        self.says = says
        self.field = field


@dataclass(frozen=True, slots=True)
class Goods:
    """One line an offer is on. `left` is what earlier promotions have left of its price."""

    quantity: Decimal
    unit_price: Decimal
    left: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion with the goods, or the carriage, that it is on."""

    promotion: CampaignPromotion
    goods: tuple[Goods, ...]
    currency: str

    @property
    def left(self) -> int:
        return sum(one.left for one in self.goods)

    def needed_value(self) -> Decimal:
        """Raises Flaw when the promotion has none."""
        if self.promotion.value is None:
            raise Flaw("incomplete", "has no value", "value")
        return self.promotion.value

    def percentage(self, *, default: int | None = None) -> Decimal:
        """Raises Flaw when there is none or it is over 100."""
        value = self.promotion.value
        percent = Decimal(default) if value is None and default else self.needed_value()
        if percent > 100:
            raise Flaw(
                "over_line", f"takes off {percent.normalize():f} %, more than everything", "value"
            )
        return percent

    def money(self) -> int:
        """The value as an amount. Raises Flaw when it has more decimals than the currency."""
        value = self.needed_value()
        if not is_exact(value, self.currency):
            raise Flaw(
                "incomplete",
                f"has the value {value:f}, with more decimals than an amount has",
                "value",
            )
        return to_minor(value, self.currency)

    def minor(self, amount: Decimal) -> int:
        """An exact amount at the minor unit, half up."""
        digits = to_minor(Decimal(1), self.currency)
        return int((amount * digits).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def half_up(minor: Decimal) -> int:
    return int(minor.quantize(Decimal(1), rounding=ROUND_HALF_UP))


class Structure(ABC):
    """`slug` is the source's word. `on_charge`: it is on the carriage whatever its scope."""

    slug: ClassVar[str]
    value_type: ClassVar[Literal["percentage", "fixed_amount", "fixed_price"]]
    on_charge: ClassVar[bool] = False

    @abstractmethod
    def worth(self, offer: Offer) -> int:
        """What it takes off, before it is cut to what is left. Raises Flaw."""

    def value(self, offer: Offer) -> Decimal:
        return offer.promotion.value or Decimal(0)


@cache
def structures() -> dict[str, Structure]:
    """All structures by slug."""
    # The members are concrete, the base that names them is not.
    found = members(PACKAGE, Structure)  # type: ignore[type-abstract]
    return {slug: member() for slug, member in found.items()}
