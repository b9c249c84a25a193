"""Contacts without an account: who shall get one, who has one already, and who cannot have one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models.functions import Upper

from connectors.sync.contacts import account_writes, as_buyer
from connectors.sync.contacts.outcome import Work
from connectors.sync.contacts.views import Ground
from connectors.sync.orders.tax_number import compact
from connectors.sync.orders.world import World
from integration.core.problems import Problem
from integration.identity import keys
from integration.mirror.models import PrimaCustomer
from integration.ownership.models import ContactPolicy
from integration.ownership.policy import Policy

Taken = Mapping[str, Sequence[PrimaCustomer]]
"""Accounts by their tax number."""


def is_wanted(work: Work, policy: Policy) -> bool:
    """A lead for whom an account shall be opened."""
    contact = work.pair.contact if work.pair else None
    if contact is None or not contact.is_lead:
        return False
    if policy.opens_accounts == ContactPolicy.Opens.COMPANIES:
        return bool(contact.company_name or contact.tax_number)
    return policy.opens_accounts == ContactPolicy.Opens.EVERYBODY


def accounts_by_number(works: Sequence[Work]) -> dict[str, list[PrimaCustomer]]:
    """Accounts that have the tax number of one of the leads already, by number."""
    numbers = {
        number
        for work in works
        if work.buyer and work.buyer.tax_number
        for number in [compact(work.buyer.tax_number, work.buyer.invoice_address.country)]
        if number
    }
    found: dict[str, list[PrimaCustomer]] = defaultdict(list)
    rows = PrimaCustomer.objects.annotate(upper=Upper("vat_number")).filter(
        upper__in=numbers, deleted_at__isnull=True, is_pool=False
    )
    for row in rows.exclude(status="merged").order_by("account_code") if numbers else ():
        found[row.vat_number.upper()].append(row)
    return found


def check(work: Work, world: World, taken: Taken, ground: Ground) -> None:
    """A lead is linked to the account it has, held with all that is wrong, or given a new one."""
    one, pair = work.buyer, work.pair
    if one is None or pair is None:
        return
    found = as_buyer.find(one, world)
    number = compact(one.tax_number, one.invoice_address.country) if one.tax_number else None
    twins = taken.get(number or "", [])
    problems = [
        _duplicate(one.contact_key, one.company_name, twin) for twin in twins if _held(twin)
    ]
    problems = problems[:1] or [*as_buyer.account_problems(one, found)]
    if found.account is not None and not problems:
        keys.link(
            one.contact_key, found.account.account_code, method=found.method or "", actor=None
        )
        work.wait(work.item.last_error)
        return
    if found.account is None and not problems:
        problems = [_duplicate(one.contact_key, one.company_name, twin) for twin in twins[:1]]
    problems += as_buyer.data_problems(one, world, found.account)
    if problems:
        work.hold([as_buyer.told(problem, work.key) for problem in problems])
        return
    work.wanted = account_writes.new_account(pair.contact, one, ground)


def _held(twin: PrimaCustomer) -> bool:
    return twin.data.get("hold", "none") in ("all", "invoice")


def _duplicate(key: str, name: str, twin: PrimaCustomer) -> Problem:
    on_hold = _held(twin)
    state = ", which is on hold" if on_hold else ""
    return Problem(
        "lead_duplicate",
        f"Contact {key}: its tax number is that of account {twin.account_code} {twin.name}{state}.",
        {
            "contact_key": key,
            "name": name,
            "candidates": twin.account_code,
            "reason": "hold" if on_hold else "tax_number",
        },
        pointers=("/contact/tax_number",),
        target_pointers=("/vat_number",),
    )
