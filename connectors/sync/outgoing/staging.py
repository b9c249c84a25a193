"""Says what rows a data extension shall have. Whoever says the same twice has said nothing new."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection as database
from django.utils import timezone

from connectors.sfmc.values import Value, to_wire
from connectors.sync.outgoing.row import OutgoingRow
from integration.mapping.target_columns import TARGET_KEYS

A_STATEMENT = 5_000
# What is there already is left out first: a conflict would lock each of the rows that stay.
# A row that was refused goes once more whatever comes next, so that its case is closed.
_STAGE = """
INSERT INTO sync_outgoingrow AS kept (
    part, key, values, content_hash, confirmed_hash, refused_hash, attempts, not_before,
    last_error, changed_at)
SELECT %s, told.key, told.values, told.hash, '', '', 0, now(), '', now()
FROM (SELECT key, values, md5(values::text) AS hash FROM ({}) AS wanted) AS told
LEFT JOIN sync_outgoingrow AS there ON there.part = %s AND there.key = told.key
WHERE there.content_hash IS DISTINCT FROM told.hash
ON CONFLICT (part, key) DO UPDATE SET
    values = excluded.values, content_hash = excluded.content_hash, attempts = 0,
    not_before = excluded.not_before, last_error = '', changed_at = excluded.changed_at,
    confirmed_hash = CASE WHEN kept.refused_hash = '' THEN kept.confirmed_hash ELSE '' END
WHERE kept.content_hash <> excluded.content_hash
"""
_GIVEN = "SELECT key, values FROM jsonb_to_recordset(%s::jsonb) AS given (key text, values jsonb)"


def stage(part: str, rows: Iterable[Mapping[str, Value]]) -> int:
    """Rows under our field names, without `updated_at`; answers how many are new or differ.

    Of rows with the same key in one statement the last counts. Amounts are `Decimal`, times aware.
    """
    changed, rest = 0, iter(rows)
    while some := list(islice(rest, A_STATEMENT)):
        by_key = {key_of(part, row): {name: to_wire(row[name]) for name in row} for row in some}
        given = json.dumps([{"key": key, "values": told} for key, told in by_key.items()])
        changed += stage_query(part, _GIVEN, [given])
    return changed


def stage_query(part: str, query: str, params: Sequence[Any] = ()) -> int:
    """As `stage`, for a query that answers `key` and `values` (jsonb), each key once."""
    with database.cursor() as cursor:
        cursor.execute(_STAGE.format(query), [part, *params, part])
        return int(cursor.rowcount)


def key_of(part: str, row: Mapping[str, Any]) -> str:
    """The primary key as one text."""
    return "|".join(str(row[field]) for field in TARGET_KEYS[part])


def send_again(part: str, keys: Sequence[str]) -> int:
    """Refused rows go once more as they are; answers how many."""
    rows = OutgoingRow.objects.filter(part=part, key__in=keys).exclude(refused_hash="")
    # The old refusal stays known by a hash that fits no content, so that its case is closed.
    return rows.update(refused_hash="again", attempts=0, not_before=timezone.now())
