"""Keeps copies of Prima's records by their id and version, with tombstones."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.utils import timezone

from connectors.prima.port import Change
from connectors.sync.reference.feed import latest
from integration.mirror.documents import Mirrored


class Versioned(Protocol):
    """What every record of a feed has."""

    @property
    def id(self) -> str: ...

    @property
    def version(self) -> str: ...


Record = TypeVar("Record", bound=Versioned)
Rows = Callable[[Sequence[Record], datetime], Sequence[Mirrored]]


def keep(model: Any, changes: tuple[Change[Record], ...], rows: Rows[Record]) -> int:
    """Stores what is new; the same version again is only confirmed. Answers how many were news.

    `read_at` moves only with the contents, so that nothing is compared again without need.
    """
    by_id = latest(changes, lambda change: change.id)
    known = dict(
        model.objects.filter(prima_id__in=by_id, deleted_at__isnull=True).values_list(
            "prima_id", "version"
        )
    )
    now = timezone.now()
    records = [change.record for change in by_id.values() if change.record is not None]
    news = [record for record in records if known.get(record.id) != record.version]
    model.objects.bulk_create(
        rows(news, now),
        update_conflicts=True,
        unique_fields=["prima_id"],
        update_fields=_columns(model),
    )
    gone = [key for key, change in by_id.items() if change.record is None and key in known]
    model.objects.filter(prima_id__in=gone).update(deleted_at=now, read_at=now)
    same = [record.id for record in records if known.get(record.id) == record.version]
    model.objects.filter(prima_id__in=same).update(confirmed_at=now)
    return len(news) + len(gone)


def forget(found: Any, since: datetime) -> None:
    """Those of the copies that a snapshot begun at `since` did not hold are gone at Prima."""
    now = timezone.now()
    found.filter(confirmed_at__lt=since, deleted_at__isnull=True).update(
        deleted_at=now, read_at=now
    )


def _columns(model: Any) -> list[str]:
    return [
        field.name
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.generated or field.name == "prima_id")
    ]
