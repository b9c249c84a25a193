"""How bookings of the bank are narrowed down."""

import django_filters as filters
from django.db.models import Q, QuerySet

from reconciliation.bookings import BELONGS, belonging
from reconciliation.filters.fields import DayField, OfCompany, choice_field, text_field
from reconciliation.models import BankLine


class BankFilter(OfCompany):
    """Text over what the bank wrote; account, currency, days, whether it is a payout."""

    q = filters.CharFilter(
        label="Search", method="search", widget=text_field("Text, reference, id")
    )
    account = filters.ChoiceFilter(
        label="Account", choices=lambda: _found("account"), empty_label="Any account",
        widget=choice_field(),
    )  # fmt: skip
    currency = filters.ChoiceFilter(
        label="Currency", choices=lambda: _found("currency"), empty_label="Any currency",
        widget=choice_field(),
    )  # fmt: skip
    since = filters.DateFilter("booked_on", "gte", label="Booked from", widget=DayField())
    until = filters.DateFilter("booked_on", "lte", label="Booked until", widget=DayField())
    belongs = filters.ChoiceFilter(
        label="Belongs to", choices=BELONGS, method="belonging", empty_label="Anything",
        widget=choice_field(),
    )  # fmt: skip

    class Meta:
        model = BankLine
        fields: list[str] = []

    def search(self, queryset: QuerySet[BankLine], _name: str, text: str) -> QuerySet[BankLine]:
        return queryset.filter(
            Q(text__icontains=text)
            | Q(end_to_end__icontains=text)
            | Q(bank_ref__icontains=text)
            | Q(line_id__icontains=text)
            | Q(payout_matches__payout__payout_id__iexact=text)
        ).distinct()

    def belonging(self, queryset: QuerySet[BankLine], _name: str, where: str) -> QuerySet[BankLine]:
        return belonging(queryset, where)


def _found(field: str) -> list[tuple[str, str]]:
    values = BankLine.objects.order_by(field).values_list(field, flat=True).distinct()
    return [(value, value) for value in values]
