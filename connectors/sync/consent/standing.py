"""Who was unsubscribed in Marketing Cloud before the desk came: taken in beside what is said now.

Events tell of unsubscriptions of the last weeks only, and an import or a list of another business
unit makes none. So every contact that is unsubscribed is looked at, round after round, a few at a
time, and never while others wait: whoever says no today must not queue behind those of years.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from connectors.sfmc.client import SfmcClient
from connectors.sync.consent import unsubscribed
from connectors.sync.consent.claims import under_way
from connectors.sync.consent.unsubscribed import Unsubscription, fingerprint
from connectors.sync.context import Context
from connectors.sync.models import Cursor
from integration.consent import addresses, rules, suppression
from integration.mirror.models import Contact
from integration.records.audience import Recipient

FLOW = "consent.standing"
UNSUBSCRIBED = "Unsubscribed"
A_FEW = 50
BUSY = 100
"""With so many on their way the others come first."""
A_ROUND = timedelta(hours=20)


def take_some(client: SfmcClient, context: Context) -> int:
    """How many were news. The cursor moves when what it passes has been kept."""
    cursor, _ = Cursor.objects.get_or_create(flow=FLOW)
    if _rests(cursor) or under_way().count() >= BUSY:
        return 0
    contacts = list(
        Contact.objects.filter(
            status=UNSUBSCRIBED, deleted_at__isnull=True, pk__gt=int(cursor.value or 0)
        ).order_by("pk")[:A_FEW]
    )
    counted = unsubscribed.take(client, _told(client, contacts))
    context.count(seen=len(contacts), sent=counted.new)
    context.beat()
    cursor.value = str(contacts[-1].pk) if len(contacts) == A_FEW else ""
    cursor.moved_at = timezone.now()
    cursor.save(update_fields=["value", "moved_at"])
    return counted.new


def _rests(cursor: Cursor) -> bool:
    """Between two rounds."""
    return (
        not cursor.value
        and cursor.moved_at is not None
        and cursor.moved_at > timezone.now() - A_ROUND
    )


def _told(client: SfmcClient, contacts: Sequence[Contact]) -> list[Unsubscription]:
    """Those of whom no restriction is known here, as Marketing Cloud has them now."""
    unknown = _unknown(contacts)
    return [
        Unsubscription(
            id="sfmc:standing:" + fingerprint([one.key.upper(), one.unsubscribed_at]),
            at=one.unsubscribed_at or timezone.now(),
            key=one.key,
            email=one.email,
            method="unsubscribed before",
        )
        for one in (client.subscribers.find_many(unknown) if unknown else ())
        if one.status == UNSUBSCRIBED
    ]


def _unknown(contacts: Sequence[Contact]) -> list[str]:
    recipients = [Recipient(one.key, email=one.email) for one in contacts]
    persons = suppression.person_hashes(recipients)
    hashes = {one.key: [*_hash(one.email), *persons[one.key]] for one in recipients}
    known = suppression.standings(each for some in hashes.values() for each in some)
    return sorted(
        key
        for key, some in hashes.items()
        if not suppression.standing_of(known, some, "email", rules.MARKETING).restricted_by()
    )


def _hash(email: str) -> list[str]:
    hashed = addresses.known_hash("email", email)
    return [hashed] if hashed else []
