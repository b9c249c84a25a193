"""Is there a tax number where one is needed, and can it be one at all?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder
from integration.records.customer import Customer, CustomerType

_PREFIXES = {"EL": "GR", "XI": "GB"}
_PREFIX = re.compile(r"[A-Z]{2}(?=[A-Z0-9]*\d)")
_PLAUSIBLE = re.compile(r"[A-Z0-9]{4,20}")
_SOURCE = "/order/tax_number"


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """`number` is compact with its country prefix. `is_certain` tells that the tax rule holds."""

    number: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def is_certain(self) -> bool:
        return not self.problems


def customer_type(order: CampaignOrder, account: Customer | None) -> CustomerType:
    if account is not None:
        return account.type
    return "company" if order.company_name or order.tax_number else "person"


def check(order: CampaignOrder, account: Customer | None, country: str, world: World) -> TaxNumber:
    """`country` is the ISO code of the delivery country, or empty when it is not known."""
    kind = customer_type(order, account)
    required = bool(country) and world.book.tax_rule(country, kind).tax_number_required
    at_account = account.vat_number if account is not None else ""
    given = order.tax_number or (at_account if required else "")
    if given:
        number = compact(given, country)
        problems = () if number else (_invalid(order, account, given, country),)
        return TaxNumber(number or "", problems)
    if required and account is not None:
        return TaxNumber("", tuple(_missing(order, account, country, kind)))
    return TaxNumber()


@lru_cache(maxsize=8192)
def compact(given: str, country: str) -> str | None:
    """The number with its country prefix ("GB123456789", "XI…" kept), or None when it is none."""
    text = re.sub(r"[\s.\-/_]", "", given).upper()
    found = _PREFIX.match(text)
    prefix = found[0] if found and _module(_PREFIXES.get(found[0], found[0])) else ""
    home = _PREFIXES.get(prefix, prefix) or country
    bare = text.removeprefix(prefix)
    if not bare.strip("0") or not _PLAUSIBLE.fullmatch(text):
        return None
    module = _module(home)
    if module is None:
        return text
    try:
        valid = module.validate(bare)
    except ValidationError:
        return None
    number = str(valid).removeprefix(home)
    return f"{prefix or ('EL' if home == 'GR' else home)}{number}"


@lru_cache(maxsize=300)
def _module(country: str) -> Any:
    return get_cc_module(country.lower(), "vat") if re.fullmatch("[A-Z]{2}", country) else None


def _invalid(order: CampaignOrder, account: Customer | None, given: str, country: str) -> Problem:
    code = account.account_code if account is not None else ""
    holder = "the order" if order.tax_number else f"account {code}"
    return Problem(
        "invalid_tax_number",
        f"Order {order.key}: the tax number {given[:40]} of {holder} cannot be right; "
        "its form or its check digits are wrong.",
        {
            "account": code,
            "name": account.name if account is not None else "",
            "contact_key": order.contact_key,
            "tax_number": given[:40],
            "country": country,
            "at": "order" if order.tax_number else "account",
        },
        pointers=(_SOURCE,),
        target_pointers=("/customer/account_code",),
    )


def _missing(
    order: CampaignOrder, account: Customer, country: str, kind: CustomerType
) -> Iterator[Problem]:
    buyers = "companies" if kind == "company" else "customers"
    yield Problem(
        "missing_tax_number",
        f"Order {order.key}: {buyers} in {country} need a tax number; neither the order nor "
        f"account {account.account_code} has one.",
        {
            "account": account.account_code,
            "name": account.name,
            "contact_key": order.contact_key,
            "country": country,
        },
        pointers=(_SOURCE,),
        target_pointers=("/customer/account_code",),
    )
