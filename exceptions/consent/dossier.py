"""Everything the desk holds of one person, found from any of their addresses or keys."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from connectors.sync.consent import numbers
from connectors.sync.models import Exchange, SyncItem
from exceptions.models import Occurrence
from integration.consent import addresses
from integration.consent.models import (
    ConsentAddress,
    ConsentEvent,
    ConsentState,
    Propagation,
    Suppression,
)
from integration.identity import keys
from integration.identity.models import Customer, CustomerLink
from integration.mirror.models import CampaignOrder, Contact, OrderCorrection, PrimaCustomer

MOST = 500
ERASURE = "erasure"
_DIGITS = 19
_RECORDS: dict[str, tuple[Any, str]] = {
    "contact": (Contact, "key"),
    "account": (PrimaCustomer, "account_code"),
    "order": (CampaignOrder, "key"),
}
"""Records of people who have neither a durable key nor a story, and the key to find them by."""


@dataclass(slots=True)
class Dossier:
    """Where the person's rows are. `hashes` are of all addresses and of the persons."""

    emails: set[str] = field(default_factory=set)
    contact_keys: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    uids: set[str] = field(default_factory=set)
    hashes: set[str] = field(default_factory=set)

    def contacts(self) -> QuerySet[Contact]:
        return Contact.objects.filter(key__in=self.contact_keys)

    def customers(self) -> QuerySet[PrimaCustomer]:
        return PrimaCustomer.objects.filter(account_code__in=self.accounts, is_pool=False)

    def golden(self) -> QuerySet[Customer]:
        return Customer.objects.filter(uid__in=self.uids)

    def orders(self) -> QuerySet[CampaignOrder]:
        upper = {email.upper() for email in self.emails}
        return CampaignOrder.objects.annotate(upper=Upper("email")).filter(
            Q(contact_key__in=self.contact_keys) | Q(upper__in=upper)
        )

    def corrections(self) -> QuerySet[OrderCorrection]:
        return OrderCorrection.objects.filter(order__in=self.orders().values("pk"))

    def events(self) -> QuerySet[ConsentEvent]:
        return ConsentEvent.objects.filter(
            Q(address_hash__in=self.hashes) | Q(customer_uid__in=self.uids)
        ).select_related("wording", "evidence")

    def states(self) -> QuerySet[ConsentState]:
        return ConsentState.objects.filter(address_hash__in=self.hashes)

    def suppressions(self) -> QuerySet[Suppression]:
        return Suppression.objects.filter(address_hash__in=self.hashes)

    def addresses(self) -> QuerySet[ConsentAddress]:
        return ConsentAddress.objects.filter(pk__in=self.hashes)

    def propagations(self) -> QuerySet[Propagation]:
        return Propagation.objects.filter(event__in=self.events().values("pk")).select_related(
            "event"
        )

    def occurrences(self) -> QuerySet[Occurrence]:
        orders = self.orders().values("key")
        events = self.events().values("event_id")
        return Occurrence.objects.filter(
            Q(external_id__in=orders, object="order")
            | Q(external_id__in=events, object="consent")
            | Q(external_id__in=self.contact_keys)
        ).select_related("case")

    def exchanges(self) -> QuerySet[Exchange]:
        items = SyncItem.objects.filter(external_id__in=self.orders().values("key"))
        return Exchange.objects.filter(item__in=items.values("pk"))

    def clear_addresses(self) -> set[str]:
        """What they may be written to at: there is something to erase as long as there is one."""
        kept = self.addresses().exclude(address="").values_list("address", flat=True)
        return {*self.emails, *kept}

    def reached_at(self) -> Iterator[tuple[str, str]]:
        """(channel, address) of e-mail and telephone, as both systems have them."""
        yield from (("email", email) for email in sorted(self.emails) if email)
        for numbers_of in (
            self.contacts().values_list("mobile", "data__phone"),
            self.customers().values_list("data__phone", "data__mobile"),
        ):
            yield from (("phone", str(one)) for row in numbers_of for one in row if one)

    def erasures(self) -> QuerySet[ConsentEvent]:
        """When and by whom they were erased, the newest first."""
        return self.events().filter(method=ERASURE).order_by("-received_at", "-pk")

    @property
    def is_empty(self) -> bool:
        return not (self.contact_keys or self.accounts or self.hashes & _known(self.hashes))


