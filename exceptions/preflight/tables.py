"""Columns of the campaigns that were checked, and of what a run found."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from exceptions.preflight.check import check_of
from exceptions.preflight.models import PreflightFinding, Verdict
from exceptions.preflight.remedies import Remedy
from integration.core.personal import masked
from integration.core.templatetags.desk import badge
from integration.exports import Column

STATES = {Verdict.GO: "ok", Verdict.CARE: "partly", Verdict.NO_GO: "failed"}


def verdict(value: str) -> SafeString | str:
    """The verdict as a badge; nothing while there is none."""
    return badge(STATES[Verdict(value)], str(Verdict(value).label)) if value else ""


def title_of(slug: str) -> str:
    check = check_of(slug)
    return check.title if check else slug


class FindingTable(tables.Table):
    """`remedies` by finding; names are masked for those who need not see them."""

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
        return title_of(value)

    def render_severity(self, record: PreflightFinding) -> SafeString | str:
        return verdict(record.severity)

    def render_label(self, record: PreflightFinding) -> str:
        is_contact = bool(record.facts.get("contact_key"))
        return record.label if self.personal or not is_contact else masked(record.label)

    def render_remedy(self, record: PreflightFinding) -> SafeString | str:
        remedy = self.remedies.get(record.pk)
        return format_html('<a href="{}">{}</a>', remedy.url, remedy.label) if remedy else ""


COLUMNS: tuple[Column[PreflightFinding], ...] = (
    Column("Check", lambda one: title_of(one.check_slug)),
    Column("Verdict", lambda one: str(Verdict(one.severity).label)),
    Column("What", lambda one: one.subject),
    Column("Name", lambda one: one.label, personal=True),
    Column("What would happen", lambda one: one.message),
    Column("Kind", lambda one: one.code),
)
