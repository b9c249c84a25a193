"""What the table of products shall say: one query over items, stock and mappings.

A product has a row under Prima's code, and one under every campaign SKU that is mapped to it today,
because journeys know it by that. What left the range stays and says so.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from connectors.sync.outgoing.staging import stage_query
from connectors.sync.stock import classes

PART = "product"
# A campaign SKU that is another item's code in Prima means what it is mapped to, as in orders.
_NAMED = """
chosen AS (
    SELECT item.* FROM mirror_primaitem AS item
    WHERE item.kind NOT IN ('charge', 'voucher') AND {condition}
), mapped AS (
    SELECT upper(source_sku) AS source, source_sku, upper(prima_sku) AS target
    FROM mapping_productmapping
    WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to >= %s)
), named AS (
    SELECT mapped.source_sku AS known_as, chosen.*
    FROM mapped JOIN chosen ON upper(chosen.sku_key) = mapped.target
    UNION ALL
    SELECT chosen.sku_key, chosen.* FROM chosen
    WHERE NOT EXISTS (SELECT 1 FROM mapped WHERE mapped.source = upper(chosen.sku_key))
)
"""
# No GREATEST for what is below zero: it passes over NULL, and unknown would become zero.
# In stock: sold, and either there are some or it is nothing that is kept in stock.
_ROWS = """
SELECT told.known_as AS key, jsonb_build_object(
    'sku', told.known_as,
    'name', left(told.description, 254),
    'category', left(coalesce(
        nullif(told.data ->> 'brand', ''), nullif(told.data ->> 'season', ''), told.kind), 100),
    'price', trim_scale(told.price)::text,
    'currency', coalesce(told.data ->> 'currency', ''),
    'stock', CASE WHEN told.is_sold AND told.is_kept
        THEN trim_scale(CASE WHEN told.free_stock < 0 THEN 0 ELSE told.free_stock END)::text END,
    'stock_status', CASE WHEN NOT told.is_kept THEN 'not kept'
        WHEN told.free_stock IS NULL THEN 'unknown' ELSE 'known' END,
    'in_stock', told.is_sold AND (NOT told.is_kept OR coalesce(told.free_stock > 0, false)),
    'available_on', CASE WHEN told.is_sold THEN told.available_on::text END,
    'in_range', told.is_sold) AS values
FROM (
    SELECT named.*, stock.free_stock, stock.available_on,
        named.status = 'active' AND named.deleted_at IS NULL AS is_sold,
        named.kind IN ('stock', 'kit') AS is_kept
    FROM named LEFT JOIN mirror_stock AS stock ON stock.sku_key = named.sku_key
) AS told
WHERE told.is_sold OR EXISTS (
    SELECT 1 FROM sync_outgoingrow AS known WHERE known.part = 'product' AND known.key = told.known_as)
"""
# Campaign SKUs that mean nothing any more, and codes whose item vanished without a trace.
_LEFT = """
SELECT known.key, known.values || jsonb_build_object(
    'in_range', false, 'in_stock', false, 'stock', NULL, 'available_on', NULL,
    'stock_status', 'unknown') AS values
FROM sync_outgoingrow AS known
WHERE known.part = 'product' AND NOT EXISTS (SELECT 1 FROM named WHERE named.known_as = known.key)
"""


def stage_due(*, whole: bool) -> int | None:
    """Says what the rows of the due classes shall be; None when no class is due.

    Answers how many are new or differ. The rest also marks what has left it.
    """
    chosen = classes.due(whole=whole)
    if chosen is None:
        return None
    with transaction.atomic():
        changed = _stage(_ROWS, chosen.condition, chosen.params)
        if chosen.has_the_rest:
            changed += _stage(_LEFT, "true", [])
        classes.done(chosen)
    return changed


def _stage(rows: str, condition: str, params: Sequence[Any]) -> int:
    today = timezone.localdate()
    named = _NAMED.format(condition=condition)
    return stage_query(PART, f"WITH {named} {rows}", [*params, today, today])
