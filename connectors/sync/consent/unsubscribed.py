"""Unsubscriptions in Marketing Cloud, told by notification or found by asking, as ledger events."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from connectors.sfmc.client import SfmcClient
from integration.consent import addresses, ledger
from integration.consent.happening import Happening
from integration.consent.models import ConsentEvent, Propagation, Source
from integration.consent.rules import OPT_IN
from integration.core import problems
from integration.core.problems import Finding, Problem, Subject
from integration.identity import keys
from integration.identity.models import CustomerLink
from integration.mirror.models import Contact

SAME = timedelta(minutes=2)
"""A notification and the record of the same unsubscription differ in their times by less."""
EARLY = timedelta(minutes=1)
IN_DOUBT = (
    "The desk was unsubscribing this contact and had no answer: it may have been its own writing."
)
Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """`key` or `number` names the subscriber; `email` may be told as well. `id` is ours."""

    id: str
    at: datetime
    key: str = ""
    number: str = ""
    email: str = ""
    reference: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    new: int = 0
    echoes: int = 0
    known: int = 0
    lost: int = 0


def fingerprint(parts: Iterable[object]) -> str:
    return sha256("|".join(str(part) for part in parts).encode()).hexdigest()[:48]


def take(client: SfmcClient, told: Sequence[Unsubscription]) -> Counted:
    """Looks up whose they are, then keeps what is news. Remote reads first, one transaction then."""
    if not told:
        return Counted()
    named = _named(client, told)
    hashes = {key: _hash(email) for key, (_, email) in named.items()}
    found = [(one, *named[one.id]) for one in told if hashes[one.id]]
    lost = [one for one in told if not hashes[one.id]]
    echoes, doubtful = _echoes(found, hashes)
    known = _known([one for one in found if one[0].id not in echoes], hashes)
    uids = _customers({key for _, key, _ in found if key})
    now = timezone.now()
    events = ledger.record(
        [
            _happening(one, key, email, uids, now, IN_DOUBT if one.id in doubtful else "")
            for one, key, email in found
            if one.id not in echoes and one.id not in known
        ]
    )
    problems.report([_lost(one) for one in lost])
    return Counted(len(events), len(echoes), len(known), len(lost))


def _named(client: SfmcClient, told: Sequence[Unsubscription]) -> dict[str, tuple[str, str]]:
    """(contact key, address) of each: from what was told, from the mirror, then by asking.

    What the mirror holds may be no address: what the shop wrote down is not what is subscribed.
    """
    numbers = {one.number for one in told if one.number and not one.key}
    by_number = {
        number: (key, email)
        for number, key, email in Contact.objects.filter(subscriber_id__in=numbers).values_list(
            "subscriber_id", "key", "email"
        )
        if _hash(email)
    }
    if missing := sorted(numbers - set(by_number)):
        for found_there in client.subscribers.find_by_ids(missing):
            by_number[found_there.id] = (found_there.key, found_there.email)
    wanted = {one.key for one in told if one.key and not one.email}
    by_key = _emails(wanted)
    if absent := sorted(key for key in wanted if key.upper() not in by_key):
        for found_there in client.subscribers.find_many(absent):
            by_key[found_there.key.upper()] = found_there.email
    found = {}
    for one in told:
        key, email = by_number.get(one.number, ("", "")) if not one.key else (one.key, "")
        found[one.id] = (key, one.email or email or by_key.get(key.upper(), ""))
    return found


def _emails(contact_keys: set[str]) -> dict[str, str]:
    rows = Contact.objects.annotate(upper=Upper("key")).filter(
        upper__in={key.upper() for key in contact_keys}
    )
    return {upper: email for upper, email in rows.values_list("upper", "email") if _hash(email)}


def _hash(email: str) -> str:
    return addresses.known_hash("email", email)


def _echoes(
    found: Sequence[tuple[Unsubscription, str, str]], hashes: Mapping[str, str]
) -> tuple[set[str], set[str]]:
    """Those that we ourselves wrote, and those of which we cannot know it.

    Ours are of contacts who were not unsubscribed when we looked just before writing, if the
    writing was answered or is under way. Had it no answer, the person may have been first: that
    counts as theirs. After a yes was told here, a no is news anyhow.
    """
    yeses = _yeses(set(hashes.values()))
    ours, in_doubt = _our_writings({key.upper() for _, key, _ in found if key})
    alike = [(one, key.upper()) for one, key, _ in found if not one.reference]
    echoes = {
        one.id
        for one, key in alike
        if any(
            begins <= one.at <= ends
            and not any(begins < told < one.at for told in yeses.get(hashes[one.id], ()))
            for begins, ends in ours.get(key, ())
        )
    }
    return echoes, {one.id for one, key in alike if key in in_doubt} - echoes


def _our_writings(contact_keys: set[str]) -> tuple[Mapping[str, list[Window]], set[str]]:
    """When we ended the subscription of these contacts, in capitals; and of whom it is in doubt."""
    rows = Propagation.objects.filter(
        Q(ended__overlap=sorted(contact_keys)) | Q(in_doubt__overlap=sorted(contact_keys)),
        target=Source.SFMC,
        is_restriction=True,
    ).values_list("ended", "in_doubt", "sending_at", "ended_at", "lease_until")
    ours: dict[str, list[Window]] = defaultdict(list)
    doubted: set[str] = set()
    now = timezone.now()
    for ended, in_doubt, sending_at, ended_at, lease_until in rows:
        doubted |= set(in_doubt)
        is_under_way = lease_until is not None and lease_until > now
        if sending_at is None or not (ended_at or is_under_way):
            doubted |= set(ended)
            continue
        for key in ended:
            ours[key].append((sending_at - EARLY, ended_at + SAME if ended_at else now + EARLY))
    return ours, doubted


def _yeses(hashes: set[str]) -> dict[str, list[datetime]]:
    """When a yes that counts was told, by address."""
    rows = ConsentEvent.objects.filter(
        address_hash__in=hashes, action=OPT_IN, counts_at__isnull=False
    ).values_list("address_hash", "received_at")
    found: dict[str, list[datetime]] = {}
    for hashed, received_at in rows:
        found.setdefault(hashed, []).append(received_at)
    return found


def _known(found: Sequence[tuple[Unsubscription, str, str]], hashes: Mapping[str, str]) -> set[str]:
    """The same unsubscription, told the other way before."""
    rows = ConsentEvent.objects.filter(
        address_hash__in={hashes[one.id] for one, _, _ in found},
        source_system=Source.SFMC,
        action="opt_out",
    ).values_list("address_hash", "occurred_at", "event_id")
    moments: dict[str, list[datetime]] = {}
    ids = set()
    for hashed, at, event_id in rows:
        ids.add(event_id)
        if at is not None:
            moments.setdefault(hashed, []).append(at)
    return {
        one.id
        for one, _, _ in found
        if one.id in ids
        or any(abs(one.at - moment) < SAME for moment in moments.get(hashes[one.id], ()))
    }


def _customers(contact_keys: set[str]) -> dict[str, UUID]:
    rows = (
        CustomerLink.objects.exclude(state=keys.RETIRED)
        .annotate(upper=Upper("key"))
        .filter(system=keys.SFMC, upper__in={key.upper() for key in contact_keys})
    )
    return dict(rows.values_list("upper", "customer_id"))


def _happening(
    one: Unsubscription, key: str, email: str, uids: Mapping[str, UUID], now: datetime, note: str
) -> Happening:
    return Happening(
        event_id=one.id,
        address=email,
        channel="email",
        action="opt_out",
        received_at=now,
        occurred_at=min(one.at, now),
        customer_uid=uids.get(key.upper()),
        source_system=Source.SFMC,
        source="unsubscribe",
        source_ref=f"{key} {one.reference}".strip(),
        method=one.method or "unsubscribe",
        actor="the person",
        note=note,
    )


def _lost(one: Unsubscription) -> Finding:
    problem = Problem(
        "consent_address_unknown",
        f"Marketing Cloud tells that subscriber {one.number or one.key} unsubscribed, but knows "
        "no such subscriber any more.",
        {"target": "sfmc", "cause": "no subscriber"},
    )
    return Finding(
        Subject("sfmc", "consent", one.id[:110], label=one.number or one.key),
        (problem,),
        "consent_from_sfmc",
    )
