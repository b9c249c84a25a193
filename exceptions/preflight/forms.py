"""What a person says of a campaign that is going to be sent."""

import re
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from connectors.sync.orders.discount import structures
from exceptions.preflight.models import Preflight
from exceptions.preflight.plan import PROMISES
from integration.core.money import is_currency

MOST_SKUS = 2_000
_TEXT = {"class": "form-control"}
_UNITS = re.compile(r"^(?P<sku>.*?)(?:[\t;,]\s*|\s+)(?P<units>\d{1,9})$")


class PreflightForm(forms.ModelForm):
    sku_lines = forms.CharField(
        label="SKUs",
        widget=forms.Textarea(attrs={**_TEXT, "rows": 8, "spellcheck": "false"}),
        help_text="One a line. A number after it, as in “OAK-TABLE 40”, is how many you expect to sell.",
    )

    class Meta:
        model = Preflight
        fields = ["name", "campaign", "send_on", "currency", "audience", "uptake"]
        labels = {
            "name": "Name of the campaign",
            "campaign": "Its key in Marketing Cloud",
            "send_on": "Day of sending",
            "audience": "Data extension of the audience",
            "uptake": "Expected uptake in percent",
        }
        help_texts = {
            "send_on": "Mappings and codes are looked at as they hold on this day.",
            "audience": "Its external key. Empty: only the goods are checked.",
            "uptake": "Of a hundred contacts so many buy, one of each SKU that has no number.",
        }
        widgets = {
            "send_on": forms.DateInput(attrs={"type": "date", **_TEXT}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["sku_lines"].initial = "\n".join(map(_line, self.instance.skus))

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).strip().upper()
        if not is_currency(code):
            raise forms.ValidationError("That is no currency; write its code, as in GBP.")
        return code

    def clean_sku_lines(self) -> list[dict[str, Any]]:
        lines = str(self.cleaned_data["sku_lines"]).splitlines()
        found = {one["sku"].upper(): one for line in lines if (one := _planned(line))}
        if not found:
            raise forms.ValidationError("Name at least one SKU.")
        if len(found) > MOST_SKUS:
            raise forms.ValidationError(f"At most {MOST_SKUS:,} SKUs can be checked at a time.")
        return list(found.values())


class PromotionForm(forms.Form):
    code = forms.CharField(label="Promotion code", max_length=80, required=False)
    type = forms.ChoiceField(label="What it promises", required=False)
    value = forms.DecimalField(
        label="Value", max_digits=12, decimal_places=4, min_value=0, required=False
    )
    scope = forms.ChoiceField(
        label="On",
        choices=[("order", "the order"), ("line", "single lines"), ("shipping", "carriage")],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(slug, PROMISES.get(slug, slug)) for slug in structures()]
        self.fields["type"].choices = choices  # type: ignore[attr-defined]


PromotionForms: type[BaseFormSet] = formset_factory(PromotionForm, extra=3, max_num=30)


def promotions_of(formset: BaseFormSet) -> list[dict[str, str]]:
    """Those that have a code, as a plan keeps them."""
    return [
        {
            "code": told["code"].strip(),
            "type": told["type"],
            "value": "" if told["value"] is None else f"{told['value'].normalize():f}",
            "scope": told["scope"] or "order",
        }
        for form in formset.forms
        if (told := form.cleaned_data) and told.get("code", "").strip()
    ]


def _planned(line: str) -> dict[str, Any] | None:
    text = line.strip()
    if not text:
        return None
    if found := _UNITS.match(text):
        return {"sku": found["sku"].strip()[:120], "units": int(found["units"])}
    return {"sku": text[:120], "units": None}


def _line(one: dict[str, Any]) -> str:
    return one["sku"] if one.get("units") is None else f"{one['sku']} {one['units']}"
