"""What a system knows of a customer, made comparable."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.sync.identity import normal
from integration.records.campaign_order import CampaignOrder
from integration.records.customer import Customer


@dataclass(frozen=True, slots=True)
class Traits:
    """`key` is the contact key, or the account code. Every other member may be empty.

    `account` and `held_key` name the other side: the account code a contact gave, the contact key
    that Prima holds at an account. `vat` is a valid number, `number` whatever was written for one.
    `name` is the whole name, the company's for companies. `phone` and `mobile` are E.164.
    `shares_email`, `shares_mobile`: another contact has the same. `is_lead` is a contact that has not
    bought yet, `is_held` an account whose orders Prima would hold.
    """

    key: str
    is_company: bool = False
    is_lead: bool = False
    is_held: bool = False
    name: str = ""
    given: str = ""
    surname: str = ""
    company: str = ""
    vat: str = ""
    number: str = ""
    company_number: str = ""
    email: str = ""
    mobile: str = ""
    phone: str = ""
    postcode: str = ""
    street: str = ""
    account: str = ""
    held_key: str = ""
    is_pool: bool = False
    is_merged: bool = False
    shares_email: bool = False
    shares_mobile: bool = False


def of_contact(key: str, told: Mapping[str, Any], *, account: str = "") -> Traits:
    """From the text under our field names: first_name, company_name, tax_number, line1 …"""

    def text(name: str) -> str:
        return str(told.get(name) or "")

    country = _country(text("country"))
    business = normal.company(text("company_name"))
    first, last = normal.person(text("first_name")), normal.person(text("last_name"))
    mobile, phone = (normal.phone(text(name), country) for name in ("mobile", "phone"))
    return Traits(
        key=key,
        is_company=bool(business),
        name=business or f"{first} {last}".strip(),
        given=first.partition(" ")[0],
        surname=last,
        company=business,
        vat=normal.tax_number(text("tax_number"), country),
        number=normal.bare(text("tax_number")),
        company_number=normal.company_number(text("company_number")),
        email=normal.email(text("email")),
        mobile=mobile or (phone if normal.is_mobile(phone) else ""),
        phone=phone,
        postcode=normal.postcode(text("postcode")),
        street=normal.street(text("line1")),
        account=(account or text("account_code")).strip(),
    )


def of_order(order: CampaignOrder) -> Traits:
    """The buyer, at the address the invoice goes to."""
    home = order.invoice_address if order.invoice_address.postcode else order.delivery_address
    told = {
        "first_name": order.first_name,
        "last_name": order.last_name,
        "company_name": order.company_name,
        "tax_number": order.tax_number,
        "email": order.email,
        "phone": order.phone,
        "postcode": home.postcode,
        "country": home.country,
        "line1": home.lines[0] if home.lines else "",
    }
    return of_contact(order.contact_key, told)


def of_account(account: Customer) -> Traits:
    homes = [one.address for one in account.addresses]
    first = homes[0] if homes else None
    country = _country(first.country) if first else ""
    phone = normal.phone(account.phone, country)
    is_company = account.type == "company"
    name = normal.company(account.name) if is_company else normal.person(account.name)
    given, _, rest = name.partition(" ")
    return Traits(
        key=account.account_code,
        is_company=is_company,
        name=name,
        given="" if is_company or not rest else given,
        surname="" if is_company else name.rpartition(" ")[2],
        company=name if is_company else "",
        vat=normal.tax_number(account.vat_number, country),
        number=normal.bare(account.vat_number),
        company_number=normal.company_number(account.company_number),
        email=normal.email(account.email),
        mobile=phone if normal.is_mobile(phone) else "",
        phone=phone,
        postcode=normal.postcode(first.postcode) if first else "",
        street=normal.street(first.lines[0]) if first and first.lines else "",
        held_key=account.external_keys.get("sfmc", ""),
        is_held=account.hold in ("all", "invoice"),
        is_pool=account.is_pool,
        is_merged=account.status == "merged",
    )


def _country(text: str) -> str:
    """ISO codes only; "England" is not looked up here, so its numbers are read as British."""
    code = text.strip().upper()
    return {"UK": "GB"}.get(code, code) if len(code) == 2 else ""
