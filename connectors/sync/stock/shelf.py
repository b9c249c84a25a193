"""Prima's stock in the mirror: the feed of what was counted, and a question about the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database
from django.utils import timezone

from connectors.prima.port import Change, ChangePage, Prima
from connectors.sync.context import Context
from connectors.sync.reference.feed import latest
from integration.mirror.models import Stock
from integration.records.stock import Availability

A_QUESTION = 200
MOST_QUESTIONS = 25
"""In one run: what nobody ever counted is not urgent, and Prima is not to be flooded."""
_COLUMNS = ("status", "free_stock", "available_on", "warehouse", "as_of", "read_at")
_UNKNOWN = {"status": Stock.Status.UNKNOWN, "free_stock": None, "available_on": None}
# Items that are kept in stock and of which Prima's feed never said a word.
_NEVER_TOLD = """
SELECT item.sku_key FROM mirror_primaitem AS item
LEFT JOIN mirror_stock AS stock ON stock.sku_key = item.sku_key
WHERE stock.id IS NULL AND item.deleted_at IS NULL AND item.kind IN ('stock', 'kit')
  AND item.status <> 'discontinued'
ORDER BY item.id LIMIT %s
"""


@dataclass(slots=True)
class StockShelf:
    prima: Prima
    name: str = "prima_stock"

    def read(self, cursor: str) -> ChangePage[Availability]:
        return self.prima.availability_changes(cursor)

    def write(self, changes: tuple[Change[Availability], ...]) -> int:
        by_key = latest(changes, lambda one: one.record.sku_key if one.record else one.id)
        told = [change.record for change in by_key.values() if change.record is not None]
        gone = [key for key, change in by_key.items() if change.record is None]
        return _keep(told) + _forget(gone)

    def forget_unread(self, since: datetime) -> None:
        """What Prima counts no more is unknown from now on."""
        Stock.objects.filter(read_at__lt=since, status=Stock.Status.KNOWN).update(**_UNKNOWN)


def ask_for_the_rest(prima: Prima, context: Context) -> None:
    """Items without a word from the feed, so that unknown is known to be unknown."""
    for _ in range(MOST_QUESTIONS):
        with database.cursor() as cursor:
            cursor.execute(_NEVER_TOLD, [A_QUESTION])
            keys = [row[0] for row in cursor.fetchall()]
        if not keys or context.is_over():
            return
        news = _keep(prima.availability(keys))
        context.count(seen=len(keys), sent=news, unchanged=len(keys) - news)
        context.beat()


def _keep(told: Iterable[Availability]) -> int:
    """Stores the counts; one that is older than what is known is left out. Answers the news."""
    records = {one.sku_key: one for one in told}
    before = Stock.objects.in_bulk(records, field_name="sku_key")
    fresh = [one for key, one in records.items() if not _is_older(one, before.get(key))]
    now = timezone.now()
    Stock.objects.bulk_create(
        [_row(one, now) for one in fresh],
        update_conflicts=True,
        unique_fields=["sku_key"],
        update_fields=_COLUMNS,
    )
    return sum(1 for one in fresh if _differs(one, before.get(one.sku_key)))


def _forget(keys: list[str]) -> int:
    known = Stock.objects.filter(sku_key__in=keys, status=Stock.Status.KNOWN)
    return known.update(**_UNKNOWN, read_at=timezone.now()) if keys else 0


def _row(one: Availability, now: datetime) -> Stock:
    return Stock(
        sku_key=one.sku_key,
        status=one.status,
        free_stock=one.free_stock,
        available_on=one.available_on,
        warehouse=one.warehouse,
        as_of=one.as_of,
        read_at=now,
    )


def _is_older(one: Availability, before: Stock | None) -> bool:
    return bool(before and before.as_of and one.as_of and one.as_of < before.as_of)


def _differs(one: Availability, before: Stock | None) -> bool:
    if before is None:
        return True
    return (one.status, one.free_stock, one.available_on) != (
        before.status,
        before.free_stock,
        before.available_on,
    )
