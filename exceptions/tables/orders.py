"""Columns of the list of campaign orders."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connectors.sync.models import SyncItem
from integration.core.personal import masked
from integration.core.tables import MoneyColumn
from integration.core.templatetags.desk import badge, money
from integration.mirror.models import CampaignOrder

STATE_WORDS = dict(SyncItem.State.choices)


class OrderTable(tables.Table):
    """Newest first. `state` is annotated by the page."""

    key = tables.Column("Order")
    ordered_at = tables.DateTimeColumn(verbose_name="Ordered", format="j M Y, H:i")
    customer_name = tables.Column("Customer")
    campaign = tables.Column("Campaign")
    total_paid = MoneyColumn("Paid", "total_paid")
    state = tables.Column("Where it stands", orderable=False, empty_values=())
    prima_order = tables.Column("Prima order", accessor="prima_order__order_number", default="–")

    def __init__(self, *args: Any, personal: bool = False, **kwargs: Any) -> None:
        self.personal = personal
        super().__init__(*args, **kwargs)

    class Meta:
        model = CampaignOrder
        fields: tuple[str, ...] = ()
        order_by = ("-ordered_at",)
        default = "–"

    def render_key(self, value: str) -> SafeString:
        return format_html('<a data-main href="/orders/{}/">{}</a>', value, value)

    def render_customer_name(self, value: str) -> str:
        return value if self.personal else masked(value)

    def render_total_paid(self, record: CampaignOrder) -> str:
        return money(record.total_paid, record.currency)

    def render_state(self, record: CampaignOrder) -> SafeString:
        state = getattr(record, "state", None) or "waiting"
        return badge(state, STATE_WORDS.get(state, state))
