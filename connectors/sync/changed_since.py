"""A mark of how far the copies were looked through, for what is worked out from their changes."""

from datetime import datetime, timedelta

from django.utils import timezone

from connectors.sync.models import Cursor

OVERLAP = timedelta(minutes=5)
"""A row may become visible later than it says it was read."""
EVER = datetime(1970, 1, 1, tzinfo=timezone.get_default_timezone())


def since(name: str) -> datetime:
    """From when on changes are to be looked at; the beginning of time the first time."""
    kept = Cursor.objects.filter(flow=name).values_list("value", flat=True).first()
    return datetime.fromisoformat(kept) - OVERLAP if kept else EVER


def reached(name: str) -> datetime | None:
    """When it was looked through last."""
    return Cursor.objects.filter(flow=name).values_list("moved_at", flat=True).first()


def move(name: str, to: datetime) -> None:
    """In the transaction that has worked off everything up to then."""
    Cursor.objects.update_or_create(flow=name, defaults={"value": to.isoformat(), "moved_at": to})
