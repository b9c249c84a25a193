"""What a mapping kept in Admin would do to the orders that wait, before it is saved."""

from dataclasses import replace
from typing import Any, cast

from connectors.sync.flow import ORDERS
from connectors.sync.models import SyncItem
from connectors.sync.orders import preview as orders_preview
from connectors.sync.orders.preview import MOST_ORDERS, BookChange
from exceptions import trial
from exceptions.action import Preview
from integration.mapping.book import PromotionRule
from integration.mapping.models import ProductMapping, PromotionMapping, ValueMapping

MODELS: dict[str, Any] = {
    model._meta.model_name or "": model
    for model in (ProductMapping, PromotionMapping, ValueMapping)
}
"""The mappings that orders are translated with, by the name in their address."""
_NOT_SENT = (SyncItem.State.HELD, SyncItem.State.WAITING)


def of(mapping: ProductMapping | PromotionMapping | ValueMapping, *, personal: bool) -> Preview:
    """Tried on every order that is not in Prima yet, the newest first, on the mapping's own days.

    The mapping need not be saved, and nothing is.
    """
    waiting = SyncItem.objects.filter(flow=ORDERS, state__in=_NOT_SENT).order_by("-pk")
    keys = list(waiting.values_list("external_id", flat=True)[: MOST_ORDERS + 1])
    found = orders_preview.what_if(keys, change(mapping))
    return trial.of_change(
        found, personal=personal, not_tried=max(waiting.count() - MOST_ORDERS, 0)
    )


def change(mapping: ProductMapping | PromotionMapping | ValueMapping) -> BookChange:
    """What the mapping says, on the days on which it says it."""
    return replace(_said(mapping), first=mapping.valid_from, last=mapping.valid_to)


def _said(mapping: ProductMapping | PromotionMapping | ValueMapping) -> BookChange:
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
