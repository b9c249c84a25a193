"""Reads back-in-stock requests from their data extension, each once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from connectors.sfmc.values import MalformedValue, as_moment
from connectors.sync import changed_rows
from connectors.sync.changed_rows import follow_changes
from connectors.sync.context import Context
from connectors.sync.models import StockRequest
from connectors.sync.orders.arrival import Row, record
from connectors.sync.source_tables import SourceTables

NAME = "stock_requests"
"""The cursor."""
PART = "waiting"
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""The moment of a request that does not say when: it counts once, for ever."""


def read(tables: SourceTables, context: Context) -> None:
    for page in tables.without_moment(PART, context.setting.batch_size):
        _keep(tables, page, context, None)
        if context.is_over():
            return
    follow_changes(
        lambda moment, size: tables.changed_since(PART, moment, size),
        tables.column(PART, "modified_at"),
        lambda page, reached: _keep(tables, page, context, reached),
        context,
        changed_rows.reached(NAME),
    )


def _keep(
    tables: SourceTables, page: Sequence[Row], context: Context, reached: datetime | None
) -> None:
    """What is known already stays as it is, whatever came of it."""
    now, fields = timezone.now(), tables.columns.fields[PART]
    found = [one for row in page if (one := _request(row, fields, now))]
    with transaction.atomic():
        before = StockRequest.objects.count()
        StockRequest.objects.bulk_create(found, ignore_conflicts=True)
        news = StockRequest.objects.count() - before
        if reached is not None:
            changed_rows.move(NAME, reached)
    context.count(seen=len(page), unchanged=len(page) - news)
    context.beat()


def _request(row: Row, fields: Mapping[str, str], now: datetime) -> StockRequest | None:
    """None for a row that names no product or nobody."""
    told = record(row, fields)
    sku, contact = (str(told.get(name) or "").strip() for name in ("sku", "contact_key"))
    if not sku or not contact or max(len(sku), len(contact)) > 120:
        return None
    return StockRequest(
        sku=sku,
        contact_key=contact,
        email=str(told.get("email") or "").strip()[:254],
        requested_at=_moment(str(told.get("modified_at") or "")),
        first_seen_at=now,
    )


def _moment(text: str) -> datetime:
    try:
        return as_moment(text)
    except MalformedValue:
        return NEVER
