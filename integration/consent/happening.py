"""A consent event on its way into the ledger."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from integration.consent import rules


@dataclass(frozen=True, slots=True)
class Happening:
    """`event_id` makes it one event however often it is told. `wording` is "name version".

    `address` is what it is about, in clear: it is kept apart from the ledger. `given_for` is the
    channel it is an address of, when the event speaks of more than that one. `spreads` is False for
    what only has to be known here.
    """

    event_id: str
    address: str
    channel: str
    action: str
    received_at: datetime
    occurred_at: datetime | None
    source_system: str
    actor: str
    purpose: str = rules.MARKETING
    customer_uid: UUID | None = None
    basis: str = ""
    source: str = ""
    source_ref: str = ""
    method: str = ""
    wording: str = ""
    locale: str = ""
    evidence_ref: str = ""
    ip_address: str = ""
    user_agent: str = ""
    note: str = ""
    given_for: str = ""
    spreads: bool = True
