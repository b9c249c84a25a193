"""Columns of the list of matches, on the page and in the exports."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integration.core.money import from_minor
from integration.core.tables import MoneyColumn
from integration.core.templatetags.desk import minor
from integration.exports import Column
from reconciliation import match
from reconciliation.models import Match


def line_in_words(row: Match) -> str:
    """The first line of the match, and how many more are in it."""
    return f"{row.line.line_id}{_more(row, 'line_id')}" if row.line else ""


def document_in_words(row: Match) -> str:
    return f"{row.document}{_more(row, 'document_id')}" if row.document else ""


def _more(row: Match, side: str) -> str:
    more = sum(getattr(part, side) is not None for part in getattr(row, "parts", []))
    return f" and {more} more" if more else ""


class MatchTable(tables.Table):
    """Newest first."""

    id = tables.Column("Match")
    rule = tables.Column("Rule")
    line = tables.Column("Line", orderable=False, default="–", attrs={"td": {"class": "breakable"}})
    document = tables.Column("Document", orderable=False, default="–")
    left_total = MoneyColumn("Lines", "left_total")
    right_total = MoneyColumn("Documents", "right_total")
    difference = MoneyColumn("Difference", "difference")
    day = tables.DateColumn(format="j M Y", verbose_name="Day", attrs={"td": {"class": "nowrap"}})
    made_by_name = tables.Column("Made by", attrs={"td": {"class": "nowrap"}})

    class Meta:
        model = Match
        fields: tuple[str, ...] = ()

    def render_id(self, record: Match) -> SafeString:
        url = reverse("match", args=[record.pk])
        return format_html('<a data-main href="{}">{}</a>', url, record.pk)

    def render_rule(self, value: str) -> str:
        return match.title_of(value)

    def render_line(self, record: Match) -> str:
        return line_in_words(record)

    def render_document(self, record: Match) -> SafeString:
        """The document on one line, so that the rule has room."""
        more = _more(record, "document_id")
        return format_html('<span class="nowrap">{}</span>{}', record.document, more)

    def render_left_total(self, record: Match) -> str:
        return minor(record.left_total, record.currency)

    def render_right_total(self, record: Match) -> str:
        return minor(record.right_total, record.currency)

    def render_difference(self, record: Match) -> str:
        return minor(record.difference, record.currency) if record.difference else "–"


COLUMNS: tuple[Column[Match], ...] = (
    Column("Match", lambda row: row.pk),
    Column("Rule", lambda row: match.title_of(row.rule)),
    Column("Line", lambda row: line_in_words(row)),
    Column("Document", lambda row: document_in_words(row)),
    Column("Day", lambda row: row.day),
    Column("Currency", lambda row: row.currency),
    Column("Lines", lambda row: from_minor(row.left_total, row.currency)),
    Column("Documents", lambda row: from_minor(row.right_total, row.currency)),
    Column("Difference", lambda row: from_minor(row.difference, row.currency)),
    Column(
        "Exchange difference",
        lambda row: from_minor(row.fx_difference, row.fx_currency) if row.fx_difference else None,
    ),
    Column("Its currency", lambda row: row.fx_currency if row.fx_difference else ""),
    Column("Booked to", lambda row: row.account_code),
    Column("Made by", lambda row: row.made_by_name),
    Column("Made at", lambda row: row.made_at),
    Column("Reason", lambda row: row.reason),
    Column("Undone", lambda row: row.undone_at),
    Column("Undone by", lambda row: row.undone_by_name),
)
