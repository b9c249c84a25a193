"""Columns of the list of order events."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connectors.sync.models import OrderEvent
from integration.core.templatetags.desk import badge


class EventTable(tables.Table):
    """Newest first."""

    order_number = tables.Column("Prima order")
    milestone = tables.Column("Milestone")
    parcel = tables.Column("Parcel", default="–")
    reached_at = tables.DateTimeColumn(verbose_name="Reached", format="j M Y, H:i")
    contact_key = tables.Column("Contact", default="–")
    state = tables.Column("Where it stands")
    reason = tables.Column("Why", orderable=False, default="")
    sent_at = tables.DateTimeColumn(verbose_name="Told", format="j M Y, H:i", default="–")

    class Meta:
        model = OrderEvent
        fields: tuple[str, ...] = ()
        order_by = ("-reached_at",)

    def render_order_number(self, value: str, record: Any) -> SafeString | str:
        if not record.campaign_order:
            return value
        return format_html('<a data-main href="/orders/{}/">{}</a>', record.campaign_order, value)

    def render_state(self, record: OrderEvent) -> SafeString:
        return badge(record.state, record.get_state_display())
