"""What finance has set up before the first file comes: accounts, tolerances, limits, rates."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from integration.audit.trail import record
from reconciliation.models import AdjustmentLimit, ExchangeRate, LedgerAccount, Tolerance

Rows = list[dict[str, Any]]


def set_up(told: Mapping[str, Rows]) -> dict[str, int]:
    """Fills what is still empty; answers how many rows each table got."""
    rates = [
        {**row, "day": date.fromisoformat(row["day"]), "rate": Decimal(row["rate"])}
        for row in told["rates"]
    ]
    tables: tuple[tuple[type[models.Model], Rows], ...] = (
        (LedgerAccount, told["accounts"]),
        (Tolerance, [{**row, "relative": Decimal(row["relative"])} for row in told["tolerances"]]),
        (AdjustmentLimit, told["limits"]),
        (ExchangeRate, rates),
    )
    filled = {}
    for model, rows in tables:
        if rows and not model._default_manager.exists():
            model._default_manager.bulk_create([model(**row) for row in rows])
            filled[model._meta.verbose_name_plural or ""] = len(rows)
    if filled:
        record("finance set up", actor=None, label="the demo's world", rows=filled)
    return {str(name): count for name, count in filled.items()}
