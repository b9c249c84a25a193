"""Rows of reconciliation for tests."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from reconciliation.control import controls
from reconciliation.models import AdjustmentLimit, ControlRun, Difference


def difference(key: str = "CO-1", **changes: Any) -> Difference:
    """An open difference of 12.34 GBP on 15 October 2026."""
    now = timezone.now()
    fields: dict[str, Any] = {
        "control": "payouts_to_documents",
        "key": key,
        "category": "amount_off",
        "title": f"{key} is off",
        "amount": 1234,
        "currency": "GBP",
        "day": date(2026, 10, 15),
        "first_seen_at": now,
        "last_seen_at": now,
        **changes,
    }
    return Difference.objects.create(**fields)


def limits(amount: int = 5_000) -> None:
    """Write-offs, fees and exchange differences up to 50.00 GBP."""
    for kind in ("write_off", "fee", "fx"):
        AdjustmentLimit.objects.create(kind=kind, currency="GBP", amount=amount)


def all_run(at: datetime | None = None) -> None:
    """Every control has run, now or at a moment."""
    at = at or timezone.now()
    for slug in controls():
        ControlRun.objects.create(control=slug, started_at=at, finished_at=at)
