"""The desk's own matching of everything, and again after one row in a hundred changed."""

from collections.abc import Mapping, Sequence
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection
from django.utils import timezone

from connectors.management.measuring.memory import peak_mb
from connectors.management.measuring.report import Tell
from reconciliation import match
from reconciliation.models import StatementFile
from reconciliation.reconcile_bench import load, truth
from reconciliation.reconcile_bench.world import DOCUMENT_COLUMNS, LINE_COLUMNS

# One invoice in a hundred gets another amount, so that its match must break.
_CHANGED = """
WITH chosen AS (
    UPDATE truth SET kind = 'amount_off' WHERE kind = 'exact' AND number % 100 = 3 RETURNING number
)
UPDATE mirror_primadocument d SET minor = d.minor + 700, read_at = now()
FROM chosen c WHERE d.prima_id = 'D' || c.number || '-1'
"""
# One in two hundred is a new sale: an invoice and a line like those of an older one.
_NEW_CASES = """
INSERT INTO truth
SELECT number + (SELECT max(number) + 1 FROM truth), 'exact'
FROM truth WHERE kind = 'exact' AND number % 200 = 101
"""
_NEW_LINES = """
INSERT INTO reconciliation_gatewayline ({columns})
SELECT {values} FROM truth t, reconciliation_gatewayline WHERE t.number >= {first}
  AND line_id = 'L' || (t.number - {first}) || '-1'
"""
_NEW_DOCUMENTS = """
INSERT INTO mirror_primadocument ({columns})
SELECT {values} FROM truth t, mirror_primadocument WHERE t.number >= {first}
  AND prima_id = 'D' || (t.number - {first}) || '-1'
"""
_OF_LINE = {
    "file_id": "2",
    "line_id": "'L' || t.number || '-1'",
    "reference": "'CO-NEW-' || t.number",
    "transaction_id": "'pi_new_' || t.number",
}
_OF_DOCUMENT = {
    "prima_id": "'D' || t.number || '-1'",
    "number": "'D' || t.number || '-1'",
    "external_ref": "'CO-NEW-' || t.number",
    "read_at": "now()",
}


def measure(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Median of some first runs, each from nothing; the last one's matches stay and are judged."""
    times = []
    for turn in range(given["turns"]):
        tell(f"{turn + 1} of {given['turns']}")
        load.run("TRUNCATE reconciliation_match, reconciliation_nearmatch")
        begun = perf_counter()
        result = match.run()
        times.append(perf_counter() - begun)
    return {
        "match_s": median(times),
        "times": times,
        "swallowed": dict(result.swallowed),
        "open_lines": result.open_lines,
        "judged": truth.judge(),
        "peak_mb": peak_mb(),
    }


def again(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Half of the changes are amounts of invoices, half are new invoices with new lines."""
    since = timezone.now()
    tell("changing")
    changed = _change()
    load.run("ANALYZE reconciliation_match; ANALYZE reconciliation_nearmatch")
    begun = perf_counter()
    result = match.run(since=since)
    took = perf_counter() - begun
    judged = truth.judge()
    whole = match.run()
    return {
        "again_s": took,
        "changed": changed,
        "matched": result.matches,
        "undone": result.undone,
        "was_whole": result.whole,
        "missed": whole.matches + whole.undone,
        "judged": judged,
        "peak_mb": peak_mb(),
    }


def _change() -> int:
    """How many rows changed or are new."""
    now = timezone.now()
    StatementFile.objects.create(
        pk=2, sha256="2" * 64, name="more", size=0, path="more", gateway="stripe",
        state=StatementFile.State.IMPORTED, uploaded_by_name="bench", uploaded_at=now,
        imported_at=now,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(number) + 1 FROM truth")
        first = int(cursor.fetchone()[0])
        rows = 0
        for statement in (
            _CHANGED,
            _NEW_CASES,
            _inserting(_NEW_LINES, LINE_COLUMNS, _OF_LINE, first),
            _inserting(_NEW_DOCUMENTS, DOCUMENT_COLUMNS, _OF_DOCUMENT, first),
        ):
            cursor.execute(statement)
            rows += cursor.rowcount if statement != _NEW_CASES else 0
    return rows


def _inserting(form: str, columns: Sequence[str], other: Mapping[str, str], first: int) -> str:
    """The older row's values, except the `other` ones."""
    table = "reconciliation_gatewayline" if columns is LINE_COLUMNS else "mirror_primadocument"
    values = [other.get(column, f"{table}.{column}") for column in columns]
    return form.format(columns=", ".join(columns), values=", ".join(values), first=first)
