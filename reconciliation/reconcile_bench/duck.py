"""The same bare join in DuckDB, for comparison, where somebody has installed it."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from connectors.management.measuring.report import Tell
from reconciliation.reconcile_bench.world import DOCUMENT_COLUMNS, LINE_COLUMNS

_READ = """
CREATE TABLE {name} AS
SELECT {columns} FROM read_csv('{path}', delim='\t', header=false, quote='', escape='',
                               all_varchar=true, names=[{names}])
"""
_JOIN = """
CREATE OR REPLACE TABLE result AS
WITH l AS (
    SELECT reference, count(*) AS lines, sum(gross) AS total FROM line GROUP BY reference
)
SELECT l.reference, d.external_ref, l.lines, d.minor, l.total,
       CASE WHEN d.external_ref IS NULL THEN 'line without document'
            WHEN l.reference IS NULL THEN 'document without line'
            WHEN l.total = d.minor THEN 'agrees'
            ELSE 'amount differs' END AS verdict
FROM l FULL JOIN document d ON d.external_ref = l.reference
"""


def is_here() -> bool:
    return find_spec("duckdb") is not None


def measure(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """`load_s` and `join_s`, the median of some runs."""
    folder = Path(given["folder"])
    database = import_module("duckdb").connect()
    begun = perf_counter()
    database.execute(_reading("line", folder / "lines", LINE_COLUMNS, "reference", "gross"))
    database.execute(
        _reading("document", folder / "documents", DOCUMENT_COLUMNS, "external_ref", "minor")
    )
    loaded = perf_counter() - begun
    times = []
    for turn in range(given["turns"]):
        tell(f"{turn + 1} of {given['turns']}")
        begun = perf_counter()
        database.execute(_JOIN)
        times.append(perf_counter() - begun)
    return {"load_s": loaded, "join_s": median(times)}


def _reading(name: str, path: Path, columns: tuple[str, ...], key: str, amount: str) -> str:
    names = ", ".join(f"'{column}'" for column in columns)
    wanted = f"{key}, {amount}::BIGINT AS {amount}"
    return _READ.format(name=name, path=path, names=names, columns=wanted)
