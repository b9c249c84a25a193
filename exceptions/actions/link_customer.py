"""Say which account of Prima a contact of Marketing Cloud is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from connectors.errors import DuplicateReference, Forbidden, Rejected
from connectors.prima.port import Prima
from exceptions import accounts, choosing, rework, suggest
from exceptions.action import Cleaned, Done, Preview
from exceptions.models import ExceptionCase
from exceptions.prima_action import PrimaAction, Wish
from exceptions.problems import NotPossible
from exceptions.words import counted
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.identity import keys
from integration.mirror.models import PrimaCustomer
from integration.records.customer import Customer


class LinkForm(forms.Form):
    search = choosing.search_field("accounts")
    account = choosing.CodeField(
        label="Account",
        exists=lambda code: _account(code) is not None,
        error_messages={"invalid_choice": "Prima has no such active account."},
    )
    reason = forms.CharField(
        label="How you know it is the same customer",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class LinkCustomer(PrimaAction):
    slug = "link_customer"
    did = "contact linked to an account"
    label = "Link to an account"
    permission = May.LINK_CUSTOMERS
    help = (
        "Says that this contact is that account, for these orders and all to come. The contact's "
        "key is stored at the account in Prima too, where Prima allows it."
    )
    must_preview = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        typed = choosing.asked(given, "search")
        if typed:
            hits = suggest.find_accounts(typed)
        else:
            hits = suggest.accounts(suggest.buyer_of(case)) if case else []
        chosen = _account(choosing.asked(given, "account"))
        kept = (
            suggest.Hit(chosen.account_code, suggest.account_label(chosen), "chosen", 100)
            if chosen
            else None
        )

        class ForBuyer(LinkForm):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                choices = choosing.choices_of(hits, kept)
                self.fields["account"].choices = choices  # type: ignore[attr-defined]
                if not choices:
                    self.fields["account"].help_text = "Nobody similar was found. Search for them."

        return ForBuyer

    def available(self, case: ExceptionCase, user: User) -> bool:
        return super().available(case, user) and bool(accounts.contact_of(case))

    def preview(self, case: ExceptionCase, cleaned: Cleaned, actor: User) -> Preview | None:
        row, buyer = _account(cleaned["account"]), suggest.buyer_of(case)
        if row is None:
            raise NotPossible("Prima has no such active account.")
        pairs = (
            ("Name", buyer.company or buyer.name, row.name),
            ("E-mail", buyer.email, row.email),
            ("Postcode", buyer.postcode, row.postcode),
            ("Tax number", buyer.tax_number, row.vat_number),
        )
        orders = counted(len(rework.waiting_orders(case)), "order")
        others = len(keys.contacts_by_account([row.account_code]))
        notes = [
            "“Now” is what the order says of the buyer, “would be” what the account says.",
            f"{orders} would go to account {row.account_code} and its prices and terms.",
        ]
        if others:
            notes.append(f"{counted(others, 'other contact')} linked to this account already.")
        return Preview(differences=pairs, notes=tuple(notes))

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        contact, row = accounts.contact_of(case), _account(cleaned["account"])
        if row is None or not contact:
            raise NotPossible("The contact or the account is not known any more.")
        request = {"contact": contact, "account": row.account_code, "reason": cleaned["reason"]}
        title = f"Link contact {contact} to account {row.account_code}"
        wish = Wish(title, request, rework.waiting_orders(case))
        return self.ask(case, wish, actor=actor, version=version)

    def send(self, prima: Prima, request: Mapping[str, Any], key: str) -> Customer:
        """The key at the account is a help for others; our own link is what counts."""
        customer = accounts.read_fresh(prima, request["account"])
        if accounts.KEY_SYSTEM in customer.external_keys:
            return customer
        keys = {**customer.external_keys, accounts.KEY_SYSTEM: request["contact"]}
        try:
            return prima.update_customer(
                replace(customer, external_keys=keys), changed=["external_keys"]
            )
        except (Rejected, DuplicateReference, Forbidden):
            return customer

    def store(self, request: Mapping[str, Any], answer: Any, *, actor: User) -> str:
        accounts.keep_customer(answer)
        contact, account = request["contact"], answer.account_code
        keys.link(
            contact,
            account,
            method="by hand",
            actor=actor,
            evidence={"reason": request["reason"]},
        )
        return f"linking contact {contact} to account {account}"


def _account(code: str) -> PrimaCustomer | None:
    if not code:
        return None
    return PrimaCustomer.objects.filter(
        account_code=code, is_pool=False, status="active", deleted_at__isnull=True
    ).first()
