"""How adjustments are narrowed down."""

import django_filters as filters
from django.db.models import Q, QuerySet

from integration.accounts.gate import person
from reconciliation import deciders
from reconciliation.filters.fields import (
    CurrencyFilter,
    MonthFilter,
    OfCompany,
    choice_field,
    text_field,
)
from reconciliation.models import Adjustment

_DECIDERS = {"me": deciders.for_you, "own": deciders.by_you, "others": deciders.for_others}


class AdjustmentFilter(OfCompany):
    """What waits for a decision, unless asked otherwise."""

    q = filters.CharFilter(
        label="Search", method="search", widget=text_field("Reason, person, difference")
    )
    state = filters.ChoiceFilter(
        label="State",
        choices=[("all", "Any state"), *Adjustment.State.choices[1:]],
        method="by_state",
        empty_label="Waiting",
        widget=choice_field(),
    )
    kind = filters.ChoiceFilter(
        label="Kind", choices=Adjustment.Kind.choices, empty_label="Any kind", widget=choice_field()
    )
    decide = filters.ChoiceFilter(
        label="Decided by",
        choices=[
            ("me", "You may approve it"),
            ("own", "Somebody else: your own"),
            ("others", "Another role or limit"),
        ],
        method="by_decider",
        empty_label="Anybody",
        widget=choice_field(),
    )
    currency = CurrencyFilter()
    period = MonthFilter()

    class Meta:
        model = Adjustment
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Adjustment]) -> QuerySet[Adjustment]:
        found: QuerySet[Adjustment] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            found = found.filter(state=Adjustment.State.PROPOSED)
        return found

    def by_state(
        self, queryset: QuerySet[Adjustment], _name: str, value: str
    ) -> QuerySet[Adjustment]:
        return queryset if value == "all" else queryset.filter(state=value)

    def by_decider(
        self, queryset: QuerySet[Adjustment], _name: str, value: str
    ) -> QuerySet[Adjustment]:
        """Only what waits: what is decided is nobody's to decide."""
        return queryset.filter(_DECIDERS[value](person(self.request)))

    def search(self, queryset: QuerySet[Adjustment], _name: str, text: str) -> QuerySet[Adjustment]:
        return queryset.filter(
            Q(reason__icontains=text)
            | Q(proposer_name__icontains=text)
            | Q(decider_name__icontains=text)
            | Q(account_code__icontains=text)
            | Q(difference__title__icontains=text)
            | Q(difference__key__icontains=text)
        )
