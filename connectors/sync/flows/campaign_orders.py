"""Reads campaign orders from the data extensions of Marketing Cloud as they come and change."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from connectors.sfmc.values import MalformedValue, as_moment
from connectors.sync import inbox
from connectors.sync.context import Context
from connectors.sync.flow import ORDERS, Defaults, Flow
from connectors.sync.models import Cursor, SyncItem
from connectors.sync.nudges import nudge
from connectors.sync.orders.arrival import Row
from connectors.sync.source_tables import SourceTables
from integration.accounts.roles import Role
from integration.mirror.models import CampaignOrder

OVERLAP = timedelta(minutes=5)
"""Rows may become visible later than they say they changed."""
AWAITED_FOR = timedelta(days=2)
MOST_AWAITED = 1_000


class CampaignOrders(Flow):
    slug = "campaign_orders"
    title = "Campaign orders from Marketing Cloud"
    meaning = (
        "Reads new and changed orders, with their lines and promotions, from the data extensions "
        "of Marketing Cloud, and keeps each as it came. An order seen twice is one order."
    )
    owner = Role.MARKETING
    systems = ("sfmc",)
    defaults = Defaults(batch_size=1_000, silent_after_minutes=15)

    def run(self, context: Context) -> None:
        tables = SourceTables.of(context.remotes.sfmc())
        _read_awaited(tables, context)
        for page in tables.headers_without_moment(context.setting.batch_size):
            _keep(tables, page, context)
            if context.is_over():
                return
        _read_changed(tables, context)
        if context.run.sent:
            nudge(ORDERS)


def _read_changed(tables: SourceTables, context: Context) -> None:
    """From a little before the last reading, page by page; each moves the cursor.

    After each page the question is asked anew from the last moment seen: a header that changes
    meanwhile only comes later, and never falls between two pages.
    """
    cursor = _cursor()
    asked_from = cursor - OVERLAP if cursor else None
    while not context.is_over():
        again_from = None
        for page in tables.headers_since(asked_from, context.setting.batch_size):
            last = _moment(tables, page[-1])
            _keep(tables, page, context, reached=last)
            if context.is_over():
                return
            is_full = len(page) >= context.setting.batch_size
            if is_full and last is not None and (asked_from is None or last > asked_from):
                again_from = last
                break
        if again_from is None:
            return
        asked_from = again_from


def _read_awaited(tables: SourceTables, context: Context) -> None:
    """Orders of which a part had not come: the rest may be there by now."""
    keys = list(
        SyncItem.objects.filter(
            flow=ORDERS,
            reason=inbox.AWAITED,
            state__in=[SyncItem.State.WAITING, SyncItem.State.HELD],
            created_at__gt=timezone.now() - AWAITED_FOR,
        ).values_list("external_id", flat=True)[:MOST_AWAITED]
    )
    for first in range(0, len(keys), context.setting.batch_size):
        some = keys[first : first + context.setting.batch_size]
        headers = list(tables.headers_of(some))
        inbox.store(tables.assembled(headers, some), CampaignOrder.Via.POLL)
        context.beat()


def _keep(
    tables: SourceTables, headers: Sequence[Row], context: Context, reached: datetime | None = None
) -> None:
    """Remote reads first; then orders and cursor commit together."""
    arrived = tables.assembled(headers)
    with transaction.atomic():
        stored = inbox.store(arrived, CampaignOrder.Via.POLL)
        if reached is not None:
            _move_cursor(reached)
    context.count(seen=len(headers), sent=stored.new + stored.changed, unchanged=stored.unchanged)
    context.beat()


def _moment(tables: SourceTables, header: Row) -> datetime | None:
    text = str(header.get(tables.column("order", "modified_at").lower()) or "")
    try:
        return as_moment(text)
    except MalformedValue:
        return None


def _cursor() -> datetime | None:
    kept = Cursor.objects.filter(flow=CampaignOrders.slug).values_list("value", flat=True).first()
    return datetime.fromisoformat(kept) if kept else None


def _move_cursor(reached: datetime) -> None:
    """Never beyond now: a row dated in the future must not hide those of today."""
    now = timezone.now()
    Cursor.objects.update_or_create(
        flow=CampaignOrders.slug,
        defaults={"value": min(reached, now).isoformat(), "moved_at": now},
    )
