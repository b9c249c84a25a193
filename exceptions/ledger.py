"""Writes occurrences and keeps the counts and money of their cases in step, set by set."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from exceptions.models import ExceptionCase
from exceptions.sighting import Sighting
from exceptions.storable import text

_WRITE = """
INSERT INTO exceptions_occurrence AS old (
    case_id, system, object, external_id, label, message, facts, pointers, target_pointers,
    amount, currency, source_payload, target_payload, sightings, first_seen_at, last_seen_at,
    closed_by, dismissed)
SELECT case_id, system, object, external_id, label, message, facts, pointers, target_pointers,
    amount, currency, source_payload, target_payload, 1, %s, %s, '', false
FROM jsonb_to_recordset(%s::jsonb) AS seen (
    case_id bigint, system text, object text, external_id text, label text, message text,
    facts jsonb, pointers jsonb, target_pointers jsonb, amount numeric, currency text,
    source_payload jsonb, target_payload jsonb)
ORDER BY case_id, system, object, external_id
ON CONFLICT (case_id, system, object, external_id) WHERE closed_at IS NULL DO UPDATE SET
    label = excluded.label, message = excluded.message, facts = excluded.facts,
    pointers = excluded.pointers, target_pointers = excluded.target_pointers,
    amount = excluded.amount, currency = excluded.currency,
    source_payload = excluded.source_payload, target_payload = excluded.target_payload,
    sightings = old.sightings + 1, last_seen_at = excluded.last_seen_at
"""
_CLOSE = """
UPDATE exceptions_occurrence SET closed_at = %s, closed_by = healed.how, dismissed = %s
FROM unnest(%s::bigint[], %s::text[]) AS healed (id, how)
WHERE exceptions_occurrence.id = healed.id AND closed_at IS NULL
"""
_RECOUNT = """
UPDATE exceptions_exceptioncase AS it SET
    open_count = told.open_count, value_waiting = told.value_waiting,
    sort_currency = told.sort_currency, sort_value = told.sort_value
FROM (
    SELECT id, coalesce(sum(number), 0) AS open_count,
        coalesce(jsonb_object_agg(currency, amount::text) FILTER (WHERE amount IS NOT NULL), '{}')
            AS value_waiting,
        (array_agg(currency ORDER BY amount IS NULL, number DESC, currency))[1] AS sort_currency,
        coalesce((array_agg(amount ORDER BY amount IS NULL, number DESC, currency))[1], 0)
            AS sort_value
    FROM (
        SELECT asked.id, coalesce(currency, '') AS currency, count(seen.id) AS number,
            sum(seen.amount) AS amount
        FROM unnest(%s::bigint[]) AS asked (id)
        LEFT JOIN exceptions_occurrence AS seen
            ON seen.case_id = asked.id AND seen.closed_at IS NULL
        GROUP BY asked.id, coalesce(currency, '')
    ) AS sums GROUP BY id
) AS told
WHERE it.id = told.id
RETURNING it.id, it.open_count
"""

_MOVE = """
UPDATE exceptions_exceptioncase AS it SET
    status = told.status, resolution = told.resolution, closed_at = told.closed_at,
    regressions = told.regressions, version = told.version, snoozed_until = NULL
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::int[], %s::int[])
    AS told (id, status, resolution, closed_at, regressions, version)
WHERE it.id = told.id
"""


def write(
    sightings: Sequence[Sighting], case_ids: Mapping[tuple[str, str], int], now: datetime
) -> None:
    """Adds the sightings as open occurrences, or counts them up where they are open already."""
    if not sightings:
        return
    rows = [_row(sighting, case_ids[sighting.cause]) for sighting in sightings]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [now, now, json.dumps(rows)])


def close(healed: Sequence[tuple[int, str]], now: datetime, *, dismissed: bool = False) -> None:
    """Closes occurrences, each with what closed it."""
    if not healed:
        return
    ids = [pk for pk, _ in healed]
    how = [text(words, 250) for _, words in healed]
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [now, dismissed, ids, how])


def recount(case_ids: Collection[int]) -> dict[int, int]:
    """Brings counts and money in step with the open occurrences; tells the counts."""
    if not case_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, [sorted(case_ids)])
        return dict(cursor.fetchall())


def move(cases: Sequence[ExceptionCase]) -> None:
    """Writes the new states of locked cases that closed or came back."""
    if not cases:
        return
    columns: list[list[Any]] = [
        [case.pk for case in cases],
        [str(case.status) for case in cases],
        [case.resolution for case in cases],
        [case.closed_at for case in cases],
        [case.regressions for case in cases],
        [case.version for case in cases],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, columns)


def _row(sighting: Sighting, case_id: int) -> dict[str, Any]:
    system, object_, external_id = sighting.record
    subject = sighting.subject
    return {
        "case_id": case_id,
        "system": system,
        "object": object_,
        "external_id": external_id,
        "label": text(subject.label, 200),
        "message": text("\n".join(sighting.messages)),
        "facts": sighting.facts,
        "pointers": sighting.pointers,
        "target_pointers": sighting.target_pointers,
        "amount": None if subject.amount is None else str(subject.amount),
        "currency": text(subject.currency, 10),
        "source_payload": sighting.source_payload,
        "target_payload": sighting.target_payload,
    }
