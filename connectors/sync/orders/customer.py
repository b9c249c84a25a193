"""Whose order is it? Finds the one account, or says why there is none or more than one.

The desk's own link by contact key comes first; then the ladder that all linking shares
(`connectors/sync/identity/ladder.py`). Nothing looser ever decides; a pool account stands for
nobody.
"""

from dataclasses import dataclass, replace
from typing import Literal

from connectors.sync.identity import normal, traits
from connectors.sync.identity.ladder import decide
from connectors.sync.identity.traits import Traits
from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.records.campaign_order import CampaignOrder
from integration.records.customer import Customer

Method = Literal["link", "external_key", "tax_number", "email", "mobile"]
_POINTERS = ("/order/contact_key", "/order/email")
_TARGET = ("/customer/account_code",)
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
    return _by_ladder(order, world)


def _by_ladder(order: CampaignOrder, world: World) -> Found:
    who = traits.of_order(order)
    who = replace(who, shares_email=who.email in world.shared_emails)
    near = [traits.of_account(world.accounts[code]) for code in _near(who, world)]
    # The key was asked for above, through the mergers of accounts.
    verdict = decide(who, [replace(one, held_key="") for one in near], world.apart)
    match verdict.step:
        case "tax_number" | "email" | "mobile" as method:
            return _settled(order, world, verdict.account, method)
    if verdict.outcome == "several":
        return _ambiguous(order, tuple(sorted(one.account for one in verdict.near)))
    return _not_certain(order, who, near, world)


def _near(who: Traits, world: World) -> list[str]:
    """The codes of accounts that share the e-mail address, the tax number or the mobile."""
    codes = {
        *world.by_email.get(who.email, ()),
        *world.by_number.get(who.vat, ()),
        *world.by_mobile.get(who.mobile, ()),
    }
    return sorted(code for code in codes if _is_someone(world, code))


def _not_certain(order: CampaignOrder, who: Traits, near: list[Traits], world: World) -> Found:
    """Nobody, or one with the address of whom it is not certain."""
    same = tuple(one.key for one in near if one.email and one.email == who.email)
    if len(same) != 1 or not normal.is_personal(who.email):
        reason = "unknown"
    elif (who.key.upper(), same[0].upper()) in world.apart:
        reason = "told_apart"
    else:
        reason = "shared_email" if who.shares_email else "name_differs"
    return _nobody(order, reason, candidates=same)


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
    "shared_email": (
        "the customer {who} has the e-mail address of account {codes}, and so has another contact. "
        "Link the one who is the account's customer."
    ),
    "told_apart": (
        "the customer {who} has the e-mail address of account {codes}, but somebody decided that "
        "they are not the same."
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
