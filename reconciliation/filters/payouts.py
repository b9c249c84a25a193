"""How files and payouts are narrowed down."""

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from integration.records.payout import LineKind
from reconciliation.filters.fields import (
    DayField,
    OfCompany,
    choice_field,
    currencies,
    gateways,
    text_field,
)
from reconciliation.models import GatewayLine, Payout, StatementFile
from reconciliation.payouts import MATCHABLE, by_state

STATES = [
    ("open", "Open"),
    ("partly", "Partly matched"),
    ("matched", "Matched"),
    ("empty", "Nothing to match"),
    ("not_at_bank", "Not seen at the bank"),
    ("differs", "Lines and payout differ"),
]


class PayoutFilter(OfCompany):
    """Text over id and bank reference; gateway, currency, days, state."""

    q = filters.CharFilter(label="Search", method="search", widget=text_field("Payout, reference"))
    gateway = filters.ChoiceFilter(
        label="Gateway", choices=gateways, empty_label="Any gateway", widget=choice_field()
    )
    currency = filters.ChoiceFilter(
        label="Currency", choices=currencies, empty_label="Any currency", widget=choice_field()
    )
    since = filters.DateFilter("paid_on", "gte", label="Paid from", widget=DayField())
    until = filters.DateFilter("paid_on", "lte", label="Paid until", widget=DayField())
    state = filters.ChoiceFilter(
        label="State",
        choices=STATES,
        method="by_state",
        empty_label="Any state",
        widget=choice_field(),
    )

    class Meta:
        model = Payout
        fields: list[str] = []

    def search(self, queryset: QuerySet[Payout], _name: str, text: str) -> QuerySet[Payout]:
        return queryset.filter(
            Q(payout_id__icontains=text)
            | Q(bank_reference__icontains=text)
            | Q(account__icontains=text)
        )

    def by_state(self, queryset: QuerySet[Payout], _name: str, value: str) -> QuerySet[Payout]:
        return by_state(queryset, value)


class LineFilter(OfCompany):
    """Text over everything a line is known by; gateway, kind, currency, days, matched or not."""

    q = filters.CharFilter(
        label="Search", method="search", widget=text_field("Line, reference, e-mail …")
    )
    gateway = filters.ChoiceFilter(
        label="Gateway", choices=gateways, empty_label="Any gateway", widget=choice_field()
    )
    kind = filters.ChoiceFilter(
        label="Kind",
        choices=[(kind.value, kind.value.replace("_", " ").capitalize()) for kind in LineKind],
        empty_label="Any kind",
        widget=choice_field(),
    )
    currency = filters.ChoiceFilter(
        label="Currency", choices=currencies, empty_label="Any currency", widget=choice_field()
    )
    since = filters.DateFilter("booked_on", "gte", label="From", widget=DayField())
    until = filters.DateFilter("booked_on", "lte", label="Until", widget=DayField())
    match = filters.ChoiceFilter(
        label="Match",
        choices=[("open", "Open"), ("matched", "Matched")],
        method="by_match",
        empty_label="Any",
        widget=choice_field(),
    )
    payout = filters.CharFilter(
        label="Payout",
        field_name="payout__payout_id",
        widget=forms.TextInput(attrs={"class": "form-control", "size": 14}),
    )

    class Meta:
        model = GatewayLine
        fields: list[str] = []

    def search(
        self, queryset: QuerySet[GatewayLine], _name: str, text: str
    ) -> QuerySet[GatewayLine]:
        return queryset.filter(
            Q(line_id__icontains=text)
            | Q(reference__icontains=text)
            | Q(transaction_id__icontains=text)
            | Q(customer_email__icontains=text)
            | Q(description__icontains=text)
        )

    def by_match(
        self, queryset: QuerySet[GatewayLine], _name: str, value: str
    ) -> QuerySet[GatewayLine]:
        if value == "matched":
            return queryset.filter(Q(is_matched=True))
        open_now = Q(is_matched=False) & Q(is_adjusted=False)
        return queryset.filter(open_now, kind__in=MATCHABLE)


class FileFilter(OfCompany):
    """Text over the name; state; days."""

    q = filters.CharFilter(method="named", label="Search", widget=text_field("Name of the file"))
    state = filters.ChoiceFilter(
        label="State",
        choices=StatementFile.State.choices,
        empty_label="Any state",
        widget=choice_field(),
    )
    since = filters.DateFilter("uploaded_at", "date__gte", label="From", widget=DayField())
    until = filters.DateFilter("uploaded_at", "date__lte", label="Until", widget=DayField())

    class Meta:
        model = StatementFile
        fields: list[str] = []

    def named(
        self, queryset: QuerySet[StatementFile], name: str, value: str
    ) -> QuerySet[StatementFile]:
        """By its own name or that of the archive it came in."""
        return queryset.filter(Q(name__icontains=value) | Q(packed_name__icontains=value))
