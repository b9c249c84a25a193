"""People who are to be left alone and are active in Marketing Cloud all the same: written again.

A contact may appear after its address said no, or be made active there by an import.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.utils import timezone

from integration.consent.suppression import Scope

_ANEW = """
UPDATE consent_propagation SET
    step = 'write', not_before = NULL, confirmed_at = NULL, written_at = NULL, left_at = NULL,
    seen_at = %s, said_at = %s, round = round + 1, reported_at = NULL, sending_at = NULL,
    ended = '{}', ended_at = NULL, in_doubt = '{}'
"""
"""Whatever became of it, it goes its way once more, from now."""
_BEGIN_AGAIN = """
WHERE id IN (
    SELECT max(sent.id)
    FROM consent_consentstate state
    JOIN consent_consentaddress clear ON clear.address_hash = state.address_hash
    JOIN mirror_contact contact ON upper(contact.email) = upper(clear.address)
        AND contact.email <> '' AND contact.deleted_at IS NULL AND contact.status = 'Active'
    JOIN consent_consentevent event ON event.address_hash = state.address_hash
        AND event.channel = state.channel AND event.purpose = state.purpose
    JOIN consent_propagation sent ON sent.event_id = event.id AND sent.target = 'sfmc'
        AND sent.is_restriction AND sent.step IN ('done', 'nobody')
    WHERE state.channel IN ('email', 'all') AND state.state IN ('opted_out', 'objected')
        AND clear.address <> '' AND contact.read_at > sent.confirmed_at
    GROUP BY state.address_hash
)
"""
_CONTRADICTED = """
WHERE id IN (
    SELECT max(sent.id)
    FROM consent_propagation sent JOIN consent_consentevent event ON event.id = sent.event_id
    WHERE sent.target = %s AND sent.is_restriction AND sent.step IN ('done', 'nobody')
        AND (event.address_hash = ANY(%s) OR event.customer_uid = ANY(%s::uuid[]))
        AND event.channel IN (%s, 'all')
        AND event.purpose IN (%s, 'all')
    GROUP BY event.address_hash
)
"""


def begin_again() -> int:
    """One propagation for each such address goes its way anew; answers how many."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_ANEW + _BEGIN_AGAIN, [now, now])
        return int(cursor.rowcount)


def contradicted(scope: Scope, hashes: Sequence[str], uids: Sequence[UUID], *, by: str) -> int:
    """A system says yes for these addresses, or persons, who said no: it is told again, as of now."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_ANEW + _CONTRADICTED, [now, now, by, list(hashes), list(uids), *scope])
        return int(cursor.rowcount)
