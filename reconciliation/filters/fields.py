"""Filters that the lists of reconciliation share: company, month, currency, gateway."""

from collections.abc import Callable
from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.conf import settings
from django.db.models import QuerySet

from reconciliation.control import controls
from reconciliation.gateways import gateway_title
from reconciliation.models import Difference, Payout, Period
from reconciliation.totals import NONE, Narrowed

Offer = Callable[[], list[tuple[str, str]]]


def text_field(hint: str) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": hint, "class": "form-control"})


def choice_field() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class DayField(forms.DateInput):
    """A day as the browser lets one choose it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-control"}, format="%Y-%m-%d")


def control_choices() -> list[tuple[str, str]]:
    return [(slug, control.title) for slug, control in controls().items()]


class Offered(forms.Select):
    """A list to choose from that is read when it is shown.

    A value from an address that is not in it is shown as it is, so that no link leads to a list
    narrowed by something that cannot be seen.
    """

    def __init__(self, empty: str, offer: Offer) -> None:
        super().__init__(attrs={"class": "form-select"})
        self.empty = empty
        self.offer = offer

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> Any:
        offered = self.offer()
        known = {code for code, _ in offered}
        strange = [(one, one) for one in value if one and one not in known]
        self.choices = [("", self.empty), *offered, *strange]
        return super().optgroups(name, value, attrs)


def months() -> list[tuple[str, str]]:
    """Those that have a period, newest first: "2026-10", October 2026."""
    days = Period.objects.order_by("-first_day").values_list("first_day", flat=True).distinct()
    return [(f"{day:%Y-%m}", f"{day:%B %Y}") for day in days]


def currencies() -> list[tuple[str, str]]:
    """Of payouts and differences."""
    return [(code, code) for code in _found("currency")]


def gateways() -> list[tuple[str, str]]:
    """Of payouts and differences, as they are called."""
    return [(code, gateway_title(code)) for code in _found("gateway")]


def gateways_or_none() -> list[tuple[str, str]]:
    return [*gateways(), (NONE, "Without a gateway")]


def _found(field: str) -> list[str]:
    paid = Payout.objects.order_by().values_list(field, flat=True)
    found = Difference.objects.order_by().values_list(field, flat=True)
    return [code for code in sorted(paid.union(found)) if code]


class MonthFilter(filters.CharFilter):
    """A month as "2026-10"; what is no month narrows nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Period", widget=Offered("Any period", months), **kwargs)

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


class CurrencyFilter(filters.CharFilter):
    """A code in any case; `NONE` for what has no currency."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Currency",
            lookup_expr="iexact",
            widget=Offered("Any currency", currencies),
            **kwargs,
        )

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(currency="") if value == NONE else super().filter(qs, value)


def companies() -> list[tuple[str, str]]:
    return [(name, name) for name in settings.COMPANIES]


class OfCompany(filters.FilterSet):
    """Narrows to a company, and offers to where the books of several are kept."""

    company = filters.CharFilter(label="Company", widget=Offered("Any company", companies))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.COMPANIES) == 1 and not self.data.get("company"):
            del self.filters["company"]
