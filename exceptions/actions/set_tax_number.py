"""Write a customer's tax number into its account in Prima."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from connectors.prima.port import Prima
from connectors.sync.orders.tax_number import compact
from exceptions import accounts, corrections, rework
from exceptions.action import Cleaned, Done, Preview
from exceptions.models import ExceptionCase
from exceptions.prima_action import PrimaAction, Wish
from exceptions.problems import NotPossible
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.records.customer import Customer


class TaxNumberForm(forms.Form):
    number = forms.CharField(
        label="Tax number",
        max_length=30,
        help_text="With the country in front, as on the customer's letterhead: GB 123 4567 82.",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    source = forms.CharField(
        label="Where you know it from",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class SetTaxNumber(PrimaAction):
    slug = "set_tax_number"
    did = "tax number set in Prima"
    label = "Set the tax number in Prima"
    permission = May.WRITE_PRIMA
    help = (
        "Checks the number and writes it into the account in Prima. All orders of the customer "
        "behind this case are tried again."
    )
    must_preview = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        country = case.facts.get("country", "") if case else ""

        class ForCountry(TaxNumberForm):
            def clean_number(self) -> str:
                number = compact(self.cleaned_data["number"], country)
                if not number:
                    raise forms.ValidationError(
                        "This cannot be a tax number: its form or its check digits are wrong."
                    )
                return number

        return ForCountry

    def available(self, case: ExceptionCase, user: User) -> bool:
        return super().available(case, user) and accounts.account_of(case) is not None

    def preview(self, case: ExceptionCase, cleaned: Cleaned, actor: User) -> Preview | None:
        row = accounts.account_of(case)
        was = row.vat_number if row else ""
        orders = rework.waiting_orders(case)
        return Preview(
            differences=(("Tax number of the account", was, cleaned["number"]),),
            notes=(f"{len(orders)} of the customer's orders will be tried again.",),
        )

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        row = accounts.account_of(case)
        if row is None:
            raise NotPossible("The customer has no account in Prima yet.")
        request = {
            "account": row.account_code,
            "number": cleaned["number"],
            "source": cleaned["source"],
            "orders": rework.waiting_orders(case),
        }
        title = f"Set the tax number of account {row.account_code}"
        return self.ask(case, Wish(title, request, request["orders"]), actor=actor, version=version)

    def send(self, prima: Prima, request: Mapping[str, Any], key: str) -> Customer:
        customer = accounts.read_fresh(prima, request["account"])
        if customer.vat_number == request["number"]:
            return customer
        wanted = replace(customer, vat_number=request["number"])
        return prima.update_customer(wanted, changed=["vat_number"])

    def store(self, request: Mapping[str, Any], answer: Any, *, actor: User) -> str:
        """An order that brought a number of its own is corrected too."""
        accounts.keep_customer(answer)
        corrections.replace_where_given(
            request["orders"],
            "/order/tax_number",
            request["number"],
            f"Tax number from {request['source']}",
            actor=actor,
        )
        return f"setting the tax number of account {request['account']}"
