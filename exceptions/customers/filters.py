"""How customers, links to review and the lists of a report are narrowed down."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet

from exceptions.customers import reads
from integration.identity.models import Candidate, Customer, CustomerLink, Distinction, LinkOutcome


def _search(hint: str) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": hint, "class": "form-control"})


def _choice() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


def _links(system: str) -> Exists:
    return Exists(
        CustomerLink.objects.filter(customer=OuterRef("pk"), system=system).exclude(state="retired")
    )


def _by_whom(queryset: Any, _name: str, text: str) -> Any:
    """Rows as `reads.named` has them: keys that begin with the text, names that hold it, addresses
    that are it."""
    found = queryset.filter(contact_key__istartswith=text)
    found |= queryset.filter(account_code__istartswith=text)
    for side in ("contact", "account"):
        found |= queryset.filter(**{f"{side}_name__icontains": text})
        found |= queryset.filter(**{f"{side}_email__iexact": text})
    return found


class Defaulting(filters.FilterSet):
    """Narrows down by its defaults too when nothing was asked."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__({} if data is None else data, *args, **kwargs)


class CustomerFilter(Defaulting):
    """Any key, an e-mail address, a name; customers of one system alone; merged ones."""

    q = filters.CharFilter(
        label="Search", method="search", widget=_search("Any key, account, name, e-mail")
    )
    side = filters.ChoiceFilter(
        label="Known to",
        choices=[
            ("both", "Both systems"),
            ("sfmc", "Marketing Cloud alone"),
            ("prima", "Prima alone"),
        ],
        method="by_side",
        empty_label="Any",
        widget=_choice(),
    )
    state = filters.ChoiceFilter(
        label="State",
        choices=[("merged", "Merged into another"), ("all", "All")],
        method="by_state",
        empty_label="In use",
        widget=_choice(),
    )

    class Meta:
        model = Customer
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        found: QuerySet[Customer] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        if not asked.get("state") and not asked.get("q"):
            found = found.filter(merged_into__isnull=True)
        return found

    def search(self, queryset: QuerySet[Customer], _name: str, text: str) -> QuerySet[Customer]:
        return queryset.filter(pk__in=reads.uids(text))

    def by_side(self, queryset: QuerySet[Customer], _name: str, value: str) -> QuerySet[Customer]:
        sfmc, prima = _links("sfmc"), _links("prima")
        if value == "both":
            return queryset.filter(sfmc, prima)
        return queryset.filter(sfmc, ~prima) if value == "sfmc" else queryset.filter(~sfmc, prima)

    def by_state(self, queryset: QuerySet[Customer], _name: str, value: str) -> QuerySet[Customer]:
        return queryset if value == "all" else queryset.filter(merged_into__isnull=False)


class CandidateFilter(Defaulting):
    """Links to review: those to be decided, unless asked otherwise. Rows as `reads.named` has them."""

    q = filters.CharFilter(
        label="Search", method=_by_whom, widget=_search("Key, account, name, e-mail")
    )
    kind = filters.ChoiceFilter(
        label="Kind",
        choices=[("several", "Could be several"), ("high", "Very likely"), ("low", "Likely")],
        method="by_kind",
        empty_label="Any",
        widget=_choice(),
    )
    state = filters.ChoiceFilter(
        label="State",
        choices=[("all", "Any state"), *Candidate.State.choices],
        method="by_state",
        empty_label="To be decided",
        widget=_choice(),
    )

    class Meta:
        model = Candidate
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Candidate]) -> QuerySet[Candidate]:
        found: QuerySet[Candidate] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            found = found.filter(state=Candidate.State.OPEN)
        return found

    def by_kind(self, queryset: QuerySet[Candidate], _name: str, value: str) -> QuerySet[Candidate]:
        if value == "several":
            return queryset.filter(several=True)
        high = queryset.filter(several=False, score__gte=reads.HIGH)
        return high if value == "high" else queryset.filter(several=False, score__lt=reads.HIGH)

    def by_state(
        self, queryset: QuerySet[Candidate], _name: str, value: str
    ) -> QuerySet[Candidate]:
        return queryset if value == "all" else queryset.filter(state=value)


class DistinctionFilter(Defaulting):
    """Decisions that hold, unless asked otherwise."""

    q = filters.CharFilter(label="Search", method="search", widget=_search("Any key"))
    state = filters.ChoiceFilter(
        label="State",
        choices=[("withdrawn", "Taken back"), ("all", "All")],
        method="by_state",
        empty_label="Holds",
        widget=_choice(),
    )

    class Meta:
        model = Distinction
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Distinction]) -> QuerySet[Distinction]:
        found: QuerySet[Distinction] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            found = found.filter(withdrawn_at__isnull=True)
        return found

    def search(
        self, queryset: QuerySet[Distinction], _name: str, text: str
    ) -> QuerySet[Distinction]:
        return queryset.filter(one__icontains=text) | queryset.filter(other__icontains=text)

    def by_state(
        self, queryset: QuerySet[Distinction], _name: str, value: str
    ) -> QuerySet[Distinction]:
        return queryset if value == "all" else queryset.filter(withdrawn_at__isnull=False)


class OutcomeFilter(filters.FilterSet):
    """A list of a report of linking."""

    q = filters.CharFilter(
        label="Search", method=_by_whom, widget=_search("Key, account, name, e-mail")
    )
    outcome = filters.ChoiceFilter(
        label="What came of it",
        choices=LinkOutcome.Outcome.choices,
        empty_label="Anything",
        widget=_choice(),
    )
    step = filters.ChoiceFilter(
        label="By which step", choices=reads.step_choices, empty_label="Any", widget=_choice()
    )

    class Meta:
        model = LinkOutcome
        fields: list[str] = []
