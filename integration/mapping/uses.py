"""What uses a mapping: the campaign orders that carry its value, and what became of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from integration.mapping.models import ProductMapping, PromotionMapping, ValueMapping
from integration.mirror.models import CampaignOrder
from integration.mirror.order_words import words, words_of

Mapping = ProductMapping | PromotionMapping | ValueMapping
_ORDER_FIELDS: dict[str, tuple[str, ...]] = {
    ValueMapping.Domain.CHARGE: ("shipping_code",),
    ValueMapping.Domain.PAYMENT_METHOD: ("payment_method",),
    ValueMapping.Domain.TERMS: ("payment_terms",),
    ValueMapping.Domain.COUNTRY: ("invoice_country", "delivery_country"),
    ValueMapping.Domain.SOURCE_MEDIA: ("source_media", "campaign"),
}
LATEST = 25


@dataclass(frozen=True, slots=True)
class Use:
    """`money` is what those orders are worth, by currency."""

    orders: int
    in_prima: int
    money: dict[str, Any]
    latest: list[CampaignOrder]


def of(mapping: Mapping) -> Use:
    """The orders with this value, on the days on which the mapping is in force."""
    found = _orders(mapping).filter(ordered_at__date__gte=mapping.valid_from)
    if mapping.valid_to is not None:
        found = found.filter(ordered_at__date__lte=mapping.valid_to)
    counted = found.aggregate(orders=Count("pk"), booked=Count("prima_order"))
    sums = found.order_by().values_list("currency").annotate(Sum("total_paid"))
    return Use(
        orders=counted["orders"],
        in_prima=counted["booked"],
        money=dict(sums),
        latest=list(found.select_related("prima_order").order_by("-ordered_at")[:LATEST]),
    )


def _orders(mapping: Mapping) -> QuerySet[CampaignOrder]:
    match mapping:
        case ProductMapping():
            return _by_part("lines", "sku", mapping.source_sku)
        case PromotionMapping():
            return _by_part("promotions", "code", mapping.source_code)
        case _:
            return _by_order_field(mapping)


def _by_part(parts: str, field: str, value: str) -> QuerySet[CampaignOrder]:
    """Whatever the case, as the book looks it up."""
    found = CampaignOrder.objects.alias(words=words(parts, field))
    return found.filter(words__overlap=words_of(value, parts, field))


def _by_order_field(mapping: ValueMapping) -> QuerySet[CampaignOrder]:
    wanted = Q(pk__in=[])
    for name in _ORDER_FIELDS.get(mapping.domain, ()):
        wanted |= Q(**{f"payload__order__{name}__iexact": mapping.source})
    return CampaignOrder.objects.filter(wanted)
