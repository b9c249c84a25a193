"""How campaign orders are narrowed down."""

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet

from connectors.sync.flow import ORDERS
from connectors.sync.models import SyncItem
from exceptions.search import orders_known_by
from integration.mirror.models import CampaignOrder

ON_THE_WAY = "on_the_way"


class OrderFilter(filters.FilterSet):
    """Text over key, customer and campaign; where the order stands; currency; campaign."""

    q = filters.CharFilter(
        label="Search",
        method="search",
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": "Order, customer, campaign",
                "class": "form-control",
            }
        ),
    )
    state = filters.ChoiceFilter(
        label="Where it stands",
        choices=[*SyncItem.State.choices, (ON_THE_WAY, "On its way")],
        method="by_state",
        empty_label="Anywhere",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    currency = filters.CharFilter(
        label="Currency",
        lookup_expr="iexact",
        widget=forms.TextInput(attrs={"class": "form-control", "size": 5, "maxlength": 10}),
    )

    class Meta:
        model = CampaignOrder
        fields: list[str] = []

    def search(
        self, queryset: QuerySet[CampaignOrder], _name: str, text: str
    ) -> QuerySet[CampaignOrder]:
        return queryset.filter(pk__in=orders_known_by(text).values("pk"))

    def by_state(
        self, queryset: QuerySet[CampaignOrder], _name: str, value: str
    ) -> QuerySet[CampaignOrder]:
        states = SyncItem.ON_THE_WAY if value == ON_THE_WAY else [value]
        items = SyncItem.objects.filter(flow=ORDERS, external_id=OuterRef("key"), state__in=states)
        return queryset.filter(Exists(items))
