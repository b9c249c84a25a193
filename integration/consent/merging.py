"""Consent when two customers turn out to be one: the most restrictive of both, per scope."""

from uuid import UUID

from django.utils import timezone

from integration.consent import addresses, ledger, rules
from integration.consent.happening import Happening
from integration.consent.models import ConsentEvent, Source
from integration.consent.suppression import standings


def carry_over(merged: UUID, survivor: UUID, *, actor: str) -> list[ConsentEvent]:
    """What restricts the merged person restricts the survivor from now on; an opt-in is not carried.

    What is known of an address stays with the address. Call it in the transaction of the merger;
    again, it changes nothing. Undoing the merger does not take the restriction back: nobody said so.
    """
    now = timezone.now()
    hashed = addresses.person_hash(merged)
    return ledger.record(
        [
            Happening(
                event_id=f"merged:{merged}:{survivor}:{channel}:{purpose}:{action}",
                address=addresses.person(survivor),
                channel=channel,
                purpose=purpose,
                action=action,
                received_at=now,
                occurred_at=now,
                customer_uid=survivor,
                source_system=Source.DESK,
                source="merger",
                source_ref=str(merged),
                method="the most restrictive of both",
                actor=actor,
            )
            for (channel, purpose), standing in _by_scope(hashed).items()
            if (action := standing.restricted_by())
        ]
    )


def _by_scope(hashed: str) -> dict[tuple[str, str], rules.Standing]:
    found: dict[tuple[str, str], rules.Standing] = {}
    for scope, standing in standings([hashed]).get(hashed, ()):
        found[scope] = found.get(scope, rules.Standing()).joined(standing)
    return found
