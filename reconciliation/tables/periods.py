"""Columns of the list of periods, on the page and in the exports."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integration.core.tables import NUMBER
from integration.core.templatetags.desk import badge
from integration.exports import Column
from reconciliation.models import Period


class PeriodTable(tables.Table):
    """Newest first."""

    first_day = tables.Column("Period")
    company = tables.Column("Company")
    state = tables.Column("State")
    open_differences = tables.Column("Differences not closed", attrs=NUMBER)
    waiting = tables.Column("Proposals waiting", attrs=NUMBER)
    late = tables.Column("Late arrivals taken in", attrs=NUMBER)
    last_day = tables.DateColumn(format="j M Y", verbose_name="Last day")

    class Meta:
        model = Period
        fields: tuple[str, ...] = ()
        order_by = ("-first_day",)

    def render_first_day(self, record: Period) -> SafeString:
        url = reverse("period", args=[record.pk])
        return format_html('<a data-main href="{}">{}</a>', url, record)

    def render_state(self, record: Period) -> SafeString:
        return badge(record.state, record.get_state_display())


COLUMNS: tuple[Column[Period], ...] = (
    Column("Period", str),
    Column("Company", lambda row: row.company),
    Column("First day", lambda row: row.first_day),
    Column("Last day", lambda row: row.last_day),
    Column("State", lambda row: row.get_state_display()),
    Column("Differences not closed", lambda row: getattr(row, "open_differences", 0)),
    Column("Proposals waiting", lambda row: getattr(row, "waiting", 0)),
    Column("Late arrivals taken in", lambda row: getattr(row, "late", 0)),
)
