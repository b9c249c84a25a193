"""The least that taking in a file could take: its cells, unread, copied into a table."""

import csv
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import connection, transaction

from connectors.management.measuring.report import Tell
from reconciliation.payouts_bench.world import COLUMNS


def measure(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """How long that took, in `floor_s`."""
    names = ", ".join(f"c{place} text" for place in range(len(COLUMNS)))
    begun = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE UNLOGGED TABLE bare_cells ({names})")
        with (
            Path(given["path"]).open(newline="") as file,
            cursor.copy("COPY bare_cells FROM STDIN") as into,
        ):
            for row in csv.reader(file):
                into.write_row(row)
    took = perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare_cells")
    return {"floor_s": took}
