"""The desk: all products sent, some changed, and these found among all and sent."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any

from django.db import connection as database

from connectors.management.measuring.memory import peak_mb
from connectors.management.measuring.report import Tell
from connectors.sync import runner
from connectors.sync.context import Progress
from connectors.sync.models import Connection, OutgoingRow, SyncRun

FLOW = "products_to_sfmc"
NO_LIMIT = 100_000
"""Calls a second: what is measured is the desk, not the load limit an admin has set."""
_ITEMS = """
INSERT INTO mirror_primaitem (
    sku_key, sku, description, kind, status, tax_code, price, gtin, data, version, read_at)
SELECT 'SKU-' || n, 'SKU-' || n, 'Product number ' || n, 'stock', 'active', 'S',
    (100 + n %% 9000) / 100.0, '', jsonb_build_object('brand', 'Brand ' || n %% 50,
    'season', 'AW26', 'currency', 'GBP'), '1', now()
FROM generate_series(1, %s) AS n
"""
_STOCK = """
INSERT INTO mirror_stock (sku_key, status, free_stock, warehouse, read_at)
SELECT 'SKU-' || n, 'known', n %% 700, 'MAIN', now() FROM generate_series(1, %s) AS n
"""
# Spread over the whole range, as sales are.
_SELL = """
UPDATE mirror_stock SET free_stock = free_stock + 1000
WHERE substr(sku_key, 5)::int %% %s = 0 AND substr(sku_key, 5)::int / %s <= %s
"""


class DeskFailed(Exception):
    """A run did not do its work; the text says what it said."""


def measure(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Given `items` and `changed`: `seconds`, `rows` and `calls` of both runs, and `peak_mb`."""
    items, changed = int(given["items"]), int(given["changed"])
    tell("filling the mirror")
    Connection.objects.update(calls_per_second=NO_LIMIT)
    with database.cursor() as cursor:
        cursor.execute("TRUNCATE mirror_primaitem, mirror_stock, mapping_productmapping")
        cursor.execute(_ITEMS, [items])
        cursor.execute(_STOCK, [items])
        cursor.execute("ANALYZE mirror_primaitem, mirror_stock")
    whole = _run(tell)
    if OutgoingRow.objects.exclude(confirmed_hash="").count() != items:
        raise DeskFailed("Not every product was confirmed.")
    step = max(items // changed, 1)
    with database.cursor() as cursor:
        cursor.execute(_SELL, [step, step, changed])
        sold = cursor.rowcount
    some = _run(tell)
    if some["rows"] != sold:
        raise DeskFailed(f"{sold} products changed and {some['rows']} were sent.")
    return {
        "whole": whole,
        "changed": some,
        "peak_mb": peak_mb(),
    }


def _run(tell: Tell) -> dict[str, Any]:
    def watch(progress: Progress) -> None:
        tell(f"{progress.done:,} of {progress.total or 0:,}")

    begun = perf_counter()
    row = runner.run(FLOW, started_by="bench", watch=watch)
    seconds = perf_counter() - begun
    if row is None or row.status != SyncRun.Status.SUCCEEDED:
        raise DeskFailed(f"{FLOW}: {row.message if row else 'it does not run now'}")
    return {"seconds": seconds, "rows": row.sent, "calls": row.calls}
