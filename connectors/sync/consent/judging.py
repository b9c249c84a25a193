"""Whom exactly a no or a yes is about: each contact and account is judged by what is its own.

An event is told to every key of a person, and these may have different addresses. A no follows
the person, unless the address in question has said yes plainly later; a yes never does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from integration.consent import addresses, rules
from integration.consent.models import ConsentEvent, State
from integration.consent.suppression import (
    Standings,
    address_of,
    person_hashes,
    standing_of,
    standings,
)
from integration.identity import keys
from integration.identity.models import DEFAULT_COMPANY, CustomerLink
from integration.mirror.models import PrimaCustomer
from integration.records.audience import Recipient

EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Bearer:
    """The hashes of one contact or account: of its addresses by channel, and of its persons."""

    own: Mapping[str, Collection[str]]
    persons: Sequence[str]


@dataclass(frozen=True, slots=True)
class Judgement:
    bearers: Mapping[str, Bearer]
    known: Standings

    def acts(self, event: ConsentEvent, channel: str, key: str) -> bool:
        """Whether the event, through the channel, changes what this key may be sent.

        Who has no address that is known is restricted by a no, and not given a yes.
        """
        bearer = self.bearers.get(key, Bearer({}, ()))
        own = bearer.own.get(channel, ())
        purpose = rules.MARKETING if event.purpose == rules.ALL else event.purpose
        others = [hashed for some in bearer.own.values() for hashed in some]
        standing = standing_of(self.known, [*own, *bearer.persons], channel, purpose, others)
        if event.action != rules.OPT_IN:
            return not own or bool(standing.restricted_by())
        return bool(own) and standing.state() == State.OPTED_IN


def of_contacts(
    recipients: Sequence[Recipient], more: Mapping[str, Collection[str]] | None = None
) -> Judgement:
    """`more` are further e-mail addresses of theirs, by contact key."""
    persons = person_hashes(recipients)
    return _judgement(
        {
            one.key: Bearer(
                {
                    name: _hashes(name, [address_of(one, name), *(more or {}).get(one.key, ())])
                    if name == EMAIL
                    else _hashes(name, [address_of(one, name)])
                    for name in rules.CHANNELS
                },
                persons[one.key],
            )
            for one in recipients
        }
    )


def of_accounts(codes: Iterable[str]) -> Judgement:
    """By the address that Prima itself has for each, in a fixed number of queries."""
    wanted = sorted(set(codes))
    rows = PrimaCustomer.objects.filter(account_code__in=wanted, is_pool=False)
    found = {
        code: {
            **{name: _hashes(name, [email]) for name in (EMAIL, "third_party")},
            **{name: _hashes(name, [phone or ""]) for name in addresses.PHONES},
        }
        for code, email, phone in rows.values_list("account_code", "email", "data__phone")
    }
    persons = _persons(wanted)
    return _judgement({code: Bearer(found.get(code, {}), sorted(persons[code])) for code in wanted})


def channel_of(event: ConsentEvent) -> str:
    """The channel by which a contact is judged: a no to everything is one to e-mail."""
    return EMAIL if event.channel == rules.ALL else event.channel


def _persons(codes: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    links = (
        CustomerLink.objects.exclude(state=keys.RETIRED)
        .filter(system=keys.PRIMA, company=DEFAULT_COMPANY, key__in=codes)
        .values_list("key", "customer_id", "customer__merged_into_id")
    )
    for code, *uids in links:
        found[code] |= {addresses.person_hash(uid) for uid in uids if uid}
    return found


def _judgement(bearers: Mapping[str, Bearer]) -> Judgement:
    wanted = {
        hashed
        for one in bearers.values()
        for some in (*one.own.values(), one.persons)
        for hashed in some
    }
    return Judgement(bearers, standings(wanted) if wanted else {})


def _hashes(channel: str, told: Iterable[str]) -> set[str]:
    return {addresses.known_hash(channel, address) for address in told} - {""}
