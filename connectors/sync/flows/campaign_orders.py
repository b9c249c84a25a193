"""Reads campaign orders from the data extensions of Marketing Cloud as they come and change."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from connectors.sync import changed_rows, inbox
from connectors.sync.changed_rows import follow_changes
from connectors.sync.context import Context
from connectors.sync.flow import ORDERS, Defaults, Flow
from connectors.sync.models import SyncItem
from connectors.sync.nudges import nudge
from connectors.sync.orders.arrival import Row
from connectors.sync.source_tables import SourceTables
from integration.accounts.roles import Role
from integration.mirror.models import CampaignOrder

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
    follow_changes(
        tables.headers_since,
        tables.column("order", "modified_at"),
        lambda page, last: _keep(tables, page, context, reached=last),
        context,
        changed_rows.reached(CampaignOrders.slug),
    )


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
            changed_rows.move(CampaignOrders.slug, reached)
    context.count(seen=len(headers), sent=stored.new + stored.changed, unchanged=stored.unchanged)
    context.beat()
