"""A contact and an account in the same words: the values of their fields, and tokens to compare by.

Values are in Prima's words: mapped values are translated, numbers and addresses written one way.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.sync.orders.countries import country_code, normal_postcode
from connectors.sync.orders.phone import dialled
from connectors.sync.orders.tax_number import compact
from connectors.sync.orders.world import Reference
from integration.mapping.book import MappingBook
from integration.ownership.policy import Policy
from integration.records.address import NO_ADDRESS, Address
from integration.records.customer import Customer, CustomerAddress

Values = Mapping[str, str]
LINES = ("line1", "line2", "line3")
_TOKEN_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Ground:
    """What values are translated by on the day."""

    book: MappingBook
    policy: Policy
    day: date

    @classmethod
    def of(cls, reference: Reference) -> "Ground":
        return cls(reference.book, Policy.on(reference.today), reference.today)

    def mapped(self, field: str, word: str) -> str:
        """Prima's word for Marketing Cloud's; the word itself when it is not mapped."""
        domain = self.policy.rules[field].domain if field in self.policy.rules else ""
        return (self.book.value(domain, word, self.day) if domain and word else None) or word

    def unmapped(self, field: str, word: str) -> str:
        """Marketing Cloud's word for Prima's, the first in the order of the alphabet."""
        domain = self.policy.rules[field].domain
        entries = self.book.values.get(domain, {}) if domain else {}
        words = sorted(
            source
            for source, dated in entries.items()
            if any(entry.what == word and entry.on(self.day) for entry in dated)
        )
        return word if not words or word.upper() in words else words[0].lower()


def token(value: str) -> str:
    """Equal for values that say the same, whatever their case and spaces; empty for nothing."""
    plain = " ".join(value.split()).casefold()
    return hashlib.sha256(plain.encode()).hexdigest()[:_TOKEN_LENGTH] if plain else ""


def of_contact(data: Mapping[str, Any], ground: Ground) -> Values:
    """What Marketing Cloud says, by field."""
    address = address_of(data, ground)
    person = f"{_text(data, 'first_name')} {_text(data, 'last_name')}".strip()
    country = address.country
    return {
        "name": _text(data, "company_name") or person,
        "tax_number": number(_text(data, "tax_number"), country),
        "address": one_line(address),
        "email": _text(data, "email"),
        "phone": phone(_text(data, "phone"), country),
        "currency": _text(data, "currency").upper(),
        "payment_terms": ground.mapped("payment_terms", _text(data, "payment_terms")),
    }


def of_account(customer: Customer) -> Values:
    """What Prima says, by field."""
    address = invoice_address(customer)
    return {
        "name": customer.name,
        "tax_number": number(customer.vat_number, address.country),
        "address": one_line(address),
        "email": customer.email,
        "phone": phone(customer.phone, address.country),
        "currency": customer.currency.upper(),
        "payment_terms": customer.payment_terms,
    }


def address_of(data: Mapping[str, Any], ground: Ground) -> Address:
    """The contact's address as Prima writes one; the country stays as it is when it is unknown."""
    said = _text(data, "country")
    mapped = ground.book.value("country", said, ground.day) if said else None
    country = country_code(mapped or said) or said
    return Address(
        lines=tuple(filter(None, (_text(data, name) for name in LINES))),
        city=_text(data, "city"),
        county=_text(data, "county"),
        postcode=normal_postcode(_text(data, "postcode"), country),
        country=country,
    )


def invoice_address(customer: Customer) -> Address:
    found = invoice_entry(customer)
    return found.address if found else NO_ADDRESS


def invoice_entry(customer: Customer) -> CustomerAddress | None:
    """Where invoices go: the default one of those that may be used for it."""
    fit = [one for one in customer.addresses if one.role in ("invoice", "both")]
    return next((one for one in fit if one.is_default), next(iter(fit), None))


def one_line(address: Address) -> str:
    """The address as people read it. The county is left out: one side often has none."""
    postcode = normal_postcode(address.postcode, address.country)
    parts = (*address.lines, address.city, postcode, address.country)
    given = [part for part in parts if part]
    return ", ".join(given) if given != [address.country] else ""


def number(text: str, country: str) -> str:
    return (compact(text, country) or text) if text else ""


def phone(text: str, country: str) -> str:
    return (dialled(text, country) or text) if text else ""


def _text(data: Mapping[str, Any], name: str) -> str:
    return str(data.get(name) or "").strip()
