"""Write an address into an account in Prima, and into the orders that brought it wrong."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from connectors.prima.port import Prima
from exceptions import accounts, corrections, rework, trial
from exceptions.action import Cleaned, Done, Preview
from exceptions.address_form import FIELDS, SourcedAddressForm, address_of
from exceptions.models import ExceptionCase
from exceptions.payload import words
from exceptions.prima_action import PrimaAction, Wish
from exceptions.problems import NotPossible
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.records.address import Address
from integration.records.customer import Customer, CustomerAddress


class SetAddress(PrimaAction):
    slug = "set_address"
    did = "address set in Prima"
    label = "Set the address in Prima"
    permission = May.WRITE_PRIMA
    help = (
        "Writes the address into the account in Prima, and corrects the orders behind this case "
        "with it. What the campaign sent is kept beside the correction."
    )
    must_preview = True

    def form_class(
        self, case: ExceptionCase | None, given: Mapping[str, Any] | None = None
    ) -> type[forms.Form]:
        return SourcedAddressForm

    def initial(self, case: ExceptionCase) -> dict[str, Any]:
        order = accounts.order_of(case)
        told = corrections.as_corrected(order).get("order", {}) if order else {}
        use = case.facts.get("use", "delivery")
        return {name: str(told.get(f"{use}_{name}") or "") for name in FIELDS}

    def available(self, case: ExceptionCase, user: User) -> bool:
        return (
            super().available(case, user)
            and bool(case.facts.get("use"))
            and accounts.account_of(case) is not None
        )

    def preview(self, case: ExceptionCase, cleaned: Cleaned, actor: User) -> Preview | None:
        order = accounts.order_of(case)
        if order is None:
            raise NotPossible("No order waits behind this case.")
        use = case.facts["use"]
        changes = corrections.changes_of(order, _values(cleaned, use))
        rows = [
            (words(pointer.rpartition("/")[2]), change["from"], change["to"])
            for pointer, change in changes.items()
        ]
        return trial.of_correction(case, order.key, changes, differences=rows)

    def perform(
        self, case: ExceptionCase, cleaned: Cleaned, *, actor: User, version: int | None
    ) -> Done:
        row = accounts.account_of(case)
        if row is None:
            raise NotPossible("The customer has no account in Prima yet.")
        orders = rework.waiting_orders(case)
        request = {
            "account": row.account_code,
            "use": case.facts["use"],
            "address": {name: cleaned[name] for name in FIELDS},
            "source": cleaned["source"],
            "orders": orders,
        }
        title = f"Set the {case.facts['use']} address of account {row.account_code}"
        return self.ask(case, Wish(title, request, orders), actor=actor, version=version)

    def send(self, prima: Prima, request: Mapping[str, Any], key: str) -> Customer:
        customer = accounts.read_fresh(prima, request["account"])
        wanted = with_address(customer, request["use"], address_of(request["address"]))
        if wanted.addresses == customer.addresses:
            return customer
        return prima.update_customer(wanted, changed=["addresses"])

    def store(self, request: Mapping[str, Any], answer: Any, *, actor: User) -> str:
        accounts.keep_customer(answer)
        corrections.correct_all(
            request["orders"],
            _values(request["address"], request["use"]),
            f"Address from {request['source']}",
            actor=actor,
        )
        return f"setting the {request['use']} address of account {request['account']}"


def with_address(customer: Customer, use: str, address: Address) -> Customer:
    """The account with its default address of this use replaced, or one more when it has none."""
    role = "invoice" if use == "invoice" else "delivery"
    fits = [one for one in customer.addresses if one.role in (role, "both")]
    old = next((one for one in fits if one.is_default), fits[0] if fits else None)
    if old is None or old.role == "both":
        new = CustomerAddress(id="", role=role, address=address, is_default=True)  # type: ignore[arg-type]
        return replace(customer, addresses=(*customer.addresses, new))
    phone = old.address.phone
    new = replace(old, address=replace(address, phone=phone))
    changed = tuple(new if one is old else one for one in customer.addresses)
    return replace(customer, addresses=changed)


def _values(told: Mapping[str, Any], use: str) -> dict[str, str]:
    return {f"/order/{use}_{name}": str(told[name]) for name in FIELDS}
