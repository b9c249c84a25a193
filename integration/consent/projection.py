"""States as they follow from events: joined in the database, and rebuilt from nothing the same."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from integration.consent import rules
from integration.consent.models import ConsentEvent, ConsentState, Suppression

_SECONDS = int(rules.SKEW.total_seconds())
_ACTIONS = tuple(rules.STATES)
_COLUMNS = ", ".join(f"{action}_at" for action in _ACTIONS)
_STATE = (
    "CASE "
    + " ".join(
        f"WHEN {{0}}{action}_at IS NOT NULL AND NOT COALESCE({{0}}opt_in_at > "
        f"{{0}}{action}_at + interval '{_SECONDS} seconds', FALSE) THEN '{rules.STATES[action]}'"
        for action in rules.RESTRICTIONS
    )
    + " WHEN {0}opt_in_at IS NOT NULL THEN 'opted_in' ELSE '' END"
)
"""The SQL of `rules.Standing.state`; a test compares the two."""
_FROM_EVENTS = f"""
    SELECT address_hash, channel, purpose,
        {
    ", ".join(
        f"max(counts_at) FILTER (WHERE action = '{action}') AS {action}_at" for action in _ACTIONS
    )
}
    FROM consent_consentevent WHERE counts_at IS NOT NULL
    GROUP BY address_hash, channel, purpose
"""  # noqa: S608 - our own words only
_ALL_STATES = f"""
    SELECT address_hash, channel, purpose, {_COLUMNS}, {_STATE.format("s.")} AS state
    FROM ({_FROM_EVENTS}) s
"""  # noqa: S608
_STORED = f"SELECT address_hash, channel, purpose, {_COLUMNS}, state FROM consent_consentstate"  # noqa: S608
_JOIN = f"""
INSERT INTO consent_consentstate AS kept (address_hash, channel, purpose, {_COLUMNS}, state)
SELECT s.address_hash, s.channel, s.purpose, {_COLUMNS}, {_STATE.format("s.")}
FROM ({_FROM_EVENTS.replace("GROUP BY", "AND id = ANY(%s) GROUP BY")}) s
ORDER BY s.address_hash, s.channel, s.purpose
ON CONFLICT (address_hash, channel, purpose) DO UPDATE SET
    {
    ", ".join(
        f"{action}_at = GREATEST(kept.{action}_at, excluded.{action}_at)" for action in _ACTIONS
    )
}
RETURNING id
"""  # noqa: S608
_STATES_AGAIN = (
    f"UPDATE consent_consentstate s SET state = {_STATE.format('s.')} WHERE id = ANY(%s)"  # noqa: S608
)
_SUPPRESS = """
INSERT INTO consent_suppression AS kept
    (address_hash, channel, purpose, reason, since, added_at)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
    %s::timestamptz[])
ON CONFLICT (address_hash, channel, purpose, reason) DO UPDATE SET
    since = GREATEST(kept.since, excluded.since)
"""


def apply(events: Sequence[ConsentEvent]) -> None:
    """Joins these events into the states of their scopes, in the caller's transaction."""
    ids = [event.pk for event in events]
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, [ids])
        cursor.execute(_STATES_AGAIN, [[row[0] for row in cursor.fetchall()]])


def suppress(rows: Sequence[Suppression]) -> None:
    """Adds what is new; of what is there, the latest moment counts."""
    if not rows:
        return
    columns = ("address_hash", "channel", "purpose", "reason", "since", "added_at")
    with connection.cursor() as cursor:
        cursor.execute(_SUPPRESS, [[getattr(row, name) for row in rows] for name in columns])


def state_of(address_hash: str, channel: str, purpose: str) -> str:
    """The state of one address, the wider scopes taken in. For one at a time; see `suppression`."""
    pairs = rules.scopes(channel, purpose)
    found = ConsentState.objects.filter(address_hash=address_hash)
    return rules.joined(
        row.standing() for row in found if (row.channel, row.purpose) in pairs
    ).state()


@transaction.atomic
def rebuild() -> int:
    """All states anew from the events; answers how many there are. The page sees no gap."""
    with connection.cursor() as cursor:
        cursor.execute(
            "LOCK TABLE consent_consentevent, consent_consentstate IN SHARE ROW EXCLUSIVE MODE"
        )
        cursor.execute("DELETE FROM consent_consentstate")
        cursor.execute(
            f"INSERT INTO consent_consentstate (address_hash, channel, purpose, {_COLUMNS}, state) "
            f"{_ALL_STATES}"
        )
        return int(cursor.rowcount)


def differences() -> list[tuple[str, str, str]]:
    """Scopes whose stored state is not what the events say: (hash, channel, purpose). Best: none."""
    statement = f"""
        SELECT DISTINCT address_hash, channel, purpose FROM (
            (({_STORED}) EXCEPT ({_ALL_STATES})) UNION ALL (({_ALL_STATES}) EXCEPT ({_STORED}))
        ) d ORDER BY 1, 2, 3
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def unsuppressed() -> Iterable[tuple[str, str, str, str]]:
    """Restrictions in the ledger that no suppression stands for. Best: none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT e.address_hash, e.channel, e.purpose, e.action "
            "FROM consent_consentevent e LEFT JOIN consent_suppression s "
            "ON s.address_hash = e.address_hash AND s.channel = e.channel "
            "AND s.purpose = e.purpose AND s.reason = e.action AND s.since >= e.counts_at "
            "WHERE e.action <> 'opt_in' AND e.counts_at IS NOT NULL AND s.id IS NULL"
        )
        return list(cursor.fetchall())
