"""Consent when two customers turn out to be one: the most restrictive of both, per scope."""

from hashlib import sha256
from uuid import UUID

from django.utils import timezone

from integration.consent import addresses, ledger, rules
from integration.consent.happening import Happening
from integration.consent.models import ConsentEvent, Source
from integration.consent.suppression import standings


def carry_over(merged: UUID, survivor: UUID, *, actor: str) -> list[ConsentEvent]:
    """What restricts either person restricts all keys of the survivor, since it was said.

    An opt-in is not carried. What is known of an address stays with the address, so one that said
    yes plainly later than the no keeps its yes. Call it in the transaction of the merger; again,
    it changes nothing. Undoing the merger does not take the restriction back: nobody said so.
    """
    now = timezone.now()
    hashes = [addresses.person_hash(merged), addresses.person_hash(survivor)]
    return ledger.record(
        [
            Happening(
                event_id=_id(survivor, merged, channel, purpose, action, since),
                address=addresses.person(survivor),
                channel=channel,
                purpose=purpose,
                action=action,
                received_at=now,
                occurred_at=since,
                customer_uid=survivor,
                source_system=Source.DESK,
                source="merger",
                source_ref=str(merged),
                method="the most restrictive of both",
                actor=actor,
            )
            for (channel, purpose), standing in _by_scope(hashes).items()
            for action, since in standing.restrictions().items()
        ]
    )


def _id(survivor: UUID, *parts: object) -> str:
    """The same restriction is told once for each merger: every one brings keys of its own."""
    told = "|".join(map(str, parts))
    return f"merged:{survivor}:{sha256(told.encode()).hexdigest()[:40]}"


def _by_scope(hashes: list[str]) -> dict[tuple[str, str], rules.Standing]:
    found: dict[tuple[str, str], rules.Standing] = {}
    known = standings(hashes)
    for scope, standing in (pair for hashed in hashes for pair in known.get(hashed, ())):
        found[scope] = found.get(scope, rules.Standing()).joined(standing)
    return found
