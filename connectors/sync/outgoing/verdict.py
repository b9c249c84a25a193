"""What became of rows, written set by set together with the cases of those that were refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from connectors.sfmc.rows import RowOutcome
from connectors.sync.backoff import delay
from connectors.sync.outgoing.parcel import Outgoing
from connectors.sync.outgoing.target import Target
from integration.core.problems import Finding, Problem, Subject, report

TOO_OFTEN = "Marketing Cloud could not write it, however often it was tried. It last said: "
# Content that changed meanwhile is not what was confirmed, so it stays to go.
_CONFIRM = """
UPDATE sync_outgoingrow AS kept SET
    confirmed_hash = told.hash, confirmed_at = now(), attempts = 0, last_error = '',
    refused_hash = ''
FROM unnest(%s::bigint[], %s::text[]) AS told (id, hash)
WHERE kept.id = told.id
"""
_FAIL = """
UPDATE sync_outgoingrow AS kept SET
    attempts = told.attempts, not_before = told.not_before, last_error = told.error,
    refused_hash = CASE WHEN told.refused THEN told.hash ELSE kept.refused_hash END
FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::timestamptz[], %s::text[], %s::bool[])
    AS told (id, hash, attempts, not_before, error, refused)
WHERE kept.id = told.id AND kept.content_hash = told.hash
RETURNING kept.id
"""
_VALUE = re.compile(r"\([^()]*\)|'[^']*'|\d+")


@dataclass(frozen=True, slots=True)
class Sorted:
    """Counts of one parcel: confirmed, to be tried again, refused for good."""

    confirmed: int = 0
    again: int = 0
    refused: int = 0


def store(
    target: Target, rows: Sequence[Outgoing], outcomes: Sequence[RowOutcome], most_attempts: int
) -> Sorted:
    """Rows and cases commit together. `outcomes` are in the order of the rows."""
    pairs = list(zip(rows, outcomes, strict=True))
    good = [row for row, outcome in pairs if outcome.ok]
    bad = [(row, outcome) for row, outcome in pairs if not outcome.ok]
    with transaction.atomic():
        _confirm(target, good)
        refused = _fail(target, bad, most_attempts) if bad else 0
    return Sorted(len(good), len(bad) - refused, refused)


def postpone(rows: Sequence[Outgoing], why: str) -> None:
    """Nobody knows what became of them: they go again later, which does no harm."""
    again = [RowOutcome(place, ok=False, message=why, retryable=True) for place in range(len(rows))]
    _write_failures(list(zip(rows, again, strict=True)), set())


def subject_of(target: Target, key: str) -> Subject:
    return Subject("sfmc", f"{target.part} row", key, label=f"{target.name} {key}")


def _confirm(target: Target, rows: Sequence[Outgoing]) -> None:
    if not rows:
        return
    with database.cursor() as cursor:
        cursor.execute(_CONFIRM, [[row.id for row in rows], [row.content_hash for row in rows]])
    healed = [row for row in rows if row.was_refused]
    report([Finding(subject_of(target, row.key), (), target.part) for row in healed])


def _fail(target: Target, bad: list[tuple[Outgoing, RowOutcome]], most_attempts: int) -> int:
    refused = {
        row.id for row, outcome in bad if not outcome.retryable or row.attempts + 1 >= most_attempts
    }
    stored = _write_failures(bad, refused)
    report(
        [
            _finding(target, row, outcome)
            for row, outcome in bad
            if row.id in refused and row.id in stored
        ]
    )
    return len(refused & stored)


def _write_failures(bad: Sequence[tuple[Outgoing, RowOutcome]], refused: set[int]) -> set[int]:
    """Answers those whose content is still what was sent. A first failure may go again at once."""
    now = timezone.now()
    waits = [delay(row.attempts) if row.attempts else timedelta() for row, _ in bad]
    columns: list[list[Any]] = [
        [row.id for row, _ in bad],
        [row.content_hash for row, _ in bad],
        [row.attempts + 1 for row, _ in bad],
        [now + wait for wait in waits],
        [_short(outcome.message) for _, outcome in bad],
        [row.id in refused for row, _ in bad],
    ]
    with database.cursor() as cursor:
        cursor.execute(_FAIL, columns)
        return {found[0] for found in cursor.fetchall()}


def _finding(target: Target, row: Outgoing, outcome: RowOutcome) -> Finding:
    said = outcome.message.strip()
    facts = {
        "part": target.part,
        "table": target.name,
        "said": _short(said),
        "reason": reason_of(said),
        "order": row.key,
    }
    why = f"{TOO_OFTEN}{said}" if outcome.retryable else said
    problem = Problem("row_refused", f"{target.name} {row.key}: {why or 'no reason given.'}", facts)
    return Finding(
        subject_of(target, row.key),
        (problem,),
        target.part,
        source_payload=row.values,
        target_payload=target.row(row.values, row.changed_at).flat(),
    )


def reason_of(said: str) -> str:
    """What it said without the values of the row, so that the same cause reads the same."""
    return _short(_VALUE.sub("…", said)) or "no reason given"


def _short(text: str) -> str:
    clean = text.replace("\x00", "")
    return clean if len(clean) <= 250 else f"{clean[:249]}…"
