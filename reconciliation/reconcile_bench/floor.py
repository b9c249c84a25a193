"""The least that comparing both tables could take: one bare join that says what each row is."""

from collections.abc import Mapping
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection, transaction

from connectors.management.measuring.report import Tell

_SETTINGS = "SET LOCAL work_mem = '384MB'; SET LOCAL jit = off"
_FLOOR = """
CREATE TABLE floor AS
WITH l AS (
    SELECT reference, count(*) AS lines, min(id) AS line_id, sum(gross) AS total
    FROM reconciliation_gatewayline GROUP BY reference
)
SELECT d.id AS document_id, l.line_id, l.lines, d.minor, l.total,
       CASE WHEN d.id IS NULL THEN 'line without document'
            WHEN l.line_id IS NULL THEN 'document without line'
            WHEN l.total = d.minor AND l.lines = 1 THEN 'agrees'
            WHEN l.total = d.minor THEN 'agrees in parts'
            WHEN l.lines > 1 THEN 'several lines'
            ELSE 'amount differs' END AS verdict
FROM l FULL JOIN mirror_primadocument d ON d.external_ref = l.reference
"""


def measure(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Median of some runs, each into a fresh table."""
    times = []
    for turn in range(given["turns"]):
        tell(f"{turn + 1} of {given['turns']}")
        times.append(_once())
    return {"floor_s": median(times)}


def _once() -> float:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor")
        begun = perf_counter()
        with transaction.atomic():
            cursor.execute(_SETTINGS)
            cursor.execute(_FLOOR)
        return perf_counter() - begun
