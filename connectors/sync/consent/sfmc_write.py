"""Writes what people said to Marketing Cloud: the account-wide status and the consent columns."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils import timezone

from connectors.sfmc.client import SfmcClient
from connectors.sfmc.subscribers import SaveOutcome, Subscriber
from connectors.sync.consent import claims, judging
from connectors.sync.consent.claims import Step
from connectors.sync.consent.people import Person
from connectors.sync.outgoing.target import target_of
from integration.consent.models import Channel, Propagation
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
    subscribers = _subscribers(client, contact_keys)
    emails = _emails(contact_keys) | {key: one.email for key, one in subscribers.items()}
    _choose(there, people, emails)
    _note_whom_it_ends(there, subscribers)
    lost = {row.pk for row in there}
    there = claims.mark_sending(there)
    lost -= {row.pk for row in there}
    refused = _statuses(client, there, people, emails)
    refused |= _columns(client, there, people, emails)
    now = timezone.now()
    for row in rows:
        if row.pk in lost:
            continue
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
    return row.event.channel in (Channel.EMAIL, Channel.ALL)


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


def _note_whom_it_ends(rows: Sequence[Propagation], subscribers: Mapping[str, Subscriber]) -> None:
    """Who is unsubscribed already is not by us: a no of theirs that comes in is their own.

    That is in doubt for those whom we were unsubscribing before, without an answer.
    """
    for row in rows:
        ours = {
            key.upper()
            for key in row.contacts
            if row.is_restriction
            and is_of_email(row)
            and (key not in subscribers or subscribers[key].status != UNSUBSCRIBED)
        }
        if not row.ended_at:
            row.in_doubt = sorted({*row.in_doubt, *row.ended} - ours)
        if ours or not row.ended_at:
            row.ended, row.ended_at, row.sending_at = sorted(ours), None, None


def _statuses(
    client: SfmcClient,
    rows: Sequence[Propagation],
    people: Mapping[int, Person],
    emails: dict[str, str],
) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for row in rows:
        if is_of_email(row):
            for key in row.contacts:
                emails.setdefault(key, people[row.event_id].email)
                # Of two that contradict each other in one batch, the no is written.
                if wanted.get(key) != UNSUBSCRIBED:
                    wanted[key] = wanted_status(row)
    told = [Subscriber(key, emails[key], wanted[key]) for key in sorted(wanted)]
    outcomes = _saved(client, told, rows)
    return {
        one.key: f"Marketing Cloud refused the status of {one.key}: {one.message}"
        for one in outcomes
        if not one.ok
    }


def _saved(
    client: SfmcClient, told: Sequence[Subscriber], rows: Sequence[Propagation]
) -> list[SaveOutcome]:
    """The status by the key alone: whoever is there keeps their address, whatever we take it for.

    Only who is no subscriber yet is made one, with the address. Somebody who became one meanwhile
    is refused then, and comes again.
    """
    outcomes = client.subscribers.update([replace(one, email="") for one in told])
    _note_answers(rows, outcomes)
    absent = {one.key for one in outcomes if one.code in ABSENT}
    made = client.subscribers.create([one for one in told if one.key in absent and one.email])
    _note_answers(rows, outcomes + made)
    made_or_not = {one.key for one in made}
    return [one for one in outcomes if one.key not in made_or_not] + made


def _note_answers(rows: Sequence[Propagation], outcomes: Sequence[SaveOutcome]) -> None:
    """At once, before anything else can fail: the notification of what we wrote is quick."""
    saved = {one.key.upper() for one in outcomes if one.ok}
    claims.mark_ended(
        [row for row in rows if row.ended and not row.ended_at and saved.issuperset(row.ended)]
    )


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


def _subscribers(client: SfmcClient, contact_keys: set[str]) -> dict[str, Subscriber]:
    """As Marketing Cloud has them now, by the keys given; who is no subscriber is not among them."""
    given = {key.upper(): key for key in contact_keys}
    found = client.subscribers.find_many(sorted(contact_keys))
    return {given[one.key.upper()]: one for one in found if one.key.upper() in given}


def _emails(contact_keys: set[str]) -> dict[str, str]:
    rows = Contact.objects.filter(key__in=contact_keys).exclude(email="")
    return dict(rows.values_list("key", "email"))