def of_handle(handle: str) -> Dossier:
    """Whoever has their page there: by a hash, a durable key, or "contact-7" and the like."""
    with contextlib.suppress(ValueError):
        return _of_uid(UUID(handle))
    kind, _, number = handle.rpartition("-")
    if kind in _RECORDS and number.isdecimal():
        model, name = _RECORDS[kind]
        keys_found = model.objects.filter(pk=int(number)) if len(number) < _DIGITS else ()
        return of_text(next((str(getattr(row, name)) for row in keys_found), ""))
    return _of_hash(handle)


def _of_uid(uid: UUID) -> Dossier:
    """A customer, or the one that they were merged into."""
    customer = Customer.objects.filter(pk=uid).first()
    return of_text(addresses.person(keys.survivor(customer).pk)) if customer else Dossier()


def _of_hash(hashed: str) -> Dossier:
    """By the address behind the hash, and by the persons its events name."""
    found = Dossier(hashes={hashed})
    address = ConsentAddress.objects.filter(pk=hashed).values_list("address", flat=True).first()
    uids = ConsentEvent.objects.filter(address_hash=hashed, customer_uid__isnull=False)
    found.uids |= {str(uid) for uid in uids.values_list("customer_uid", flat=True)}
    if address:
        _by_text(found, address)
    return _completed(found)


def of_text(text: str) -> Dossier:
    """By an e-mail address, a telephone number, a contact key, an account code or an order."""
    found = Dossier()
    _by_text(found, text.strip())
    return _completed(found)


def handle(dossier: Dossier) -> str:
    """Where the person's page is, without naming them: the hash of an address with a story, else
    the durable key, else the number of a record. Empty when nothing is held."""
    told = (
        ConsentEvent.objects.filter(address_hash__in=dossier.hashes)
        .order_by("-id")
        .values_list("address_hash", flat=True)
        .first()
    )
    known = told or next(iter(sorted(dossier.uids)), "") or min(_known(dossier.hashes), default="")
    return known or next(_records(dossier), "")


def _records(dossier: Dossier) -> Iterator[str]:
    rows: dict[str, QuerySet[Any]] = {
        "contact": dossier.contacts(),
        "account": dossier.customers(),
        "order": dossier.orders(),
    }
    for kind, found in rows.items():
        for pk in found.order_by("pk").values_list("pk", flat=True)[:1]:
            yield f"{kind}-{pk}"


def lines(dossier: Dossier) -> Iterator[tuple[str, str, Any]]:
    """Every row held of the person as (what, key, contents), for them to take away."""
    yield from _as_customer(dossier)
    yield from _as_buyer(dossier)
    yield from _as_said(dossier)
    for call in dossier.exchanges()[:MOST]:
        yield "Call to the other system", str(call), {"sent": call.request_body}


def _as_customer(dossier: Dossier) -> Iterator[tuple[str, str, Any]]:
    for row in dossier.golden():
        yield "Customer", str(row.uid), {"name": row.name, "created": row.created_at}
    for link in CustomerLink.objects.filter(customer_id__in=dossier.uids):
        yield "Key", str(link), {"state": link.state, "by": link.linked_by, "at": link.linked_at}
    for contact in dossier.contacts():
        yield "Contact of Marketing Cloud", contact.key, contact.data or {"email": contact.email}
    for account in dossier.customers():
        yield "Account of Prima", account.account_code, account.data


def _as_buyer(dossier: Dossier) -> Iterator[tuple[str, str, Any]]:
    for order in dossier.orders()[:MOST]:
        yield "Campaign order", order.key, order.payload
    for one in dossier.corrections()[:MOST]:
        yield "Correction of an order", str(one.pk), {"changes": one.changes, "why": one.reason}
    for seen in dossier.occurrences()[:MOST]:
        yield "Case", str(seen.case_id), {"what": seen.message, "first": seen.first_seen_at}


