"""What a mapping kept in Admin would do to the orders that wait, before it is saved: what the new
value heals, and what relied on the old one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, cast

from connectors.sync.flow import ORDERS
from connectors.sync.models import SyncItem
from connectors.sync.orders import preview as orders_preview
from connectors.sync.orders.preview import MOST_ORDERS, BookChange, Outcome
from exceptions import trial
from exceptions.action import Preview, StillFailing
from integration.mapping import uses
from integration.mapping.book import PromotionRule
from integration.mapping.models import ProductMapping, PromotionMapping, ValueMapping

AMapping = ProductMapping | PromotionMapping | ValueMapping
MODELS: dict[str, Any] = {
    model._meta.model_name or "": model
    for model in (ProductMapping, PromotionMapping, ValueMapping)
}
"""The mappings that orders are translated with, by the name in their address."""
_NOT_SENT = (SyncItem.State.HELD, SyncItem.State.WAITING)


@dataclass(frozen=True, slots=True)
class Lost:
    """What relied on the value that a mapping had until now.

    `held` would not go to Prima any more, and are worth `money` by currency; `worse` are held
    already and would have one more problem; `otherwise` would go with something else booked.
    `in_prima` have it in Prima, where they stay as they were booked.
    """

    held: tuple[StillFailing, ...] = ()
    worse: tuple[StillFailing, ...] = ()
    otherwise: tuple[str, ...] = ()
    money: Mapping[str, Decimal] = field(default_factory=dict)
    in_prima: int = 0

    @property
    def relying(self) -> int:
        return len(self.held) + len(self.worse) + len(self.otherwise)

    @property
    def lists(self) -> list[tuple[str, tuple[StillFailing, ...]]]:
        """Those of which something is wrong then, with a title each; empty ones are left out."""
        both = (
            ("Orders that would be held, and why", self.held),
            ("Orders that are held already, and all that would be wrong", self.worse),
        )
        return [(title, orders) for title, orders in both if orders]


@dataclass(frozen=True, slots=True)
class BothSides:
    """`old` is None when the mapping is a new one."""

    new: Preview
    old: Lost | None = None


def of(kept: AMapping, *, was: AMapping | None = None, personal: bool) -> BothSides:
    """Tried on every order that is not in Prima yet, the newest first, on the mapping's own days.

    The mapping need not be saved, and nothing is. `was` is the mapping as it stands until now.
    """
    waiting = SyncItem.objects.filter(flow=ORDERS, state__in=_NOT_SENT).order_by("-pk")
    keys = list(waiting.values_list("external_id", flat=True)[: MOST_ORDERS + 1])
    instead_of = change(was) if was is not None else None
    found = orders_preview.what_if(keys, replace(change(kept), instead_of=instead_of))
    relied = _relied(found, instead_of) if instead_of is not None else frozenset()
    new = replace(found, broken=tuple(one for one in found.broken if one.key not in relied))
    return BothSides(
        new=trial.of_change(
            new, personal=personal, not_tried=max(waiting.count() - MOST_ORDERS, 0)
        ),
        old=_lost(found, was, relied, personal=personal) if was is not None else None,
    )


def _relied(found: orders_preview.Preview, old: BookChange) -> frozenset[str]:
    """The orders of those that the change touches for which the old mapping alone matters."""
    keys = [outcome.key for outcome in _touched(found)]
    without = orders_preview.what_if(keys, BookChange(instead_of=old))
    return frozenset(outcome.key for outcome in _touched(without))


def _touched(found: orders_preview.Preview) -> Sequence[Outcome]:
    worse = [outcome for outcome in found.failing if outcome.gained]
    return [*found.broken, *worse, *(outcome for outcome in found.fine if outcome.otherwise)]


def _lost(
    found: orders_preview.Preview, was: AMapping, relied: frozenset[str], *, personal: bool
) -> Lost:
    held = [one for one in found.broken if one.key in relied]
    worse = [one for one in found.failing if one.gained and one.key in relied]
    money: dict[str, Decimal] = defaultdict(Decimal)
    for outcome in held:
        if outcome.amount is not None:
            money[outcome.currency] += outcome.amount
    return Lost(
        held=trial.told(held, personal=personal),
        worse=trial.told(worse, personal=personal),
        otherwise=tuple(one.key for one in found.fine if one.otherwise and one.key in relied),
        money=dict(money),
        in_prima=uses.of(was).in_prima,
    )


def change(mapping: AMapping) -> BookChange:
    """What the mapping says, on the days on which it says it."""
    return replace(_said(mapping), first=mapping.valid_from, last=mapping.valid_to)


def _said(mapping: AMapping) -> BookChange:
    match mapping:
        case ProductMapping():
            return BookChange(products=((mapping.source_sku, mapping.prima_sku),))
        case PromotionMapping():
            rule = PromotionRule(
                treatment=cast(Any, mapping.treatment),
                prima_code=mapping.prima_code,
                max_percent=mapping.max_percent,
                max_amount=mapping.max_amount,
                may_stack=mapping.may_stack,
            )
            return BookChange(promotions=((mapping.source_code, rule),))
    return BookChange(values=((mapping.domain, mapping.source, mapping.target),))
