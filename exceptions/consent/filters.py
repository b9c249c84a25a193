"""How opt-outs under way are narrowed down."""

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from connectors.sync.consent.claims import OVER
from integration.consent import addresses
from integration.consent.models import Channel, Propagation, Source

_SELECT = {"class": "form-select"}


class PropagationFilter(filters.FilterSet):
    """Under way unless told otherwise; by system, channel, and the whole address."""

    q = filters.CharFilter(
        label="Address",
        method="by_address",
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Whole address", "class": "form-control"}
        ),
    )
    which = filters.ChoiceFilter(
        label="Which",
        choices=[("confirmed", "Confirmed"), ("all", "All")],
        method="by_state",
        empty_label="Under way",
        widget=forms.Select(attrs=_SELECT),
    )
    target = filters.ChoiceFilter(
        label="To",
        choices=[choice for choice in Source.choices if choice[0] != Source.DESK],
        empty_label="Either system",
        widget=forms.Select(attrs=_SELECT),
    )
    channel = filters.ChoiceFilter(
        field_name="event__channel",
        label="Channel",
        choices=Channel.choices,
        empty_label="Any",
        widget=forms.Select(attrs=_SELECT),
    )

    class Meta:
        model = Propagation
        fields: list[str] = []

    @property
    def qs(self) -> QuerySet[Propagation]:
        found: QuerySet[Propagation] = super().qs
        if self.form.is_valid() and self.form.cleaned_data.get("which"):
            return found
        return found.exclude(step__in=OVER)

    def by_state(
        self, queryset: QuerySet[Propagation], _name: str, value: str
    ) -> QuerySet[Propagation]:
        return queryset.filter(step__in=OVER) if value == "confirmed" else queryset

    def by_address(
        self, queryset: QuerySet[Propagation], _name: str, text: str
    ) -> QuerySet[Propagation]:
        """The hash of the address as typed: nothing less than the whole address finds anybody."""
        hashes = {addresses.known_hash(channel, text) for channel in ("email", "sms", "post")}
        return queryset.filter(event__address_hash__in=hashes - {""})
