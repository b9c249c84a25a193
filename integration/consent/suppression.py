"""The gate before anything that could start marketing. It fails closed.

Whoever cannot be judged is refused: no address, an address nobody can read, a database that does
not answer. States and suppressions are asked together, of the address and of the person, so that
neither a rebuilt state nor a new address nor a restored backup lets somebody through.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.conf import settings
from django.db.models.functions import Upper

from integration.consent import addresses, rules
from integration.consent.addresses import UnusableAddress
from integration.consent.models import ConsentState, State, Suppression
from integration.identity.keys import RETIRED, SFMC
from integration.identity.models import CustomerLink
from integration.mirror.contacts import Contact
from integration.records.audience import Audience, Recipient, cleared_by_the_gate

UNSUBSCRIBED = "Unsubscribed in Marketing Cloud."
Scope = tuple[str, str]
Standings = Mapping[str, Sequence[tuple[Scope, rules.Standing]]]
_ADDRESS: Mapping[str, Callable[[Recipient], str]] = {
    "email": lambda one: one.email,
    "sms": lambda one: one.mobile,
    "mobile": lambda one: one.mobile,
    "phone": lambda one: one.phone or one.mobile,
    "post": lambda one: one.post,
    "third_party": lambda one: one.email,
}


def allowed(recipients: Sequence[Recipient], channel: str, purpose: str) -> Audience:
    """Who of them may be reached by the channel for the purpose, and why the others may not.

    A key given with several addresses is cleared when none of them forbids it. A fixed number of
    queries, however many they are. For what is a service, not marketing (an
    order's own messages), purpose `service` clears everybody who has an address.
    """
    hashes, refused = _hashes(recipients, channel)
    if purpose == rules.SERVICE:
        return cleared_by_the_gate(channel, purpose, hashes, refused)
    persons = person_hashes([one for one in recipients if one.key in hashes])
    unheard: list[str] = []
    others = every_hash([one for one in recipients if one.key in hashes])
    everybody = (*hashes.values(), *persons.values(), *others.values())
    known = standings(one for some in everybody for one in some)
    for key, own in hashes.items():
        standing = standing_of(known, [*own, *persons[key]], channel, purpose, others[key])
        if why_not := _why_not(standing):
            refused[key] = why_not
        elif channel == "email" and not standing.state():
            unheard.append(key)
    refused |= dict.fromkeys(_unsubscribed(unheard), UNSUBSCRIBED)
    return cleared_by_the_gate(channel, purpose, set(hashes) - set(refused), refused)


def _unsubscribed(contact_keys: Sequence[str]) -> Iterable[str]:
    """Those of whom the ledger has not heard yet what Marketing Cloud knows: they are unsubscribed."""
    if not contact_keys:
        return ()
    by_upper = {key.upper(): key for key in contact_keys}
    rows = Contact.objects.annotate(upper=Upper("key")).filter(
        upper__in=list(by_upper), status="Unsubscribed", deleted_at__isnull=True
    )
    return [by_upper[upper] for upper in rows.values_list("upper", flat=True)]


def standings(hashes: Iterable[str]) -> dict[str, list[tuple[Scope, rules.Standing]]]:
    """What is known of each hash, by scope, suppressions taken for what they are."""
    wanted = list(set(hashes))
    found: dict[str, list[tuple[Scope, rules.Standing]]] = defaultdict(list)
    for state in ConsentState.objects.filter(address_hash__in=wanted):
        found[state.address_hash].append(((state.channel, state.purpose), state.standing()))
    rows = Suppression.objects.filter(address_hash__in=wanted)
    for hashed, channel, purpose, reason, since in rows.values_list(
        "address_hash", "channel", "purpose", "reason", "since"
    ):
        found[hashed].append(((channel, purpose), rules.Standing(**{reason: since})))
    return found


def standing_of(
    known: Standings,
    hashes: Iterable[str],
    channel: str,
    purpose: str,
    others: Iterable[str] = (),
) -> rules.Standing:
    """Joined over these hashes and every scope that speaks about the channel and purpose.

    `others` are hashes of their addresses of other channels: what was said there to everything
    holds here as well.
    """
    to_everything = [scope for scope in rules.scopes(channel, purpose) if scope[0] == rules.ALL]
    return _joined(known, hashes, rules.scopes(channel, purpose)).joined(
        _joined(known, others, to_everything)
    )


def every_hash(recipients: Sequence[Recipient]) -> dict[str, set[str]]:
    """By contact key, the hash of each address by which they can be reached at all."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in recipients:
        for channel in rules.CHANNELS:
            if hashed := addresses.known_hash(channel, address_of(one, channel)):
                found[one.key].add(hashed)
    return found


def address_of(recipient: Recipient, channel: str) -> str:
    """Where the channel would reach them; empty when it cannot."""
    return _ADDRESS[channel](recipient)


def _hashes(
    recipients: Sequence[Recipient], channel: str
) -> tuple[dict[str, set[str]], dict[str, str]]:
    if channel not in _ADDRESS:
        raise ValueError(f"“{channel}” is no channel.")
    hashes: dict[str, set[str]] = defaultdict(set)
    refused: dict[str, str] = {}
    for one in recipients:
        address = address_of(one, channel)
        if not address.strip():
            refused[one.key] = "No address for this channel."
            continue
        try:
            hashes[one.key].add(addresses.address_hash(channel, address))
        except UnusableAddress as error:
            refused[one.key] = str(error)
    # The same key twice with two addresses is in doubt: one that cannot be read refuses both.
    return {key: some for key, some in hashes.items() if key not in refused}, refused


def person_hashes(recipients: Sequence[Recipient]) -> dict[str, list[str]]:
    """The hashes of the persons behind the contact keys, aliases and mergers included."""
    upper = {one.key.upper(): one.key for one in recipients}
    persons: dict[str, set[str]] = {one.key: set() for one in recipients}
    links = (
        CustomerLink.objects.exclude(state=RETIRED)
        .annotate(upper=Upper("key"))
        .filter(system=SFMC, upper__in=list(upper))
        .values_list("upper", "customer_id", "customer__merged_into_id")
    )
    for key, *uids in links:
        persons[upper[key]] |= {str(uid) for uid in uids if uid}
    for one in recipients:
        if one.customer:
            persons[one.key].add(one.customer)
    return {
        key: [addresses.person_hash(uid) for uid in sorted(uids)] for key, uids in persons.items()
    }


def _joined(known: Standings, hashes: Iterable[str], pairs: Sequence[Scope]) -> rules.Standing:
    return rules.joined(
        standing for hashed in hashes for scope, standing in known.get(hashed, ()) if scope in pairs
    )


def _why_not(standing: rules.Standing) -> str:
    state = standing.state()
    if state and state != State.OPTED_IN:
        return f"{State(state).label}."
    if not state and settings.MARKETING_NEEDS_OPT_IN:
        return "No consent is known."
    return ""
