"""What an auditor may narrow the trail by."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from integration.accounts.models import User
from integration.audit.models import TEXTS, AuditEntry
from integration.core import searching


def _actions() -> list[tuple[str, str]]:
    names = AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct()
    return [(name, name) for name in names]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")


class AuditFilter(django_filters.FilterSet):
    person = django_filters.ModelChoiceFilter(
        field_name="actor",
        queryset=User.objects.all(),
        label="Person",
        empty_label="Everybody",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    action = django_filters.ChoiceFilter(
        choices=_actions,
        label="Action",
        empty_label="Any",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    since = django_filters.DateFilter(
        field_name="at", lookup_expr="date__gte", label="From", widget=_day()
    )
    until = django_filters.DateFilter(
        field_name="at", lookup_expr="date__lte", label="To", widget=_day()
    )
    target = django_filters.CharFilter(
        method="by_target",
        label="What",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control"}),
    )

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def by_target(self, entries: QuerySet[AuditEntry], _: str, value: Any) -> QuerySet[AuditEntry]:
        words = str(value)
        return searching.narrowed(entries, words, TEXTS).filter(
            Q(target_label__icontains=words) | Q(target_id=words) | Q(target_type=words)
        )
