"""Columns of a list of cases."""

from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from exceptions.kind import kind_of
from exceptions.models import ExceptionCase
from exceptions.words import known_as
from integration.core.tables import NUMBER, MoneyColumn
from integration.core.templatetags.desk import age, badge, monies_stacked


class CaseTable(tables.Table):
    """By currency, most money first; each column tells one fact.

    `personal`: whom a case is about is named beside its title, which never names anybody.
    """

    tick = tables.TemplateColumn(
        '<input type="checkbox" name="pk" value="{{ record.pk }}"'
        ' aria-label="Select {{ record.title }}">',
        verbose_name="",
        orderable=False,
        attrs={"th": {"class": "tick"}, "td": {"class": "tick"}},
    )
    title = tables.Column("What is wrong", order_by=("title",))
    kind = tables.Column("Queue")
    status = tables.Column("State")
    open_count = tables.Column("Orders waiting", attrs=NUMBER)
    value = MoneyColumn(
        "Value waiting", "sort_value", currency="sort_currency", accessor="value_waiting"
    )
    first_seen_at = tables.Column("Age", attrs=NUMBER)
    assignee = tables.Column("Assigned to", default="–")

    class Meta:
        model = ExceptionCase
        fields: tuple[str, ...] = ()
        sequence = (
            "tick",
            "title",
            "kind",
            "status",
            "open_count",
            "value",
            "first_seen_at",
            "assignee",
        )
        order_by = ("-value",)

    def __init__(self, *args: Any, personal: bool = False, **kwargs: Any) -> None:
        self.personal = personal
        super().__init__(*args, **kwargs)

    def render_title(self, record: ExceptionCase) -> SafeString:
        back = " <span class='quiet small'>came back</span>" if record.regressions else ""
        return format_html(
            '<a data-main href="/cases/{}/">{}</a>{}{}',
            record.pk,
            record.title,
            SafeString(back),
            self._about(record),
        )

    def _about(self, record: ExceptionCase) -> SafeString:
        known = known_as(record.facts, kind_of(record.kind).personal) if self.personal else ""
        return format_html('<div class="small quiet">{}</div>', known) if known else SafeString("")

    def render_kind(self, value: str) -> str:
        return kind_of(value).plural

    def render_status(self, record: ExceptionCase) -> SafeString:
        return badge(record.status, record.get_status_display())

    def render_value(self, value: dict[str, Any]) -> SafeString:
        return monies_stacked(value)

    def render_first_seen_at(self, record: ExceptionCase) -> SafeString | str:
        due = record.first_seen_at + kind_of(record.kind).due
        if record.closed_at is None and due < timezone.now():
            return format_html("{} {}", age(record.first_seen_at), badge("late", "Overdue"))
        return age(record.first_seen_at)
