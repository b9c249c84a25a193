"""Filters that the lists of reconciliation share: month, currency, gateway."""

from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from reconciliation.control import controls
from reconciliation.totals import Narrowed

NO_GATEWAY = "-"


def text_field(hint: str) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": hint, "class": "form-control"})


def choice_field() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


def control_choices() -> list[tuple[str, str]]:
    return [(slug, control.title) for slug, control in controls().items()]


class MonthFilter(filters.CharFilter):
    """A month as "2026-10"; what is no month narrows nothing."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(
            attrs={"class": "form-control", "placeholder": "2026-10", "size": 8, "maxlength": 7}
        )
        super().__init__(label="Period", widget=widget, **kwargs)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value or not is_month(value):
            return qs
        first, last = Narrowed(value).days
        return qs.filter(day__gte=first, day__lte=last)


def is_month(value: str) -> bool:
    try:
        first = date.fromisoformat(f"{value}-01")
    except ValueError:
        return False
    return first.year < date.max.year


def currency_filter() -> filters.CharFilter:
    return filters.CharFilter(
        label="Currency",
        lookup_expr="iexact",
        widget=forms.TextInput(attrs={"class": "form-control", "size": 4, "maxlength": 3}),
    )
