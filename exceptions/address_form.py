"""The form of a postal address, checked as Prima will check it."""

from collections.abc import Mapping
from typing import Any

from django import forms

from connectors.sync.orders.countries import country_code, normal_postcode, postal_rules
from exceptions.payload import words
from integration.records.address import Address

FIELDS = ("name", "line1", "line2", "line3", "city", "county", "postcode", "country")
_LENGTHS = {"city": 35, "county": 35, "postcode": 10, "country": 40}
_NEEDED = {"city": "city", "postal_code": "postcode", "country_area": "county"}


class AddressForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            self.fields[name] = forms.CharField(
                label=f"Address {words(name).lower()}" if name.startswith("line") else words(name),
                required=name in ("line1", "country"),
                max_length=_LENGTHS.get(name, 60),
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        country = country_code(cleaned.get("country", "")) or ""
        rules = postal_rules(country)
        if rules is None:
            self.add_error("country", "This is no country Prima knows.")
            return cleaned
        cleaned["country"] = country
        cleaned["postcode"] = code = normal_postcode(cleaned.get("postcode", ""), country)
        for needed, name in _NEEDED.items():
            if needed in rules.needed and not cleaned.get(name):
                self.add_error(name, "This is needed in that country.")
        if code and rules.postcodes and not any(one.fullmatch(code) for one in rules.postcodes):
            self.add_error("postcode", f"{code} is no postcode of {country}.")
        return cleaned


class SourcedAddressForm(AddressForm):
    """With the note of where it is known from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"] = forms.CharField(
            label="Where you know it from",
            max_length=200,
            widget=forms.TextInput(attrs={"class": "form-control"}),
        )


def address_of(told: Mapping[str, str]) -> Address:
    return Address(
        name=told["name"],
        lines=tuple(told[name] for name in ("line1", "line2", "line3") if told[name]),
        city=told["city"],
        county=told["county"],
        postcode=told["postcode"],
        country=told["country"],
    )
