"""What a person decides about customers: each in one transaction, with its reason in the trail."""

from collections.abc import Iterable

from django.db import transaction

from connectors.sync.identity import linking, traits
from connectors.sync.identity.ladder import is_vetoed
from connectors.sync.mirrored import customer_from
from exceptions.customers import reads, sides
from exceptions.problems import NotPossible
from integration.accounts.models import User
from integration.consent.merging import carry_over
from integration.identity import candidates, distinctions, keys, merging
from integration.identity.models import Candidate, Customer, CustomerLink, Merger
from integration.mirror.models import Contact, PrimaCustomer

BY_HAND = "by hand"


def accept(candidate: Candidate, *, actor: User, reason: str) -> Customer:
    """The contact and the account are one customer."""
    with transaction.atomic():
        row = _open(candidate)
        return link(
            row.contact_key,
            row.account_code,
            actor=actor,
            reason=reason or "Accepted: " + ", ".join(row.reasons),
        )


def reject(candidate: Candidate, *, actor: User, reason: str) -> None:
    """They are two customers, and stay so. It is never suggested again."""
    with transaction.atomic():
        row = _open(candidate)
        distinctions.tell_apart(
            (keys.SFMC, row.contact_key),
            (keys.PRIMA, row.account_code),
            actor=actor,
            reason=reason or "Rejected on the review page",
        )
        candidates.decided(
            row.contact_key, row.account_code, by=str(actor), linked=False, note=reason
        )


def link(contact_key: str, account_code: str, *, actor: User, reason: str) -> Customer:
    """Ties them by hand. Raises NotPossible, in words."""
    words = _reason(reason)
    account = PrimaCustomer.objects.filter(
        account_code__iexact=account_code, deleted_at__isnull=True, status="active"
    ).first()
    if account is None:
        raise NotPossible(f"Prima has no active account {account_code}.")
    if account.is_pool:
        raise NotPossible(f"{account.account_code} is a shared account; it stands for nobody.")
    why = distinctions.are_apart([(keys.SFMC, contact_key)], [(keys.PRIMA, account_code)])
    if why is not None:
        raise NotPossible(
            f"{why.decided_by} decided that they are not the same. Take that back first."
        )
    contact = Contact.objects.filter(key=contact_key).first()
    if contact is not None and _numbers_conflict(contact, account):
        raise NotPossible("They have two different valid tax numbers, so they are two customers.")
    return keys.link(
        contact_key,
        account.account_code,
        method=BY_HAND,
        actor=actor,
        evidence={"reason": words},
    )


def unlink(link_row: CustomerLink, *, actor: User, reason: str, for_good: bool) -> None:
    """Takes a contact from its customer; `for_good` keeps it from being linked there again."""
    words = _reason(reason)
    with transaction.atomic():
        if link_row.state == CustomerLink.State.RETIRED or link_row.system != keys.SFMC:
            raise NotPossible("This key is not in use, so there is nothing to take back.")
        accounts = link_row.customer.links.filter(system=keys.PRIMA).exclude(state="retired")
        if for_good:
            for code in accounts.values_list("key", flat=True):
                distinctions.tell_apart(
                    (keys.SFMC, link_row.key), (keys.PRIMA, code), actor=actor, reason=words
                )
        keys.unlink(link_row.key, actor=actor, reason=words)


def merge(
    kept: Customer, gone: Customer, *, actor: User, reason: str, despite_numbers: bool = False
) -> Merger:
    """Two customers become one; consent is the most restrictive of both."""
    if two_numbers(kept, gone) and not despite_numbers:
        raise NotPossible(
            "Their accounts have two different tax numbers. Two numbers are nearly always two "
            "customers; tick that you checked it, and say why they are one."
        )
    try:
        with transaction.atomic():
            merger = merging.merge(kept, gone, actor=actor, reason=reason)
            carry_consent(gone, kept, actor=actor)
    except merging.NotMergeable as refusal:
        raise NotPossible(refusal.message) from refusal
    return merger


def undo(merger: Merger, *, actor: User, reason: str) -> None:
    try:
        merging.undo(merger, actor=actor, reason=reason)
    except merging.NotMergeable as refusal:
        raise NotPossible(refusal.message) from refusal


def two_numbers(one: Customer, other: Customer) -> tuple[str, ...]:
    """The tax numbers of both, when each has one and they share none."""
    links = list(CustomerLink.objects.filter(customer__in=[one, other]).exclude(state="retired"))
    accounts = reads.known(links).accounts
    ours = sides.numbers([row for row in links if row.customer_id == one.pk], accounts)
    theirs = sides.numbers([row for row in links if row.customer_id == other.pk], accounts)
    if ours and theirs and not ours & theirs:
        return tuple(sorted(ours | theirs))
    return ()


def carry_consent(gone: Customer, kept: Customer, *, actor: User) -> None:
    """What restricts the one that goes restricts the kept one from now on."""
    carry_over(gone.pk, kept.pk, actor=str(actor))


def found_by(text: str) -> Customer | None:
    """The one customer in use whom a key, an e-mail address or a durable key names."""
    rows: Iterable[Customer] = Customer.objects.filter(pk__in=reads.uids(text)) if text else ()
    found = {row.pk: row for row in map(keys.survivor, rows)}
    return next(iter(found.values())) if len(found) == 1 else None


def _open(candidate: Candidate) -> Candidate:
    row = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if row.state != Candidate.State.OPEN:
        who = row.decided_by or "The desk"
        raise NotPossible(f"{who} decided this already: {row.get_state_display().lower()}.")
    return row


def _numbers_conflict(contact: Contact, account: PrimaCustomer) -> bool:
    ours = linking.contact_traits(contact)
    return is_vetoed(ours, traits.of_account(customer_from(account.data)))


def _reason(words: str) -> str:
    told = " ".join(words.replace("\x00", "").split())[:200]
    if not told:
        raise NotPossible("Say how you know, in a few words.")
    return told
