"""How matches are narrowed down."""

import django_filters as filters
from django.db.models import Q, QuerySet

from reconciliation import match, totals
from reconciliation.filters.fields import (
    CurrencyFilter,
    MonthFilter,
    OfCompany,
    Offered,
    choice_field,
    control_choices,
    gateways,
    text_field,
)
from reconciliation.matching.rule import BY_HAND
from reconciliation.models import Match
from reconciliation.tolerated import swallowing


def rule_choices() -> list[tuple[str, str]]:
    slugs = [*(rule.slug for rule in match.rules()), BY_HAND]
    return [(slug, match.title_of(slug)) for slug in slugs]


class MatchFilter(OfCompany):
    """Matches that hold, unless asked otherwise."""

    q = filters.CharFilter(
        label="Search", method="search", widget=text_field("Line, document, reference")
    )
    control = filters.ChoiceFilter(
        label="Control", choices=control_choices, empty_label="All", widget=choice_field()
    )
    rule = filters.ChoiceFilter(
        label="Rule", choices=rule_choices, empty_label="Any rule", widget=choice_field()
    )
    currency = CurrencyFilter()
    gateway = filters.CharFilter(
        label="Gateway",
        field_name="line__gateway",
        widget=Offered("Any gateway", gateways),
    )
    period = MonthFilter()
    tolerance = filters.ChoiceFilter(
        label="Tolerance",
        choices=[("used", "Used")],
        method="by_tolerance",
        empty_label="Used or not",
        widget=choice_field(),
    )
    undone = filters.ChoiceFilter(
        label="State",
        choices=[("yes", "Undone")],
        method="by_undone",
        empty_label="Holds",
        widget=choice_field(),
    )

    news = filters.ChoiceFilter(
        label="Changed",
        choices=[("made", "Made since yesterday"), ("undone", "Undone since yesterday")],
        method="by_news",
        empty_label="Any time",
        widget=choice_field(),
    )

    class Meta:
        model = Match
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Match]) -> QuerySet[Match]:
        found: QuerySet[Match] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        if not asked.get("undone") and not asked.get("news"):
            found = found.filter(undone_at__isnull=True)
        return found

    def search(self, queryset: QuerySet[Match], _name: str, text: str) -> QuerySet[Match]:
        return queryset.filter(
            Q(line__line_id__icontains=text)
            | Q(line__reference__icontains=text)
            | Q(document__number__iexact=text)
        )

    def by_tolerance(self, queryset: QuerySet[Match], _name: str, _value: str) -> QuerySet[Match]:
        return queryset.filter(pk__in=swallowing().values("pk"))

    def by_undone(self, queryset: QuerySet[Match], _name: str, _value: str) -> QuerySet[Match]:
        return queryset.filter(undone_at__isnull=False)

    def by_news(self, queryset: QuerySet[Match], _name: str, value: str) -> QuerySet[Match]:
        since = totals.yesterday()
        if value == "undone":
            return queryset.filter(undone_at__gte=since)
        return queryset.filter(made_at__gte=since)
