"""Whose order is it? Finds the one account, or says why there is none or more than one.

The ladder: the desk's own link by contact key; the key stored at Prima's account; an e-mail address
that exactly one account has, when the surname or the company's name agrees as well. Nothing looser
ever decides; a pool account stands for nobody.
"""

import re
from dataclasses import dataclass
from typing import Literal

from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder
from integration.records.customer import Customer

Method = Literal["link", "external_key", "email"]
ROLE_ADDRESSES = frozenset(
    [
        "accounts",
        "admin",
        "billing",
        "buying",
        "contact",
        "customerservice",
        "enquiries",
        "finance",
        "hello",
        "help",
        "info",
        "invoices",
        "mail",
        "marketing",
        "noreply",
        "no-reply",
        "office",
        "orders",
        "purchasing",
        "reception",
        "sales",
        "service",
        "shop",
        "support",
        "team",
        "webmaster",
    ]
)
_POINTERS = ("/order/contact_key", "/order/email")
_TARGET = ("/customer/account_code",)
_WORDS = re.compile(r"\w+")
_MOST_MERGES = 10


@dataclass(frozen=True, slots=True)
class Found:
    """`account` is None exactly when there is a problem."""

    account: Customer | None
    method: Method | None = None
    problems: tuple[Problem, ...] = ()


def find(order: CampaignOrder, world: World) -> Found:
    linked = world.links.get(order.contact_key) if order.contact_key else None
    if linked is not None:
        return _settled(order, world, linked, "link")
    keyed = _survivors(world, order.contact_key) if order.contact_key else ()
    if len(keyed) == 1:
        return _settled(order, world, keyed[0], "external_key")
    if keyed:
        return _ambiguous(order, keyed)
    return _by_email(order, world)


def _by_email(order: CampaignOrder, world: World) -> Found:
    address = order.email.lower()
    mailbox = address.partition("@")[0]
    codes = [code for code in world.by_email.get(address, ()) if _is_someone(world, code)]
    if not codes or mailbox in ROLE_ADDRESSES:
        return _nobody(order, "unknown", candidates=tuple(codes))
    if len(codes) > 1:
        return _ambiguous(order, tuple(codes))
    account = world.accounts[codes[0]]
    if not _name_agrees(order, account) or _numbers_differ(order, account):
        return _nobody(order, "name_differs", candidates=(account.account_code,))
    return _settled(order, world, account.account_code, "email")


def _survivors(world: World, contact_key: str) -> tuple[str, ...]:
    """The accounts that hold the key; accounts merged into one are one."""
    found = {
        (survivor.account_code if (survivor := _survivor(world, code)) is not None else code): None
        for code in world.by_key.get(contact_key, ())
    }
    return tuple(found)


def _survivor(world: World, code: str) -> Customer | None:
    """The account behind the code, after all mergers."""
    account = world.accounts.get(code)
    for _ in range(_MOST_MERGES):
        if account is None or account.status != "merged":
            return account
        account = world.accounts.get(account.merged_into)
    return None


def _settled(order: CampaignOrder, world: World, code: str, method: Method) -> Found:
    account = _survivor(world, code)
    if account is None:
        return _nobody(order, "account_gone", candidates=(code,))
    if account.is_pool:
        return _nobody(order, "pool", candidates=(account.account_code,))
    return Found(account, method)


def _is_someone(world: World, code: str) -> bool:
    account = world.accounts.get(code)
    return account is not None and not account.is_pool and account.status != "merged"


def _name_agrees(order: CampaignOrder, account: Customer) -> bool:
    if account.type == "company":
        return bool(order.company_name) and _plain(order.company_name) == _plain(account.name)
    surname = _plain(order.last_name)
    return bool(surname) and f" {_plain(account.name)}".endswith(f" {surname}")


def _numbers_differ(order: CampaignOrder, account: Customer) -> bool:
    """Two different tax numbers are two different customers, whatever else agrees."""
    ours, theirs = _compact(order.tax_number), _compact(account.vat_number)
    return bool(ours and theirs) and not (ours.endswith(theirs) or theirs.endswith(ours))


def _plain(name: str) -> str:
    return " ".join(_WORDS.findall(name.casefold()))


def _compact(number: str) -> str:
    return re.sub(r"[\W_]", "", number).upper()


def _ambiguous(order: CampaignOrder, codes: tuple[str, ...]) -> Found:
    message = (
        f"Order {order.key}: the customer {_who(order)} could be any of these accounts: "
        f"{', '.join(codes)}. Link the customer to the right one."
    )
    facts = {**_facts(order), "candidates": ", ".join(codes)}
    problem = Problem(
        "ambiguous_customer", message, facts, pointers=_POINTERS, target_pointers=_TARGET
    )
    return Found(None, problems=(problem,))


_REASONS = {
    "unknown": "no account in Prima is known for the customer {who}.",
    "name_differs": (
        "the customer {who} has the e-mail address of account {codes}, but the name or the tax "
        "number is another. Link them if it is the same customer."
    ),
    "pool": "the customer {who} leads to {codes}, a shared account that stands for nobody.",
    "account_gone": "the customer {who} leads to account {codes}, which is no longer in Prima.",
}


def _nobody(order: CampaignOrder, reason: str, *, candidates: tuple[str, ...] = ()) -> Found:
    codes = ", ".join(candidates)
    says = _REASONS[reason].format(who=_who(order), codes=codes)
    facts = {**_facts(order), "reason": reason, "candidates": codes}
    problem = Problem(
        "customer_not_found",
        f"Order {order.key}: {says}",
        facts,
        pointers=_POINTERS,
        target_pointers=_TARGET,
    )
    return Found(None, problems=(problem,))


def _facts(order: CampaignOrder) -> dict[str, str]:
    return {
        "contact_key": order.contact_key,
        "email": order.email,
        "name": order.company_name or f"{order.first_name} {order.last_name}".strip(),
    }


def _who(order: CampaignOrder) -> str:
    name = order.company_name or f"{order.first_name} {order.last_name}".strip()
    return f"{name or order.email or 'without a name'} ({order.contact_key or order.email})"
