"""How proposals and differences are narrowed down."""

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from integration.ownership.fields import label_of
from integration.ownership.models import FIELD_CHOICES, Drift, Keeper, Proposal

_SELECT = {"class": "form-select"}


def _search() -> filters.CharFilter:
    widget = forms.TextInput(
        attrs={
            "type": "search",
            "placeholder": "Name, contact, account",
            "class": "form-control",
        }
    )
    return filters.CharFilter(label="Search", method="search", widget=widget)


class _Customers(filters.FilterSet):
    def search(self, queryset: QuerySet[Drift], _name: str, text: str) -> QuerySet[Drift]:
        return queryset.filter(
            Q(name__icontains=text) | Q(contact_key__iexact=text) | Q(account_code__iexact=text)
        )


class ProposalFilter(_Customers):
    """Open ones unless asked otherwise."""

    q = _search()
    field = filters.ChoiceFilter(
        label="Field",
        choices=FIELD_CHOICES,
        empty_label="Every field",
        widget=forms.Select(attrs=_SELECT),
    )
    source = filters.ChoiceFilter(
        label="Changed in",
        choices=Keeper.choices,
        empty_label="Either system",
        widget=forms.Select(attrs=_SELECT),
    )
    state = filters.ChoiceFilter(
        label="State",
        choices=[("all", "Any state"), *Proposal.State.choices],
        method="by_state",
        empty_label="Open",
        widget=forms.Select(attrs=_SELECT),
    )

    class Meta:
        model = Proposal
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Proposal]) -> QuerySet[Proposal]:
        found: QuerySet[Proposal] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            found = found.filter(state=Proposal.State.OPEN)
        return found

    def by_state(self, queryset: QuerySet[Proposal], _name: str, value: str) -> QuerySet[Proposal]:
        return queryset if value == "all" else queryset.filter(state=value)


def drift_fields() -> list[tuple[str, str]]:
    extra = [(slug, label_of(slug)) for slug in ("contact", "consent")]
    return [*FIELD_CHOICES, *extra]


class DriftFilter(_Customers):
    """What is open, unless asked for what has healed."""

    q = _search()
    field = filters.ChoiceFilter(
        label="Field",
        choices=drift_fields,
        empty_label="Every field",
        widget=forms.Select(attrs=_SELECT),
    )
    state = filters.ChoiceFilter(
        label="What happens",
        choices=Drift.State.choices,
        empty_label="Anything",
        widget=forms.Select(attrs=_SELECT),
    )
    healed = filters.ChoiceFilter(
        label="Healed",
        choices=[("yes", "Healed"), ("all", "Open and healed")],
        method="by_healed",
        empty_label="Open",
        widget=forms.Select(attrs=_SELECT),
    )

    class Meta:
        model = Drift
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Drift]) -> QuerySet[Drift]:
        found: QuerySet[Drift] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("healed"):
            found = found.filter(healed_at__isnull=True)
        return found

    def by_healed(self, queryset: QuerySet[Drift], _name: str, value: str) -> QuerySet[Drift]:
        return queryset if value == "all" else queryset.filter(healed_at__isnull=False)
