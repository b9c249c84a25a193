"""How cases are narrowed down: text, queue, state, person, age, currency."""

from datetime import timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from exceptions.filters.currencies import currencies
from exceptions.kind import kinds
from exceptions.models import ACTIVE, OCCURRENCE_TEXTS, ExceptionCase, Occurrence, Status
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core import searching
from reconciliation.filters.fields import Offered

AGES = [("1", "Over 1 day"), ("3", "Over 3 days"), ("7", "Over a week"), ("30", "Over 30 days")]


def queue_choices() -> list[tuple[str, str]]:
    return [(kind.slug, kind.plural) for kind in kinds().values()]


def assignee_choices() -> list[tuple[str, str]]:
    people = User.objects.filter(is_active=True).order_by("username")
    fixed = [("me", "Me"), ("nobody", "Nobody yet")]
    able = [person for person in people if person.may(May.WORK_CASES)]
    return [*fixed, *[(str(person.pk), str(person)) for person in able]]


class CaseFilter(filters.FilterSet):
    """`status` is "active" unless asked otherwise."""

    q = filters.CharFilter(
        label="Search",
        method="search",
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Title, order, e-mail", "class": "form-control"}
        ),
    )
    kind = filters.ChoiceFilter(
        label="Queue",
        choices=queue_choices,
        empty_label="All queues",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    status = filters.ChoiceFilter(
        label="State",
        choices=[("all", "Any state"), *Status.choices],
        method="by_status",
        empty_label="Still active",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    assignee = filters.ChoiceFilter(
        label="Assigned to",
        choices=assignee_choices,
        method="by_assignee",
        empty_label="Anybody",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    older = filters.ChoiceFilter(
        label="Age",
        choices=AGES,
        method="by_age",
        empty_label="Any age",
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    currency = filters.CharFilter(
        label="Currency", method="by_currency", widget=Offered("Any currency", currencies)
    )

    class Meta:
        model = ExceptionCase
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[ExceptionCase]) -> QuerySet[ExceptionCase]:
        found: QuerySet[ExceptionCase] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("status"):
            found = found.filter(status__in=ACTIVE)
        return found

    def search(
        self, queryset: QuerySet[ExceptionCase], _name: str, text: str
    ) -> QuerySet[ExceptionCase]:
        """By the title or what is behind it: each has an index of its own."""
        cases = searching.narrowed(ExceptionCase.objects.order_by(), text, ("title",))
        behind = searching.narrowed(Occurrence.objects.order_by(), text, OCCURRENCE_TEXTS)
        titled = cases.filter(title__icontains=text)
        seen = behind.filter(Q(external_id__icontains=text) | Q(label__icontains=text))
        return queryset.filter(pk__in=titled.values("pk").union(seen.values("case_id")))

    def by_status(
        self, queryset: QuerySet[ExceptionCase], _name: str, value: str
    ) -> QuerySet[ExceptionCase]:
        return queryset if value == "all" else queryset.filter(status=value)

    def by_assignee(
        self, queryset: QuerySet[ExceptionCase], _name: str, value: str
    ) -> QuerySet[ExceptionCase]:
        if value == "nobody":
            return queryset.filter(assignee__isnull=True)
        person: Any = self.request.user.pk if value == "me" else value
        return queryset.filter(assignee_id=person)

    def by_age(
        self, queryset: QuerySet[ExceptionCase], _name: str, value: str
    ) -> QuerySet[ExceptionCase]:
        return queryset.filter(first_seen_at__lt=timezone.now() - timedelta(days=int(value)))

    def by_currency(
        self, queryset: QuerySet[ExceptionCase], _name: str, value: str
    ) -> QuerySet[ExceptionCase]:
        """With an order in it that waits; of a case that is closed, with any that did."""
        seen = Occurrence.objects.filter(case=OuterRef("pk"), currency__in={value, value.upper()})
        waits = Exists(seen.filter(closed_at__isnull=True))
        return queryset.filter(waits | (~Q(status__in=ACTIVE) & Exists(seen)))
