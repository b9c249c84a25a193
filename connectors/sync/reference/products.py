"""Prima's items in the mirror, and the held orders that wait for one of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database
from django.db.models.functions import Upper
from django.utils import timezone

from connectors.prima.port import Change, ChangePage, Prima
from connectors.sync import items
from connectors.sync.flow import ORDERS
from connectors.sync.mirrored import as_data
from connectors.sync.reference.feed import latest
from integration.mapping.models import ProductMapping
from integration.mirror.models import PrimaItem
from integration.records.item import Item

_COLUMNS = (
    "sku", "description", "kind", "status", "tax_code", "price", "gtin", "data", "version",
    "modified_at", "deleted_at", "read_at",
)  # fmt: skip
_HELD_FOR = """
SELECT placed.key, upper(trim(line ->> 'sku'))
FROM sync_syncitem AS item
JOIN mirror_campaignorder AS placed ON placed.key = item.external_id
CROSS JOIN LATERAL jsonb_array_elements(placed.payload -> 'lines') AS line
WHERE item.flow = %s AND item.state IN ('held', 'working', 'sending')
  AND upper(trim(line ->> 'sku')) = ANY(%s)
"""


@dataclass(slots=True)
class ItemShelf:
    prima: Prima
    name: str = "prima_items"

    def read(self, cursor: str) -> ChangePage[Item]:
        return self.prima.item_changes(cursor)

    def write(self, changes: tuple[Change[Item], ...]) -> int:
        if not changes:
            return 0
        by_key = latest(changes, lambda one: one.record.sku_key if one.record else one.id)
        before = {row.sku_key: row for row in PrimaItem.objects.filter(sku_key__in=by_key)}
        now = timezone.now()
        records = {
            key: change.record for key, change in by_key.items() if change.record is not None
        }
        PrimaItem.objects.bulk_create(
            [_row(key, record, now) for key, record in records.items()],
            update_conflicts=True,
            unique_fields=["sku_key"],
            update_fields=_COLUMNS,
        )
        gone = [key for key, change in by_key.items() if change.record is None]
        if gone:
            PrimaItem.objects.filter(sku_key__in=gone).update(deleted_at=now, read_at=now)
        changed = [key for key, record in records.items() if _differs(record, before.get(key))]
        _nudge(changed)
        return len(changed) + len(gone)

    def forget_unread(self, since: datetime) -> None:
        PrimaItem.objects.filter(read_at__lt=since, deleted_at__isnull=True).update(
            deleted_at=timezone.now()
        )


def _row(sku_key: str, record: Item, now: datetime) -> PrimaItem:
    return PrimaItem(
        sku_key=sku_key,
        sku=record.sku,
        description=record.description,
        kind=record.kind,
        status=record.status,
        tax_code=record.tax_code,
        price=record.price,
        gtin=record.gtin,
        data=as_data(record),
        version=record.version,
        modified_at=record.modified_at,
        deleted_at=None,
        read_at=now,
    )


def _differs(record: Item, before: PrimaItem | None) -> bool:
    """In what an order depends on: whether and as what it is sold, and its tax."""
    if before is None or before.deleted_at is not None:
        return True
    told = (record.status, record.kind, record.tax_code, record.description)
    return told != (before.status, before.kind, before.tax_code, before.description)


def _nudge(changed: Iterable[str]) -> None:
    """Held orders with a line of these items, under their own code or a mapped one."""
    by_sku = {key.upper(): key for key in changed}
    if not by_sku:
        return
    mapped = ProductMapping.objects.annotate(upper_key=Upper("prima_sku")).filter(
        upper_key__in=list(by_sku)
    )
    by_sku |= {
        source.strip().upper(): by_sku[key]
        for source, key in mapped.values_list("source_sku", "upper_key")
    }
    with database.cursor() as cursor:
        cursor.execute(_HELD_FOR, [ORDERS, list(by_sku)])
        held = cursor.fetchall()
    by_item: dict[str, list[str]] = defaultdict(list)
    for key, sku in held:
        by_item[by_sku[sku]].append(key)
    for item, keys in sorted(by_item.items()):
        items.nudge_held(ORDERS, sorted(set(keys)), f"a change of item {item} in Prima")
