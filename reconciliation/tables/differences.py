"""Columns of the list of differences, on the page and in the exports."""

from datetime import date

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integration.core.money import from_minor
from integration.core.tables import NUMBER, MoneyColumn
from integration.core.templatetags.desk import badge, minor
from integration.exports import Column
from reconciliation import ageing
from reconciliation.control import controls
from reconciliation.gateways import gateway_title
from reconciliation.models import Difference


def control_title(slug: str) -> str:
    return controls()[slug].title if slug in controls() else slug


def category_title(row: Difference) -> str:
    """The words of the category; its slug when the control no longer has it."""
    control = controls().get(row.control)
    found = {one.slug: one.title for one in control.categories} if control else {}
    return found.get(row.category, row.category)


def side(values: dict[str, str]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in values.items())


class DifferenceTable(tables.Table):
    """Newest first."""

    tick = tables.TemplateColumn(
        '<input type="checkbox" name="pk" value="{{ record.pk }}"'
        ' aria-label="Select {{ record.title }}">',
        verbose_name="",
        orderable=False,
        attrs={"th": {"class": "tick"}, "td": {"class": "tick"}},
    )
    title = tables.Column("What differs")
    control = tables.Column("Control")
    category = tables.Column("Kind")
    state = tables.Column("State")
    amount = MoneyColumn("Amount", "amount")
    gateway = tables.Column("Gateway", default="–")
    day = tables.DateColumn(format="j M Y", verbose_name="Day", attrs={"td": {"class": "nowrap"}})
    age = tables.Column("Age", accessor="day", order_by=("-day",), attrs=NUMBER)

    class Meta:
        model = Difference
        fields: tuple[str, ...] = ()
        sequence = (
            "tick", "title", "control", "category", "state", "amount", "gateway", "day",
            "age",
        )  # fmt: skip

    def render_title(self, record: Difference) -> SafeString:
        return format_html(
            '<a data-main href="{}">{}</a>', reverse("difference", args=[record.pk]), record.title
        )

    def render_control(self, value: str) -> str:
        return control_title(value)

    def render_category(self, record: Difference) -> str:
        return category_title(record)

    def render_state(self, record: Difference) -> SafeString:
        return badge(record.state, record.get_state_display())

    def render_amount(self, record: Difference) -> str:
        return minor(record.amount, record.currency)

    def render_gateway(self, value: str) -> str:
        return gateway_title(value)

    def render_age(self, value: date) -> str:
        return ageing.in_days(value)


COLUMNS: tuple[Column[Difference], ...] = (
    Column("Difference", lambda row: row.pk),
    Column("Control", lambda row: control_title(row.control)),
    Column("Kind", category_title),
    Column("What differs", lambda row: row.title),
    Column("Key", lambda row: row.key),
    Column("State", lambda row: row.get_state_display()),
    Column("Amount", lambda row: from_minor(row.amount, row.currency) if row.currency else None),
    Column("Currency", lambda row: row.currency),
    Column("Gateway", lambda row: row.gateway),
    Column("Campaign", lambda row: row.campaign),
    Column("Day", lambda row: row.day),
    Column("Left", lambda row: side(row.left)),
    Column("Right", lambda row: side(row.right)),
    Column("Nearly matched by", lambda row: row.near_reason),
    Column("First seen", lambda row: row.first_seen_at),
    Column("Closed", lambda row: row.closed_at),
    Column("Closed by", lambda row: row.closed_by),
)
