"""What Prima says of consent, as events of the ledger."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from connectors.prima.port import Change, ChangePage, Prima
from connectors.sync.consent import safety_net
from connectors.sync.consent.prima_notes import is_ours
from integration.consent import addresses, ledger, rules
from integration.consent.addresses import UnusableAddress
from integration.consent.happening import Happening
from integration.consent.models import Source
from integration.consent.suppression import Scope, standing_of, standings
from integration.core import problems
from integration.core.problems import Finding, Problem, Subject
from integration.identity import keys
from integration.identity.models import DEFAULT_COMPANY, CustomerLink
from integration.mirror.models import Contact, PrimaCustomer
from integration.records.consent import ConsentState

FEED = "prima_consents"
_PHONES = addresses.PHONES


@dataclass(frozen=True, slots=True)
class _Account:
    """What is known here of an account that Prima names."""

    email: str = ""
    phone: str = ""
    uid: str = ""
    contact_emails: tuple[str, ...] = ()


@dataclass(slots=True)
class ConsentShelf:
    """Stores pages of the feed: what is new becomes an event, our own echo does not.

    Unless the ledger has forgotten that it ever said so: it was restored from a backup.
    """

    prima: Prima
    name: str = FEED

    def read(self, cursor: str) -> ChangePage[ConsentState]:
        return self.prima.consent_changes(cursor)

    def write(self, changes: tuple[Change[ConsentState], ...]) -> int:
        heard = [
            one
            for change in changes
            if change.record is not None
            for one in _everything(change.record)
        ]
        ours = [one for one in heard if is_ours(one.event_id) and one.action in rules.RESTRICTIONS]
        told = [one for one in heard if not is_ours(one.event_id)]
        accounts = _accounts({one.account_code for one in (*told, *ours) if one.account_code})
        told += _forgotten(ours, accounts)
        if not told:
            return 0
        now = timezone.now()
        happenings: list[Happening] = []
        lost: list[ConsentState] = []
        for one in told:
            found = list(_happenings(one, accounts.get(one.account_code, _Account()), now))
            happenings += found
            if all(event.address.startswith(addresses.ACCOUNT) for event in found):
                lost.append(one)
        problems.report([_nobody(one) for one in lost])
        recorded = ledger.record(happenings)
        back = _put_back([one for one in happenings if one.action == rules.OPT_IN])
        # One change may be several events, one for each address; it is counted once.
        return min(len(changes), len(recorded) + back)

    def forget_unread(self, since: datetime) -> None:
        """Nothing: what Prima has forgotten, and a restored backup, takes nothing back here."""


def _everything(state: ConsentState) -> list[ConsentState]:
    """What Prima goes by, and each no that this hides: set aside there, or told before a yes."""
    return [
        *(
            replace(
                state,
                action=one.action,
                since=one.since,
                event_id=one.event_id,
                source=one.source,
                actor=one.actor,
                method="",
                wording="",
                evidence_ref="",
            )
            for one in state.restrictions
            if one.event_id != state.event_id
        ),
        state,
    ]


def _forgotten(
    ours: Sequence[ConsentState], accounts: Mapping[str, _Account]
) -> list[ConsentState]:
    """Of each no that the desk itself told Prima: those that the ledger does not hold any more.

    It holds one when somebody it is about has such a restriction, as late as this one.
    """
    hashes: dict[int, list[str]] = {}
    for place, one in enumerate(ours):
        account = accounts.get(one.account_code, _Account())
        found = _addresses(one, account)
        if not all(address.startswith(addresses.ACCOUNT) for address in found):
            hashes[place] = _all_hashes(one, account)
    known = standings({one for some in hashes.values() for one in some})
    return [
        ours[place]
        for place, some in hashes.items()
        if not _holds(
            standing_of(known, some, ours[place].channel, ours[place].purpose), ours[place]
        )
    ]


def _all_hashes(one: ConsentState, account: _Account) -> list[str]:
    """Whoever it is about by any channel: a no to all of them is kept at the address it was said of."""
    told = [("email", email) for email in (one.email, account.email, *account.contact_emails)]
    found = [addresses.person_hash(UUID(account.uid))] if account.uid else []
    reached = (addresses.known_hash(*one) for one in (*told, ("phone", account.phone)))
    return [*found, *filter(None, reached)]


def _holds(standing: rules.Standing, one: ConsentState) -> bool:
    moment: datetime | None = getattr(standing, one.action)
    return moment is not None and (one.since is None or moment > one.since - rules.SKEW)


def _put_back(told: Sequence[Happening]) -> int:
    """A yes there that is none here, by a flag or from a backup: Prima is told the no again."""
    by_scope: dict[Scope, list[tuple[str, UUID | None]]] = defaultdict(list)
    for one in told:
        hashed = addresses.address_hash(one.channel, one.address)
        by_scope[one.channel, one.purpose].append((hashed, one.customer_uid))
    count = 0
    for scope, whose in by_scope.items():
        persons = {uid: addresses.person_hash(uid) if uid else "" for _, uid in whose}
        known = standings({*(hashed for hashed, _ in whose), *persons.values()})
        against = [
            (hashed, uid)
            for hashed, uid in whose
            if standing_of(known, [hashed, persons[uid]], *scope).restricted_by()
        ]
        if against:
            hashes, uids = [hashed for hashed, _ in against], [uid for _, uid in against if uid]
            count += safety_net.contradicted(scope, hashes, uids, by=Source.PRIMA)
    return count


def _happenings(one: ConsentState, account: _Account, now: datetime) -> list[Happening]:
    """One for each address it is about. A restriction of an account is one of all its contacts."""
    found = _addresses(one, account)
    first = f"prima:{one.id}:{one.event_id or one.since or 'unknown'}:{one.action}"[:100]
    return [
        Happening(
            event_id=first if number == 0 else f"{first}:{number}",
            address=address,
            channel=one.channel,
            purpose=one.purpose,
            action=one.action,
            received_at=now,
            occurred_at=one.since,
            customer_uid=UUID(account.uid) if account.uid else None,
            source_system=Source.PRIMA,
            source=one.source or "prima",
            source_ref=one.event_id,
            method=one.method,
            wording=one.wording,
            evidence_ref=one.evidence_ref,
            actor=one.actor or "Prima",
        )
        for number, address in enumerate(found)
    ]


def _addresses(one: ConsentState, account: _Account) -> list[str]:
    candidates = [_own(one, account)]
    if one.channel in ("email", "third_party") and one.action != "opt_in":
        candidates += account.contact_emails
    found: dict[str, str] = {}
    for candidate in candidates:
        try:
            found.setdefault(addresses.normalised(one.channel, candidate), candidate)
        except UnusableAddress:
            continue
    if found:
        return list(found.values())
    return [
        addresses.person(account.uid) if account.uid else f"{addresses.ACCOUNT}{one.account_code}"
    ]


def _own(one: ConsentState, account: _Account) -> str:
    if one.channel in _PHONES:
        return account.phone
    return one.email or account.email if one.channel != "post" else ""


def _accounts(codes: set[str]) -> dict[str, _Account]:
    """In four queries, however many they are."""
    emails: Mapping[str, tuple[str, str]] = {
        code: (email, phone or "")
        for code, email, phone in PrimaCustomer.objects.filter(
            account_code__in=codes, is_pool=False
        ).values_list("account_code", "email", "data__phone")
    }
    uids = dict(
        CustomerLink.objects.filter(system=keys.PRIMA, company=DEFAULT_COMPANY, key__in=codes)
        .exclude(state=keys.RETIRED)
        .values_list("key", "customer_id")
    )
    pairs = keys.contacts_by_account(codes)
    by_key: dict[str, str] = dict(
        Contact.objects.filter(key__in=[contact for contact, _ in pairs])
        .exclude(email="")
        .values_list("key", "email")
    )
    theirs: dict[str, list[str]] = defaultdict(list)
    for contact, code in pairs:
        if contact in by_key:
            theirs[code].append(by_key[contact])
    return {
        code: _Account(
            *emails.get(code, ("", "")),
            uid=str(uids.get(code, "")),
            contact_emails=tuple(sorted(theirs[code])),
        )
        for code in codes
    }


def _nobody(one: ConsentState) -> Finding:
    problem = Problem(
        "consent_address_unknown",
        f"Prima tells a change of consent for account {one.account_code or one.id}, which has no "
        "address that could be suppressed.",
        {"target": "prima", "cause": "no address"},
    )
    return Finding(Subject("prima", "consent", one.id[:120]), (problem,), "consent_from_prima")