def _as_said(dossier: Dossier) -> Iterator[tuple[str, str, Any]]:
    for clear in dossier.addresses():
        yield "Address in the consent ledger", clear.address_hash[:12], {"address": clear.address}
    for event in dossier.events():
        yield "Consent event", event.event_id, told_of(event)
    for state in dossier.states():
        yield "Consent", f"{state.channel} {state.purpose}", {"state": state.get_state_display()}
    for held in dossier.suppressions():
        yield "Suppression", f"{held.channel} {held.purpose}", {"since": held.since}
    for way in dossier.propagations():
        yield "Way of an opt-out", str(way), {"seen": way.seen_at, "confirmed": way.confirmed_at}


def told_of(event: ConsentEvent) -> dict[str, Any]:
    """An event in the words of its record."""
    evidence = getattr(event, "evidence", None)
    return {
        "action": event.get_action_display(),
        "channel": event.get_channel_display(),
        "purpose": event.purpose,
        "happened": event.occurred_at,
        "received": event.received_at,
        "from": event.told_from,
        "how": event.method,
        "wording": str(event.wording) if event.wording else event.wording_named,
        "evidence": event.evidence_ref,
        "told by": event.actor,
        "counts": event.unsupported or "yes",
        "note": evidence.note if evidence else "",
        "network address": evidence.ip_address if evidence else "",
    }


def _by_text(found: Dossier, text: str) -> None:
    if not text or "\x00" in text:
        return
    kind, _, name = text.partition(":")
    if f"{kind}:" == addresses.PERSON:
        found.uids.add(name)
    elif f"{kind}:" == addresses.ACCOUNT:
        found.accounts.add(name)
    elif "@" in text:
        found.emails.add(text)
    hashes = {addresses.known_hash(channel, text) for channel in ("email", "sms", "post")}
    found.hashes |= hashes - {""}
    contacts = Contact.objects.filter(key__iexact=text)
    found.contact_keys |= set(contacts.values_list("key", flat=True))
    found.contact_keys |= numbers.contacts_with([text])[text]
    found.accounts |= numbers.accounts_with([text])[text]
    accounts = PrimaCustomer.objects.filter(account_code__iexact=text, is_pool=False)
    found.accounts |= set(accounts.values_list("account_code", flat=True))
    orders = CampaignOrder.objects.filter(key=text).values_list("contact_key", "email")
    for contact_key, email in orders:
        found.contact_keys |= {contact_key} - {""}
        found.emails |= {email} - {""}


def _completed(found: Dossier) -> Dossier:
    """From addresses to keys, from keys to persons, and from there to all their keys once more."""
    for _ in range(2):
        _by_emails(found)
        _by_keys(found)
    found.hashes |= {addresses.known_hash("email", email) for email in found.emails} - {""}
    found.hashes |= {addresses.person_hash(uid) for uid in found.uids}
    said = ConsentEvent.objects.filter(customer_uid__in=found.uids)
    found.hashes |= set(said.values_list("address_hash", flat=True))
    return found


def _by_emails(found: Dossier) -> None:
    upper = {email.upper() for email in found.emails}
    if not upper:
        return
    contacts = Contact.objects.annotate(upper=Upper("email")).filter(upper__in=upper)
    found.contact_keys |= set(contacts.values_list("key", flat=True))
    accounts = PrimaCustomer.objects.annotate(upper=Upper("email")).filter(
        upper__in=upper, is_pool=False
    )
    found.accounts |= set(accounts.values_list("account_code", flat=True))


def _by_keys(found: Dossier) -> None:
    links = CustomerLink.objects.exclude(state=keys.RETIRED)
    by_key = links.filter(
        Q(system=keys.SFMC, key__in=found.contact_keys)
        | Q(system=keys.PRIMA, key__in=found.accounts)
    )
    found.uids |= {str(uid) for uid in by_key.values_list("customer_id", flat=True)}
    for system, key in links.filter(customer_id__in=found.uids).values_list("system", "key"):
        (found.contact_keys if system == keys.SFMC else found.accounts).add(key)
    emails: Sequence[str] = [
        *found.contacts().exclude(email="").values_list("email", flat=True),
        *found.customers().exclude(email="").values_list("email", flat=True),
    ]
    found.emails |= set(emails)


def _known(hashes: set[str]) -> set[str]:
    return set(ConsentAddress.objects.filter(pk__in=hashes).values_list("address_hash", flat=True))
