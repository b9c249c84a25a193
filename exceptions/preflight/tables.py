"""Columns of the campaigns that were checked, and of what a run found."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from exceptions.preflight import telling
from exceptions.preflight.models import PreflightFinding, Verdict
from exceptions.preflight.remedies import Remedy
from integration.core.templatetags.desk import badge
from integration.exports import Column

STATES = {Verdict.GO: "ok", Verdict.CARE: "partly", Verdict.NO_GO: "failed"}


def verdict(value: str) -> SafeString | str:
    """The verdict as a badge; nothing while there is none."""
    return badge(STATES[Verdict(value)], str(Verdict(value).label)) if value else ""


class FindingTable(tables.Table):
    """`remedies` by finding; what is personal is masked for those who may not see it."""

    check_slug = tables.Column(verbose_name="Check")
    severity = tables.Column(verbose_name="Verdict")
    subject = tables.Column(verbose_name="What")
    label = tables.Column(verbose_name="Name")
    message = tables.Column(verbose_name="What would happen", orderable=False)
    remedy = tables.Column(
        verbose_name="Remedy",
        empty_values=(),
        orderable=False,
        attrs={"td": {"class": "nowrap"}},
    )

    class Meta:
        model = PreflightFinding
        fields = ("check_slug", "severity", "subject", "label", "message")
        attrs = {"class": "data"}

    def __init__(
        self, *args: Any, remedies: dict[int, Remedy], personal: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.remedies, self.personal = remedies, personal

    def render_check_slug(self, value: str) -> str:
        return telling.title_of(value)

    def render_severity(self, record: PreflightFinding) -> SafeString | str:
        return verdict(record.severity)

    def render_subject(self, record: PreflightFinding) -> str:
        return telling.subject(record, personal=self.personal)

    def render_label(self, record: PreflightFinding) -> str:
        return telling.name(record, personal=self.personal)

    def render_message(self, record: PreflightFinding) -> str:
        return telling.message(record, personal=self.personal)

    def render_remedy(self, record: PreflightFinding) -> SafeString | str:
        remedy = self.remedies.get(record.pk)
        return format_html('<a href="{}">{}</a>', remedy.url, remedy.label) if remedy else ""


def columns(*, personal: bool) -> tuple[Column[PreflightFinding], ...]:
    """Of the export."""
    return (
        Column("Check", lambda one: telling.title_of(one.check_slug)),
        Column("Verdict", lambda one: str(Verdict(one.severity).label)),
        Column("What", lambda one: telling.subject(one, personal=personal)),
        Column("Name", lambda one: telling.name(one, personal=personal)),
        Column("What would happen", lambda one: telling.message(one, personal=personal)),
        Column("Kind", lambda one: one.code),
    )
