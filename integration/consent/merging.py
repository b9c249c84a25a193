"""Consent when two turn out to be one, customers or keys: the most restrictive of both, per scope."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils import timezone

from integration.consent import addresses, ledger, rules
from integration.consent.happening import Happening
from integration.consent.models import ConsentEvent, Source
from integration.consent.suppression import Scope, Standings, standings

Restriction = tuple[str, str, str]
"""Channel, purpose and action."""
Restrictions = Mapping[Restriction, datetime]
MERGER = "merger"
"""The source of a no that came with a merger; its `source_ref` is the customer that went."""
_PREFIX = {MERGER: "merged", "link": "linked"}


def carry_over(merged: UUID, survivor: UUID, *, actor: str) -> list[ConsentEvent]:
    """What restricts either person restricts all keys of the survivor, since it was said.

    An opt-in is not carried. What is known of an address stays with the address, so one that said
    yes plainly later than the no keeps its yes. Call it in the transaction of the merger; again,
    it changes nothing. Undoing the merger does not take the restriction back: nobody said so.
    """
    hashes = [addresses.person_hash(merged), addresses.person_hash(survivor)]
    return ledger.record(
        [
            restricted(survivor, what, since, of=str(merged), source=MERGER, actor=actor)
            for what, since in restrictions(standings(hashes), hashes).items()
        ]
    )


def restrictions(known: Standings, hashes: Iterable[str]) -> Restrictions:
    """What restricts any of them, all of them taken together, and since when."""
    found: dict[Scope, rules.Standing] = {}
    for scope, standing in (pair for hashed in hashes for pair in known.get(hashed, ())):
        found[scope] = found.get(scope, rules.Standing()).joined(standing)
    return {
        (*scope, action): since
        for scope, standing in found.items()
        for action, since in standing.restrictions().items()
    }


def restricted(
    person: UUID, what: Restriction, since: datetime, *, of: str, source: str, actor: str
) -> Happening:
    """A no of `of` that is the person's as well. The same one is told once for each `of`: every one
    brings keys of its own.
    """
    channel, purpose, action = what
    told = "|".join(map(str, (of, channel, purpose, action, since)))
    return Happening(
        event_id=f"{_PREFIX[source]}:{person}:{sha256(told.encode()).hexdigest()[:40]}",
        address=addresses.person(person),
        channel=channel,
        purpose=purpose,
        action=action,
        received_at=timezone.now(),
        occurred_at=since,
        customer_uid=person,
        source_system=Source.DESK,
        source=source,
        source_ref=of,
        method="the most restrictive of both",
        actor=actor,
    )
