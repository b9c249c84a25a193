"""Writes what people said to Marketing Cloud: the account-wide status and the consent columns."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils import timezone

from connectors.sfmc.client import SfmcClient
from connectors.sfmc.subscribers import SaveOutcome, Subscriber
from connectors.sync.consent import claims, judging
from connectors.sync.consent.claims import Step
from connectors.sync.consent.people import EMAIL_CHANNELS, Person
from connectors.sync.outgoing.target import target_of
from integration.consent.models import Propagation
from integration.consent.permissions import permissions_of
from integration.mirror.models import Contact
from integration.records.audience import Recipient

UNSUBSCRIBED, ACTIVE = "Unsubscribed", "Active"
NOBODY_THERE = "Marketing Cloud knows no contact with this address."
NOBODY_MEANT = "It changes nothing for any contact of theirs."
CONTACT = "contact"
COLUMNS = ("email_consent", "sms_consent", "phone_consent", "post_consent")
ABSENT = frozenset({"12001", "12015"})
"""The numbers with which Marketing Cloud refuses to change somebody who is no subscriber."""


def find(client: SfmcClient, people: Sequence[Person]) -> None:
    """Adds the contacts whom Marketing Cloud itself names for the addresses."""
    emails = sorted({one.email for one in people if one.email})
    named = client.address_search.keys_of(emails) if emails else {}
    for one in people:
        if one.email:
            one.named = set(named.get(one.email.casefold(), ()))
            one.contacts |= one.named


def write(client: SfmcClient, rows: Sequence[Propagation], people: Mapping[int, Person]) -> None:
    """The status first, then the columns. Raises Rejected when one of several is refused alone."""
    there = [row for row in rows if people[row.event_id].contacts]
    contact_keys = {key for row in there for key in people[row.event_id].contacts}
    emails = _emails(contact_keys) | _emails_there(client, contact_keys)
    _choose(there, people, emails)
    claims.mark_sending(there)
    refused = _statuses(client, there, people, emails)
    refused |= _columns(client, there, people, emails)
    now = timezone.now()
    for row in rows:
        why = next((refused[key] for key in row.contacts if key in refused), "")
        if why:
            claims.rest(row, why)
        elif not people[row.event_id].contacts:
            claims.finish(row, now, Step.NOBODY, NOBODY_THERE)
        elif not row.contacts:
            claims.finish(row, now, note=NOBODY_MEANT)
        else:
            row.written_at, row.not_before, row.last_error = now, None, ""
            row.step = Step.LEAVE if row.is_restriction else Step.CONFIRM
            if row.step == Step.CONFIRM:
                row.left_at = now


def is_of_email(row: Propagation) -> bool:
    """Whether the account-wide status of the subscriber speaks about it."""
    return row.event.channel in EMAIL_CHANNELS


def wanted_status(row: Propagation) -> str:
    return UNSUBSCRIBED if row.is_restriction else ACTIVE


def recipients(contact_keys: Sequence[str], emails: Mapping[str, str]) -> list[Recipient]:
    """The contacts as the gate asks for them."""
    known = {
        key.upper(): (email, mobile)
        for key, email, mobile in Contact.objects.filter(key__in=contact_keys).values_list(
            "key", "email", "mobile"
        )
    }
    found = []
    for key in contact_keys:
        email, mobile = known.get(key.upper(), ("", ""))
        found.append(Recipient(key, email=emails.get(key) or email, mobile=mobile, phone=mobile))
    return found


def _choose(
    rows: Sequence[Propagation], people: Mapping[int, Person], emails: Mapping[str, str]
) -> None:
    """The contacts each is about: a no those it restricts, a yes those whose own address said it."""
    more: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for key in people[row.event_id].named:
            more[key].add(people[row.event_id].email)
    everybody = sorted({key for row in rows for key in people[row.event_id].contacts})
    judgement = judging.of_contacts(recipients(everybody, emails), more)
    for row in rows:
        channel = judging.channel_of(row.event)
        row.contacts = [
            key
            for key in sorted(people[row.event_id].contacts)
            if judgement.acts(row.event, channel, key)
        ]


def _statuses(
    client: SfmcClient,
    rows: Sequence[Propagation],
    people: Mapping[int, Person],
    emails: dict[str, str],
) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for row in rows:
        if is_of_email(row) and row.event.channel != "third_party":
            for key in row.contacts:
                emails.setdefault(key, people[row.event_id].email)
                # Of two that contradict each other in one batch, the no is written.
                if wanted.get(key) != UNSUBSCRIBED:
                    wanted[key] = wanted_status(row)
    outcomes = _saved(client, wanted, emails)
    return {
        one.key: f"Marketing Cloud refused the status of {one.key}: {one.message}"
        for one in outcomes
        if not one.ok
    }


def _saved(
    client: SfmcClient, wanted: Mapping[str, str], emails: Mapping[str, str]
) -> list[SaveOutcome]:
    """The status by the key alone: whoever is there keeps their address, whatever we take it for.

    Only who is no subscriber yet is made one, with the address. Somebody who became one meanwhile
    is refused then, and comes again.
    """
    outcomes = client.subscribers.update(
        [Subscriber(key, "", wanted[key]) for key in sorted(wanted)]
    )
    absent = [one.key for one in outcomes if one.code in ABSENT and emails.get(one.key)]
    made = client.subscribers.create([Subscriber(key, emails[key], wanted[key]) for key in absent])
    return [one for one in outcomes if one.key not in set(absent)] + made


def _columns(
    client: SfmcClient,
    rows: Sequence[Propagation],
    people: Mapping[int, Person],
    emails: Mapping[str, str],
) -> dict[str, str]:
    contact_keys = sorted({key for row in rows for key in people[row.event_id].contacts})
    if not contact_keys:
        return {}
    target, now = target_of(CONTACT), timezone.now()
    permitted = permissions_of(recipients(contact_keys, emails))
    by_key = {
        key: target.row({"key": key, **columns_of(permitted[key].row())}, now)
        for key in contact_keys
    }
    outcomes = client.data_extensions.upsert_rows(target.name, list(by_key.values()))
    return {
        contact_keys[one.index]: f"The row of {contact_keys[one.index]}: {one.message}"
        for one in outcomes
        if not one.ok
    }


def columns_of(permissions: Mapping[str, object]) -> dict[str, object]:
    """What is not known is left as it is."""
    return {name: value for name, value in permissions.items() if value is not None}


def _emails_there(client: SfmcClient, contact_keys: set[str]) -> dict[str, str]:
    """The addresses that Marketing Cloud writes to; who is no subscriber has none."""
    given = {key.upper(): key for key in contact_keys}
    found = client.subscribers.find_many(sorted(contact_keys))
    return {given[one.key.upper()]: one.email for one in found if one.key.upper() in given}


def _emails(contact_keys: set[str]) -> dict[str, str]:
    rows = Contact.objects.filter(key__in=contact_keys).exclude(email="")
    return dict(rows.values_list("key", "email"))
