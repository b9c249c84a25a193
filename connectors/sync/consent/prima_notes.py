"""Events as Prima is told them: whose they are there, and under which id."""

from collections.abc import Iterator
from hashlib import sha256

from connectors.sync.consent.judging import Judgement
from connectors.sync.consent.people import Person
from integration.consent import rules
from integration.consent.models import ConsentEvent, Propagation
from integration.records.consent import ConsentAction, ConsentNote

OURS = "desk-"
"""How the ids of our own events begin; Prima shows them again in its feed."""
SOURCE = "prima desk"
_ACTIONS: dict[str, ConsentAction] = {
    "opt_in": "opt_in",
    "opt_out": "opt_out",
    "objection": "objection",
    "expire": "expire",
    "bounce": "bounce",
}


def notes_of(row: Propagation, person: Person, judgement: Judgement) -> list[ConsentNote]:
    """One for each account and channel that it is about; without an account, for the address.

    The same round of a propagation always makes the same notes: told twice, they are one.
    """
    event = row.event
    moment = row.said_at or event.counts_at or event.received_at
    return [
        ConsentNote(
            event_id=_id(row, whose, channel),
            channel=channel,
            purpose=rules.MARKETING if event.purpose == rules.ALL else event.purpose,
            action=_ACTIONS[event.action],
            occurred_at=moment,
            account_code=account,
            email=email,
            source=SOURCE,
            method=event.method or event.source or event.source_system,
            wording=str(event.wording) if event.wording_id else event.wording_named,
            evidence_ref=event.evidence_ref or f"ledger {event.event_id}"[:200],
            actor=event.actor,
        )
        for account, email, whose in _subjects(person)
        for channel in _channels(event)
        if not account or judgement.acts(event, channel, account)
    ]


def is_ours(event_id: str) -> bool:
    return event_id.startswith(OURS)


def _id(row: Propagation, whose: str, channel: str) -> str:
    told = f"{row.event.event_id}|{whose}|{channel}|{row.round}"
    return f"{OURS}{sha256(told.encode()).hexdigest()[:40]}"


def _subjects(person: Person) -> Iterator[tuple[str, str, str]]:
    """(account, e-mail, either of them)"""
    for account in sorted(person.accounts):
        yield account, person.email, account
    if not person.accounts and person.email:
        yield "", person.email, person.email.casefold()


def _channels(event: ConsentEvent) -> tuple[str, ...]:
    return rules.CHANNELS if event.channel == rules.ALL else (event.channel,)
