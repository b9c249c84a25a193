"""The members of a customer account, and what is wrong with one beyond its shape."""

from collections.abc import Iterator, Mapping
from typing import Any

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.gb import vat as gb_vat

from connectors.sandbox.prima.address_shape import ADDRESS_MEMBERS, address_issues
from connectors.sandbox.prima.installation import Company
from connectors.sandbox.prima.problem import Issue
from connectors.sandbox.prima.shapes import (
    Choice,
    Findings,
    Flag,
    Many,
    Members,
    Number,
    Shape,
    Text,
)

EXTERNAL_KEY = Members(
    {
        "system": Text("customers.external_keys.system", required=True),
        "key": Text("customers.external_keys.key", required=True),
    }
)
_ADDRESS = Members(
    {
        **ADDRESS_MEMBERS,
        "id": Text(),
        "role": Choice(("invoice", "delivery", "both")),
        "is_default": Flag(),
        "fingerprint": Text(),
    }
)
_CONTACT = Members(
    {
        "id": Text(),
        "title": Text("contacts.first_name"),
        "first_name": Text("contacts.first_name", personal=True),
        "last_name": Text("contacts.last_name", personal=True),
        "email": Text("contacts.email", personal=True),
        "phone": Text("customers.phone", personal=True),
        "mobile": Text("customers.phone", personal=True),
        "role": Text("contacts.first_name"),
        "consent_ref": Text(),
    }
)
_PATCHABLE: dict[str, Shape] = {
    "external_keys": Many(EXTERNAL_KEY),
    "type": Choice(("company", "person")),
    "name": Text("customers.name", personal=True),
    "vat_number": Text("customers.vat_number"),
    "eori": Text("customers.eori"),
    "company_number": Text("customers.company_number"),
    "email": Text("customers.email", personal=True),
    "phone": Text("customers.phone", personal=True),
    "currency": Text(),
    "price_list": Text("customers.price_list"),
    "payment_terms": Text("customers.payment_terms"),
    "credit_limit": Number(places=2),
    "hold": Choice(("none", "ship", "invoice", "all")),
    "hold_reason": Text("customers.hold_reason"),
    "status": Choice(("active", "inactive")),
    "is_pool": Flag(),
    "addresses": Many(_ADDRESS),
    "contacts": Many(_CONTACT),
}
PATCH = Members(_PATCHABLE)
NEW = Members(
    {
        **_PATCHABLE,
        "account_code": Text("customers.account_code"),
        "name": Text("customers.name", personal=True, required=True),
    }
)
DEFAULTS: dict[str, Any] = {
    "external_keys": [],
    "type": "company",
    "vat_number": "",
    "eori": "",
    "company_number": "",
    "email": "",
    "phone": "",
    "currency": "GBP",
    "price_list": "",
    "payment_terms": "",
    "credit_limit": None,
    "balance": "0.00",
    "credit_status": "ok",
    "hold": "none",
    "hold_reason": "",
    "status": "active",
    "merged_into": "",
    "is_pool": False,
    "addresses": [],
    "contacts": [],
}


def issues_of(body: Mapping[str, Any], shape: Members, company: Company) -> list[Issue]:
    """Everything wrong with what was sent for a customer."""
    found = Findings(company.capabilities)
    shape.check(body, "#", found)
    # Checks of content read the members as the shapes promise them.
    wrong = {issue.pointer.removeprefix("#/") for issue in found.issues}
    right = {name: value for name, value in body.items() if name not in wrong}
    return [*found.issues, *_content(right, company)]


def _content(body: Mapping[str, Any], company: Company) -> Iterator[Issue]:
    code = body.get("account_code") or ""
    if code != " ".join(code.split()) or code != code.upper():
        yield Issue(
            "#/account_code",
            "field.invalid",
            "Account codes are in capitals, with single spaces at most.",
            value=code,
            suggestion=" ".join(code.upper().split()),
        )
    currency = body.get("currency")
    if currency and currency not in company.capabilities.currencies:
        yield Issue(
            "#/currency",
            "currency.unsupported",
            "Accounts in this currency are not kept.",
            value=currency[:10],
            limit=", ".join(company.capabilities.currencies),
        )
    email = body.get("email") or ""
    if email and (email.count("@") != 1 or email.startswith("@") or email.endswith("@")):
        yield Issue("#/email", "field.invalid", "This is no e-mail address.")
    if number := body.get("vat_number"):
        yield from vat_issues(number)
    for place, address in enumerate(body.get("addresses") or []):
        if isinstance(address, dict):
            most = company.capabilities.address_lines
            yield from address_issues(address, f"#/addresses/{place}", most)


def vat_issues(number: str) -> Iterator[Issue]:
    """A VAT number needs its country prefix and the right check digits."""
    at, compact = "#/vat_number", "".join(number.upper().split())
    try:
        if compact[:2] in ("GB", "XI"):
            digits = gb_vat.validate(compact[2:])
            if not digits.strip("0"):
                raise InvalidChecksum
        else:
            eu_vat.validate(compact)
    except InvalidChecksum:
        yield Issue(at, "vat.checksum", "The check digits are wrong.", value=number)
    except ValidationError:
        message = "A VAT number is a country prefix and the country's digits."
        yield Issue(at, "vat.format", message, value=number)
