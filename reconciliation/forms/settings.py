"""The forms by which an admin keeps limits, tolerances, accounts, bounds and rates."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings

from integration.core.money import is_currency
from reconciliation.control import controls
from reconciliation.limits import ANY, DECIDING, MONEY
from reconciliation.matching.rule import CONTROL
from reconciliation.models import (
    Adjustment,
    AdjustmentLimit,
    ExchangeRate,
    LedgerAccount,
    MatchBounds,
    Tolerance,
)


def currency(code: str, *, any_: bool = False) -> str:
    """The code in capitals. Raises ValidationError for what is no currency."""
    found = code.strip().upper()
    if is_currency(found) or (any_ and found == ANY):
        return found
    raise forms.ValidationError(f"“{code}” is no currency. Write a code as in GBP.")


def _control_field() -> forms.ChoiceField:
    return forms.ChoiceField(choices=lambda: [(one.slug, one.title) for one in controls().values()])


class AdjustmentLimitForm(forms.ModelForm):
    """Only what changes figures has a limit, and only who may decide at all."""

    kind = forms.ChoiceField(
        label="Kind of adjustment",
        choices=[(kind.value, Adjustment.Kind(kind).label) for kind in MONEY],
        help_text="“Match by hand” is for sides that do not come to the same.",
    )
    role = forms.ChoiceField(choices=[(role.value, role.value.title()) for role in DECIDING])
    amount = forms.IntegerField(
        label="Limit in minor units", min_value=0, help_text="5000 is 50.00 GBP."
    )

    class Meta:
        model = AdjustmentLimit
        fields = ("kind", "currency", "role", "amount")

    def clean_currency(self) -> str:
        return currency(self.cleaned_data["currency"], any_=True)


class ToleranceForm(forms.ModelForm):
    control = _control_field()
    absolute = forms.IntegerField(
        label="Absolute, in minor units", min_value=0, help_text="2 is 0.02 GBP."
    )
    relative = forms.DecimalField(
        label="Relative, in percent",
        min_value=0,
        max_value=100,
        decimal_places=4,
        help_text="0 leaves the absolute limit alone; otherwise both must hold.",
    )

    class Meta:
        model = Tolerance
        fields = ("control", "currency", "absolute", "relative")

    def clean_currency(self) -> str:
        return currency(self.cleaned_data["currency"], any_=True)


class LedgerAccountForm(forms.ModelForm):
    company = forms.ChoiceField(choices=lambda: [(name, name) for name in settings.COMPANIES])

    class Meta:
        model = LedgerAccount
        fields = ("company", "purpose", "gateway", "code")

    def clean_gateway(self) -> str:
        return str(self.cleaned_data["gateway"]).strip().lower()


class MatchBoundsForm(forms.ModelForm):
    control = forms.ChoiceField(
        choices=lambda: [(CONTROL, controls()[CONTROL].title)], help_text="The one that matches."
    )

    class Meta:
        model = MatchBounds
        fields = ("control", "window_days", "most_parts", "most_candidates", "rate_days")


class ExchangeRateForm(forms.ModelForm):
    class Meta:
        model = ExchangeRate
        fields = ("day", "base", "quote", "rate", "source")
        help_texts: ClassVar[dict[str, str]] = {
            "rate": "How many of the quoted currency one of the base currency is worth."
        }

    def clean_base(self) -> str:
        return currency(self.cleaned_data["base"])

    def clean_quote(self) -> str:
        return currency(self.cleaned_data["quote"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("base") and given.get("base") == given.get("quote"):
            self.add_error("quote", "The two currencies are the same.")
        if given.get("rate") is not None and given["rate"] <= 0:
            self.add_error("rate", "A rate is more than nothing.")
        return given
