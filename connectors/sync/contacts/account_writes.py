"""What goes to Prima for a contact: a new account, or fields of the one there is."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from connectors.sync.contacts.judging import Verdict
from connectors.sync.contacts.views import Ground, address_of, invoice_entry, number, phone
from connectors.sync.orders.tax_number import customer_type
from integration.mirror.models import Contact
from integration.records.campaign_order import CampaignOrder
from integration.records.customer import Customer, CustomerAddress

SYSTEM = "sfmc"
WRITTEN_AS = {
    "name": "name",
    "tax_number": "vat_number",
    "email": "email",
    "phone": "phone",
    "currency": "currency",
    "payment_terms": "payment_terms",
    "address": "addresses",
}
"""A field of the policy → the member of Prima's account that holds it."""


def new_account(contact: Contact, one: CampaignOrder, ground: Ground) -> Customer:
    """The account for a lead. Terms, limits and price lists are Prima's own business."""
    address = replace(address_of(contact.data, ground), name=_name(one))
    has_address = bool(address.lines or address.city or address.postcode)
    allowed = ground.book.policy.currencies
    own = "GBP" if address.country in ("", "GB") else "EUR"
    currency = one.currency or (own if own in allowed else allowed[0])
    entry = CustomerAddress(id="", role="both", address=address, is_default=True)
    return Customer(
        id="",
        account_code="",
        name=_name(one),
        type=customer_type(one, None),
        external_keys={SYSTEM: contact.key},
        vat_number=number(one.tax_number, address.country),
        email=one.email,
        phone=phone(one.phone, address.country),
        currency=currency,
        addresses=(entry,) if has_address else (),
    )


def creation_key(customer: Customer) -> str:
    """The same contents under the same key have their effect once, however often they are sent."""
    told = f"{customer.external_keys.get(SYSTEM)}|{customer!r}"
    return f"lead-{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def changed_account(
    customer: Customer, verdicts: Sequence[Verdict], contact: Contact, ground: Ground
) -> tuple[Customer, list[str]]:
    """The account as it shall be, and which members differ."""
    wanted = customer
    for verdict in verdicts:
        if verdict.field == "address":
            wanted = replace(wanted, addresses=_addresses(wanted, contact, ground))
        else:
            told: dict[str, Any] = {WRITTEN_AS[verdict.field]: verdict.value}
            wanted = replace(wanted, **told)
    return wanted, [WRITTEN_AS[verdict.field] for verdict in verdicts]


def _addresses(customer: Customer, contact: Contact, ground: Ground) -> tuple[CustomerAddress, ...]:
    """The invoice address is replaced; those goods go to stay as they are."""
    address = address_of(contact.data, ground)
    before = invoice_entry(customer)
    if before is None:
        named = replace(address, name=customer.name)
        new = CustomerAddress(id="", role="invoice", address=named, is_default=True)
        return (*customer.addresses, new)
    kept = replace(address, name=before.address.name, phone=before.address.phone)
    return tuple(replace(one, address=kept) if one is before else one for one in customer.addresses)


def _name(one: CampaignOrder) -> str:
    return one.company_name or f"{one.first_name} {one.last_name}".strip()
