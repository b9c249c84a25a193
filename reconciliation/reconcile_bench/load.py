"""Copies both files into the desk's own tables, and the truth into a table beside them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import connection
from django.utils import timezone

from connectors.management.measuring.memory import peak_mb
from connectors.management.measuring.report import Tell
from reconciliation.matching.rule import CONTROL
from reconciliation.models import ExchangeRate, LedgerAccount, StatementFile, Tolerance
from reconciliation.reconcile_bench.world import DOCUMENT_COLUMNS, FIRST_DAY, LINE_COLUMNS

_CHUNK = 1 << 20


def load(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """How long copying and counting took, in `load_s`."""
    folder = Path(given["folder"])
    _set_up()
    begun = perf_counter()
    tell("documents")
    copy(folder / "documents", "mirror_primadocument", DOCUMENT_COLUMNS)
    tell("lines")
    copy(folder / "lines", "reconciliation_gatewayline", LINE_COLUMNS)
    tell("statistics")
    run("VACUUM (ANALYZE) mirror_primadocument, reconciliation_gatewayline")
    took = perf_counter() - begun
    run("CREATE TABLE truth (number bigint PRIMARY KEY, kind text)")
    copy(folder / "cases", "truth", ("number", "kind"))
    return {"load_s": took, "peak_mb": peak_mb()}


def copy(path: Path, table: str, columns: Sequence[str]) -> None:
    """In pieces of a megabyte, whatever its size."""
    with connection.cursor() as cursor, path.open("rb") as rows:
        names = ", ".join(columns)
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as into:
            while piece := rows.read(_CHUNK):
                into.write(piece)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _set_up() -> None:
    now = timezone.now()
    StatementFile.objects.create(
        pk=1, sha256="1" * 64, name="bench", size=0, path="bench", gateway="stripe",
        state=StatementFile.State.IMPORTED, uploaded_by_name="bench", uploaded_at=now,
        imported_at=now,
    )  # fmt: skip
    Tolerance.objects.create(control=CONTROL, currency="GBP", absolute=2, relative=Decimal(1))
    for purpose in LedgerAccount.Purpose:
        LedgerAccount.objects.create(purpose=purpose, code=f"7{purpose}")
    ExchangeRate.objects.create(day=FIRST_DAY, base="EUR", quote="GBP", rate=Decimal("0.85"))
    ExchangeRate.objects.bulk_create(
        ExchangeRate(day=FIRST_DAY.replace(day=day), base="EUR", quote="GBP", rate=Decimal("0.85"))
        for day in range(2, 32)
    )
