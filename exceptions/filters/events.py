"""How order events are narrowed down."""

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from connectors.sync.models import OrderEvent
from integration.records.milestones import Milestone

_SELECT = {"class": "form-select"}


class EventFilter(filters.FilterSet):
    """Text over order and contact, the milestone, where it stands."""

    q = filters.CharFilter(
        label="Search",
        method="search",
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Order, contact", "class": "form-control"}
        ),
    )
    milestone = filters.ChoiceFilter(
        label="Milestone",
        choices=[(one.value, one.label) for one in Milestone],
        empty_label="Any",
        widget=forms.Select(attrs=_SELECT),
    )
    state = filters.ChoiceFilter(
        label="Where it stands",
        choices=OrderEvent.State.choices,
        empty_label="Anywhere",
        widget=forms.Select(attrs=_SELECT),
    )

    class Meta:
        model = OrderEvent
        fields: list[str] = []

    def search(self, queryset: QuerySet[OrderEvent], _name: str, text: str) -> QuerySet[OrderEvent]:
        clean = text.replace("\x00", "")
        return queryset.filter(
            Q(order_number__iexact=clean)
            | Q(contact_key__iexact=clean)
            | Q(campaign_order__iexact=clean)
        )
