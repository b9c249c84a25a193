"""Open an account in Prima for a new customer."""

from collections.abc import Mapping
from typing import Any

from django import forms

from connectors.errors import NotFound
from connectors.prima.port import Prima
from connectors.sync.orders.tax_number import compact
from exceptions import accounts, corrections, rework
from exceptions.action import Cleaned, Done, Preview
from exceptions.address_form import FIELDS, AddressForm, address_of
from exceptions.models import ExceptionCase
from exceptions.payload import words
from exceptions.prima_action import PrimaAction, Wish
from exceptions.problems import NotPossible
from exceptions.words import counted
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.identity import keys
from integration.mapping.book import MappingBook
from integration.mirror.models import PrimaCustomer
from integration.records.customer import Customer, CustomerAddress

_TEXT = {"class": "form-control"}
_AT_ACCOUNT = ("account_name", "type", "tax_number", "email", "phone", "currency", "payment_terms")


class AccountForm(AddressForm):
    account_name = forms.CharField(
        label="Name of the account", max_length=60, widget=forms.TextInput(attrs=_TEXT)
    )
    type = forms.ChoiceField(
        label="Type",
        choices=[("company", "Company"), ("person", "Person")],
        widget=forms.RadioSelect,
    )
    tax_number = forms.CharField(
        label="Tax number", max_length=30, required=False, widget=forms.TextInput(attrs=_TEXT)
    )
    email = forms.EmailField(label="E-mail", max_length=254, widget=forms.EmailInput(attrs=_TEXT))
    phone = forms.CharField(
        label="Phone", max_length=16, required=False, widget=forms.TextInput(attrs=_TEXT)
    )
    currency = forms.CharField(
        label="Currency", min_length=3, max_length=3, widget=forms.TextInput(attrs=_TEXT)
    )
    payment_terms = forms.CharField(
        label="Payment terms", max_length=20, required=False, widget=forms.TextInput(attrs=_TEXT)
    )

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        allowed = MappingBook.rules().policy.currencies
        if code not in allowed:
            raise forms.ValidationError(f"Allowed are {', '.join(allowed)}.")
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        country, given = cleaned.get("country", ""), cleaned.get("tax_number", "")
        kind = cleaned.get("type", "person")
        if given:
            cleaned["tax_number"] = compact(given, country) or ""
            if not cleaned["tax_number"]:
                self.add_error("tax_number", "This cannot be a tax number of that country.")
        elif MappingBook.rules().tax_rule(country, kind).tax_number_required:
            self.add_error("tax_number", "A tax number is needed in that country.")
        return cleaned


class CreateAccount(PrimaAction):
    slug = "create_account"
    did = "account opened in Prima"
    label = "Open an account in Prima"
    permission = May.WRITE_PRIMA
    help = (
        "Opens an account for a new customer and links the contact to it. Look for a similar "
        "account first: two accounts for one customer are hard to undo."
    )
    must_preview = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        class Ordered(AccountForm):
            field_order = (*_AT_ACCOUNT, *FIELDS)

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.fields["name"].label = "Name above the address"

        return Ordered

    def initial(self, case: ExceptionCase) -> dict[str, Any]:
        order = accounts.order_of(case)
        told = corrections.as_corrected(order).get("order", {}) if order else {}
        person = f"{told.get('first_name') or ''} {told.get('last_name') or ''}".strip()
        company = str(told.get("company_name") or "")
        use = "invoice" if told.get("invoice_line1") else "delivery"
        return {
            "account_name": (company or person)[:60],
            "type": "company" if company or told.get("tax_number") else "person",
            **{name: told.get(name) or "" for name in ("tax_number", "email", "phone", "currency")},
            **{name: str(told.get(f"{use}_{name}") or "") for name in FIELDS},
        }

    def available(self, case: ExceptionCase, user: User) -> bool:
        return super().available(case, user) and bool(accounts.contact_of(case))

    def preview(self, case: ExceptionCase, cleaned: Cleaned, actor: User) -> Preview | None:
        rows = [
            (words(name), "", str(cleaned[name]))
            for name in (*_AT_ACCOUNT, *FIELDS)
            if cleaned.get(name)
        ]
        orders = counted(len(rework.waiting_orders(case)), "order")
        notes = [f"{orders} would be tried again with the new account."]
        alike = PrimaCustomer.objects.filter(
            name__iexact=cleaned["account_name"], deleted_at__isnull=True
        ).values_list("account_code", flat=True)
        if alike:
            notes.append(f"There is an account of this name already: {', '.join(alike)}.")
        return Preview(differences=tuple(rows), notes=tuple(notes))

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        contact = accounts.contact_of(case)
        if not contact:
            raise NotPossible("The order names no contact, so no account can be linked to it.")
        told = {name: str(cleaned[name]) for name in (*_AT_ACCOUNT, *FIELDS)}
        request = {"account": told, "contact": contact}
        title = f"Open an account for contact {contact}"
        wish = Wish(title, request, rework.waiting_orders(case))
        return self.ask(case, wish, actor=actor, version=version)

    def send(self, prima: Prima, request: Mapping[str, Any], key: str) -> Customer:
        """An account that carries the contact's key already is the one."""
        try:
            return prima.customers_by_external(accounts.KEY_SYSTEM, request["contact"])
        except NotFound:
            customer = _customer(request["account"], request["contact"])
            return prima.create_customer(customer, idempotency_key=key)

    def store(self, request: Mapping[str, Any], answer: Any, *, actor: User) -> str:
        accounts.keep_customer(answer)
        contact, account = request["contact"], answer.account_code
        keys.link(contact, account, method="account opened", actor=actor)
        return f"opening account {account}"


def _customer(told: Mapping[str, str], contact: str) -> Customer:
    address = CustomerAddress(id="", role="both", address=address_of(told), is_default=True)
    return Customer(
        id="",
        account_code="",
        name=told["account_name"],
        type="company" if told["type"] == "company" else "person",
        external_keys={accounts.KEY_SYSTEM: contact},
        vat_number=told["tax_number"],
        email=told["email"],
        phone=told["phone"],
        currency=told["currency"],
        payment_terms=told["payment_terms"],
        addresses=(address,),
    )
