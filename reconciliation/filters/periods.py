"""How periods are narrowed down."""

import django_filters as filters
from django import forms

from reconciliation.filters.fields import choice_field
from reconciliation.models import Period


def _companies() -> list[tuple[str, str]]:
    found = Period.objects.order_by("company").values_list("company", flat=True).distinct()
    return [(name, name) for name in found]


class PeriodFilter(filters.FilterSet):
    """Company, state, year."""

    company = filters.ChoiceFilter(
        label="Company", choices=_companies, empty_label="Any company", widget=choice_field()
    )
    state = filters.ChoiceFilter(
        label="State", choices=Period.State.choices, empty_label="Any state", widget=choice_field()
    )
    year = filters.NumberFilter(
        label="Year",
        field_name="first_day__year",
        min_value=1970,
        max_value=9999,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

    class Meta:
        model = Period
        fields: list[str] = []
