"""Whom an event is about: its address in clear, its standing now, and their keys in both systems."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models.functions import Upper

from connectors.sync.consent import numbers
from integration.consent import addresses, rules
from integration.consent.models import ConsentAddress, ConsentEvent
from integration.consent.suppression import standing_of, standings
from integration.identity import keys
from integration.identity.models import CustomerLink
from integration.mirror.models import Contact, PrimaCustomer


@dataclass(slots=True)
class Person:
    """`address` is empty when it was erased. `standing` is that of the event's scope, just now;
    `following` is the person's alone, for their other addresses.

    `named` are those contacts of whom Marketing Cloud itself says that they have the address.
    """

    address: str
    standing: rules.Standing
    following: rules.Standing
    contacts: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)

    @property
    def email(self) -> str:
        """The address, when it is an e-mail address."""
        return self.address if "@" in self.address else ""

    @property
    def number(self) -> str:
        """The address, when it is a telephone number as it is dialled."""
        return numbers.dialled(self.address)

    def still_says(self, *, no: bool) -> bool:
        """Whether it is to be told yet. A yes of this address lifts the no of no other address."""
        is_no = bool(self.standing.restricted_by())
        return (is_no or bool(self.following.restricted_by())) if no else not is_no


def people_of(events: Sequence[ConsentEvent]) -> dict[int, Person]:
    """By the id of the event, from what is known here, in a fixed number of queries."""
    hashes = {event.address_hash for event in events}
    clear = dict(
        ConsentAddress.objects.filter(pk__in=hashes).values_list("address_hash", "address")
    )
    persons = {
        event.pk: [addresses.person_hash(event.customer_uid)] if event.customer_uid else []
        for event in events
    }
    known = standings({*hashes, *(one for some in persons.values() for one in some)})
    found = {
        event.pk: Person(
            address=clear.get(event.address_hash, ""),
            standing=standing_of(
                known, [event.address_hash, *persons[event.pk]], event.channel, event.purpose
            ),
            following=standing_of(known, persons[event.pk], event.channel, event.purpose),
        )
        for event in events
    }
    _tie(events, found)
    return found


def _tie(events: Sequence[ConsentEvent], found: dict[int, Person]) -> None:
    contacts = _contacts_with(one.email for one in found.values())
    accounts = _accounts_with(one.email for one in found.values())
    dialled = {one.number for one in found.values()} - {""}
    contacts |= numbers.contacts_with(dialled)
    accounts |= numbers.accounts_with(dialled)
    uids = {event.customer_uid for event in events if event.customer_uid}
    named = {
        person.address.partition(":")[2]
        for person in found.values()
        if person.address.startswith(addresses.PERSON)
    }
    links = _links({*map(str, uids), *named})
    for event in events:
        person = found[event.pk]
        named_by = person.email.upper() or person.number
        person.contacts |= contacts.get(named_by, set())
        person.accounts |= accounts.get(named_by, set())
        kind, _, name = person.address.partition(":")
        if f"{kind}:" == addresses.ACCOUNT:
            person.accounts.add(name)
        for uid in {str(event.customer_uid or ""), name if f"{kind}:" == addresses.PERSON else ""}:
            for system, key in links.get(uid, ()):
                (person.contacts if system == keys.SFMC else person.accounts).add(key)
    _tie_by_account(found.values())


def _tie_by_account(people: Iterable[Person]) -> None:
    """The contacts of an account that is named itself, and the accounts of the contacts found."""
    several = list(people)
    named = {code for one in several if not one.email for code in one.accounts}
    by_account: dict[str, set[str]] = defaultdict(set)
    for contact, account in keys.contacts_by_account(named) if named else ():
        by_account[account].add(contact)
    tied = keys.accounts_by_contact({key for one in several for key in one.contacts})
    for one in several:
        if not one.email:
            one.contacts |= {key for code in one.accounts for key in by_account[code]}
        one.accounts |= {tied[key] for key in one.contacts if key in tied}


def _contacts_with(emails: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    wanted = {email.upper() for email in emails if email}
    rows = Contact.objects.annotate(upper=Upper("email")).filter(
        upper__in=wanted, deleted_at__isnull=True
    )
    for upper, key in rows.values_list("upper", "key"):
        found[upper].add(key)
    return found


def _accounts_with(emails: Iterable[str]) -> dict[str, set[str]]:
    """Accounts that stand for nobody in particular, and merged ones, are nobody's."""
    found: dict[str, set[str]] = defaultdict(set)
    wanted = {email.upper() for email in emails if email}
    rows = PrimaCustomer.objects.annotate(upper=Upper("email")).filter(
        upper__in=wanted, deleted_at__isnull=True, is_pool=False
    )
    for upper, code in rows.exclude(status="merged").values_list("upper", "account_code"):
        found[upper].add(code)
    return found


def _links(uids: set[str]) -> dict[str, set[tuple[str, str]]]:
    """Every key that is written to, aliases too: they are contacts and accounts there."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    if not uids:
        return found
    links = CustomerLink.objects.exclude(state=keys.RETIRED).filter(customer_id__in=uids)
    rows = list(links.values_list("customer_id", "system", "state", "key"))
    others = {key for _, system, state, key in rows if (system, state) == (keys.PRIMA, keys.ALIAS)}
    kept = _accounts_in_use(others) if others else set()
    for uid, system, state, key in rows:
        if system == keys.SFMC or state == keys.ACTIVE or key in kept:
            found[str(uid)].add((system, key))
    return found


def _accounts_in_use(codes: set[str]) -> set[str]:
    """Without those that Prima has merged or deleted: it would take no more of them."""
    rows = PrimaCustomer.objects.filter(
        account_code__in=codes, deleted_at__isnull=True, is_pool=False
    )
    return set(rows.exclude(status="merged").values_list("account_code", flat=True))
