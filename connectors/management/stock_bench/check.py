"""Asks Marketing Cloud what it has, and compares it with what the mirror says."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.management.measuring.report import Tell
from connectors.sync import connections
from integration.mirror.models import Stock


def count(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """How many products are `there`, and how many say another stock than the mirror (`wrong`)."""
    client = connections.sfmc()
    there = wrong = 0
    try:
        for page in client.data_extensions.read_rows("PRIMA_Product"):
            told = {str(row.keys["sku"]): row.values.get("stockqty") for row in page.rows}
            known = Stock.objects.filter(sku_key__in=told).values_list("sku_key", "free_stock")
            same = sum(Decimal(told[key] or "-1") == stock for key, stock in known)
            there += len(told)
            wrong += len(told) - same
            tell(f"{there:,} products")
    finally:
        client.close()
    return {"there": there, "wrong": wrong}
