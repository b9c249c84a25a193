"""How differences are narrowed down."""

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from reconciliation import ageing, totals
from reconciliation.control import controls
from reconciliation.filters.fields import (
    CurrencyFilter,
    MonthFilter,
    OfCompany,
    Offered,
    choice_field,
    control_choices,
    gateways_or_none,
    text_field,
)
from reconciliation.models import Difference

AGES = [(str(begin), label) for begin, _, label in ageing.AGES]


def category_choices() -> list[tuple[str, str]]:
    """Categories of different controls may have one name; they are chosen together."""
    found = {one.slug: one.title for control in controls().values() for one in control.categories}
    return sorted(found.items(), key=lambda pair: pair[1])


def _day(label: str, lookup: str) -> filters.DateFilter:
    widget = forms.DateInput(attrs={"type": "date", "class": "form-control"})
    return filters.DateFilter(field_name="day", lookup_expr=lookup, label=label, widget=widget)


class DifferenceFilter(OfCompany):
    """What is not closed, unless asked otherwise."""

    q = filters.CharFilter(
        label="Search", method="search", widget=text_field("Order, payout, line, text")
    )
    control = filters.ChoiceFilter(
        label="Control", choices=control_choices, empty_label="All", widget=choice_field()
    )
    category = filters.ChoiceFilter(
        label="What", choices=category_choices, empty_label="Anything", widget=choice_field()
    )
    state = filters.ChoiceFilter(
        label="State",
        choices=[
            ("all", "Any state"),
            *Difference.State.choices,
            ("overdue", "Timing, overdue"),
        ],
        method="by_state",
        empty_label="Not closed",
        widget=choice_field(),
    )
    currency = CurrencyFilter()
    gateway = filters.CharFilter(
        label="Gateway",
        method="by_gateway",
        widget=Offered("Any gateway", gateways_or_none),
    )
    age = filters.ChoiceFilter(
        label="Age", choices=AGES, method="by_age", empty_label="Any age", widget=choice_field()
    )
    period = MonthFilter()
    news = filters.ChoiceFilter(
        label="Changed",
        choices=[("opened", "Found since yesterday"), ("closed", "Closed since yesterday")],
        method="by_news",
        empty_label="Any time",
        widget=choice_field(),
    )

    class Meta:
        model = Difference
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Difference]) -> QuerySet[Difference]:
        found: QuerySet[Difference] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        if not asked.get("state") and not asked.get("news"):
            found = found.filter(closed_at__isnull=True)
        return found

    def search(self, queryset: QuerySet[Difference], _name: str, text: str) -> QuerySet[Difference]:
        return queryset.filter(
            Q(key__icontains=text) | Q(title__icontains=text) | Q(campaign__icontains=text)
        )

    def by_state(
        self, queryset: QuerySet[Difference], _name: str, value: str
    ) -> QuerySet[Difference]:
        if value == "overdue":
            return queryset.filter(totals.overdue(), closed_at__isnull=True)
        return queryset if value == "all" else queryset.filter(state=value)

    def by_gateway(
        self, queryset: QuerySet[Difference], _name: str, value: str
    ) -> QuerySet[Difference]:
        return queryset.filter(gateway="" if value == totals.NONE else value)

    def by_age(
        self, queryset: QuerySet[Difference], _name: str, value: str
    ) -> QuerySet[Difference]:
        return queryset.filter(ageing.of_age(int(value)))

    def by_news(
        self, queryset: QuerySet[Difference], _name: str, value: str
    ) -> QuerySet[Difference]:
        since = totals.yesterday()
        if value == "closed":
            return queryset.filter(closed_at__gte=since)
        return queryset.filter(first_seen_at__gte=since).exclude(state=Difference.State.TOLERATED)


# "from" is a word of Python, so it cannot be written as an attribute.
DifferenceFilter.base_filters["from"] = _day("From", "gte")
DifferenceFilter.base_filters["to"] = _day("To", "lte")
