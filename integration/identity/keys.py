"""Finds customers by any key, and ties keys to customers: one writer for each key."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Upper
from django.utils import timezone

from integration.accounts.models import User
from integration.audit import trail
from integration.identity import candidates
from integration.identity.models import DEFAULT_COMPANY, Customer, CustomerLink
from integration.mirror.models import PrimaCustomer

SFMC, PRIMA = CustomerLink.System.SFMC, CustomerLink.System.PRIMA
ACTIVE, ALIAS, RETIRED = (
    CustomerLink.State.ACTIVE,
    CustomerLink.State.ALIAS,
    CustomerLink.State.RETIRED,
)
_MOST_MERGES = 20


def resolve(system: str, key: str, company: str = DEFAULT_COMPANY) -> Customer | None:
    """The customer whom the system knows by the key, aliases included."""
    link = (
        CustomerLink.objects.exclude(state=RETIRED)
        .annotate(upper=Upper("key"))
        .filter(system=system, company=company, upper=key.upper())
        .select_related("customer")
        .first()
    )
    return link.customer if link else None


def survivor(customer: Customer) -> Customer:
    """Who the customer became, after all mergers."""
    for _ in range(_MOST_MERGES):
        if customer.merged_into is None:
            return customer
        customer = customer.merged_into
    return customer


def accounts_by_contact(
    contact_keys: Iterable[str], company: str = DEFAULT_COMPANY
) -> dict[str, str]:
    """The active account code for each of the contact keys that has one, as the keys were given."""
    given = {key.upper(): key for key in contact_keys if key}
    found = (
        CustomerLink.objects.exclude(state=RETIRED)
        .annotate(upper=Upper("key"))
        .filter(
            system=SFMC,
            upper__in=list(given),
            customer__links__system=PRIMA,
            customer__links__company=company,
            customer__links__state=ACTIVE,
        )
        .values_list("upper", "customer__links__key")
    )
    return {given[upper]: account for upper, account in found}


def contacts_by_account(
    account_codes: Iterable[str], company: str = DEFAULT_COMPANY
) -> list[tuple[str, str]]:
    """(contact key, account code) for every contact, aliases too, of these accounts."""
    return list(
        CustomerLink.objects.filter(
            system=PRIMA,
            company=company,
            state=ACTIVE,
            key__in=list(account_codes),
            customer__links__system=SFMC,
            customer__links__state__in=[ACTIVE, ALIAS],
        ).values_list("customer__links__key", F("key"))
    )


def link(
    contact_key: str,
    account_code: str,
    *,
    method: str,
    actor: User | None,
    company: str = DEFAULT_COMPANY,
    evidence: Mapping[str, Any] | None = None,
) -> Customer:
    """Says that this contact is this account. Doing it again changes nothing.

    A contact that was tied to another account is taken from it. When the account has a contact
    already, this one becomes an alias of the same customer; a customer without an account becomes
    the account's.
    """
    known = {
        "method": method,
        "evidence": dict(evidence or {}),
        "by": str(actor or trail.SYSTEM),
    }
    for is_last in (False, True):
        try:
            with transaction.atomic():
                return _linked(contact_key, account_code, company, known, actor)
        except IntegrityError:
            # Bulk linking takes no locks of single keys: what it wrote is read, and counts.
            if is_last:
                raise
    raise AssertionError("the second try returns or raises")


def _linked(
    contact_key: str, account_code: str, company: str, known: Mapping[str, Any], actor: User | None
) -> Customer:
    _lock(SFMC, contact_key)
    _lock(PRIMA, account_code)
    owner = resolve(PRIMA, account_code, company)
    before = resolve(SFMC, contact_key)
    if owner is not None and before == owner:
        return owner
    is_free = before is not None and not _account_of(before, company)
    if before is not None and is_free and owner is not None:
        _join(before, owner, known, actor)
    else:
        if not is_free:
            retire(SFMC, contact_key, actor=actor)
        owner = (before if is_free else None) or owner or Customer.objects.create()
        _tie(owner, PRIMA, account_code, company, known)
        _tie(owner, SFMC, contact_key, DEFAULT_COMPANY, known)
    _name(owner, account_code)
    candidates.decided(
        contact_key, account_code, by=str(actor or trail.SYSTEM), linked=True, note=known["method"]
    )
    trail.record(
        "customer linked", actor=actor, target=owner, contact_key=contact_key,
        account_code=account_code, method=known["method"],
    )  # fmt: skip
    return owner


def unlink(
    contact_key: str, *, actor: User, reason: str, company: str = DEFAULT_COMPANY
) -> CustomerLink | None:
    """Takes the contact from its customer; the link stays for the record. None when it has none.

    When it was the key that is written to, the oldest alias becomes that.
    """
    with transaction.atomic():
        _lock(SFMC, contact_key)
        row = retire(SFMC, contact_key, actor=actor, company=company)
        if row is None:
            return None
        rest = row.customer.links.filter(system=SFMC, company=company).exclude(state=RETIRED)
        if not rest.filter(state=ACTIVE).exists():
            oldest = rest.order_by("linked_at", "pk").first()
            if oldest is not None:
                oldest.state = ACTIVE
                oldest.save(update_fields=["state"])
        trail.record(
            "customer unlinked", actor=actor, target=row.customer,
            contact_key=contact_key, reason=reason,
        )  # fmt: skip
        return row


def contact_key_of(account_code: str, company: str = DEFAULT_COMPANY) -> str:
    """The contact key under which Marketing Cloud knows, or shall know, the customer of an account.

    A customer without a contact gets their durable key, under which a contact is yet to be made.
    """
    with transaction.atomic():
        _lock(PRIMA, account_code)
        known = {"method": "new contact", "evidence": {}, "by": trail.SYSTEM}
        owner = resolve(PRIMA, account_code, company)
        if owner is None:
            owner = Customer.objects.create()
            _tie(owner, PRIMA, account_code, company, known)
        found = owner.links.filter(system=SFMC, state=ACTIVE).first()
        return (found or _tie(owner, SFMC, str(owner.uid), DEFAULT_COMPANY, known)).key


def retire(
    system: str, key: str, *, actor: User | None, company: str = DEFAULT_COMPANY
) -> CustomerLink | None:
    """Takes the key from whoever has it; it stays for the record."""
    row = (
        CustomerLink.objects.exclude(state=RETIRED)
        .annotate(upper=Upper("key"))
        .filter(system=system, company=company, upper=key.upper())
        .first()
    )
    if row is None:
        return None
    row.state, row.retired_at = RETIRED, timezone.now()
    row.retired_by = str(actor or trail.SYSTEM)[:150]
    row.save(update_fields=["state", "retired_at", "retired_by"])
    return row


def _name(owner: Customer, account_code: str) -> None:
    """The customer's name in lists is that of the account."""
    if not owner.name:
        names = PrimaCustomer.objects.filter(account_code__iexact=account_code)
        owner.name = (names.values_list("name", flat=True).first() or "")[:200]
        owner.save(update_fields=["name"])


def _join(before: Customer, owner: Customer, known: Mapping[str, Any], actor: User | None) -> None:
    """A customer of whom only contacts are known turns out to be the account's."""
    for row in before.links.exclude(state=RETIRED).order_by("pk"):
        retire(row.system, row.key, actor=actor, company=row.company)
        _tie(owner, row.system, row.key, row.company, known)
    before.merged_into, before.merged_at = owner, timezone.now()
    before.save(update_fields=["merged_into", "merged_at"])


def _account_of(customer: Customer, company: str) -> str:
    row = customer.links.filter(system=PRIMA, company=company, state=ACTIVE).first()
    return row.key if row else ""


def _tie(
    customer: Customer, system: str, key: str, company: str, known: Mapping[str, Any]
) -> CustomerLink:
    """The customer's active key there, or an alias when they have one; untouched when theirs."""
    theirs = customer.links.filter(system=system, company=company).exclude(state=RETIRED)
    same = theirs.annotate(upper=Upper("key")).filter(upper=key.upper()).first()
    if same:
        return same
    return CustomerLink.objects.create(
        customer=customer,
        system=system,
        company=company,
        key=key,
        state=ALIAS if theirs.filter(state=ACTIVE).exists() else ACTIVE,
        method=known["method"][:40],
        evidence=known["evidence"],
        linked_by=known["by"][:150],
    )


def _lock(system: str, key: str) -> None:
    """Until the transaction ends nobody else ties this key. Contacts before accounts, always."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{system}:{key.upper()}"]
        )
