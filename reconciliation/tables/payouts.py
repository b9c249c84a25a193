"""Columns of the lists of files and payouts."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integration.core.personal import masked
from integration.core.tables import NUMBER, MoneyColumn
from integration.core.templatetags.desk import badge, monies_stacked
from reconciliation.gateways import gateway_title
from reconciliation.importing.mappings import title_of
from reconciliation.models import GatewayLine, Payout, StatementFile
from reconciliation.payouts import MATCHABLE, at_bank, state_of
from reconciliation.templatetags.waterfalls import minor

LONG = {"td": {"class": "breakable"}}
MAIN = {"td": {"class": "breakable main"}}
"""Of what a row is known by: most of them stay on one line."""
WHOLE = {"td": {"class": "nowrap"}}
TONES = {
    "reading": "running",
    "preview": "waiting",
    "imported": "done",
    "held": "held",
    "refused": "refused",
    "discarded": "dismissed",
}


class FileTable(tables.Table):
    """Newest first."""

    name = tables.Column("File")
    format = tables.Column("Recognised as", default="–")
    state = tables.Column("State")
    lines = tables.Column("Lines", attrs=NUMBER)
    totals = tables.Column("Net", orderable=False, attrs=NUMBER, default="–")
    uploaded_by_name = tables.Column("Brought by")
    uploaded_at = tables.DateTimeColumn(verbose_name="When", format="j M Y, H:i")

    class Meta:
        model = StatementFile
        fields: tuple[str, ...] = ()
        order_by = ("-uploaded_at",)

    def render_name(self, record: StatementFile) -> SafeString:
        return format_html(
            '<a data-main href="{}">{}</a>', reverse("payout-file", args=[record.pk]), record.name
        )

    def render_format(self, value: str) -> str:
        return title_of(value)

    def render_state(self, record: StatementFile) -> SafeString:
        return badge(TONES[record.state], record.get_state_display())

    def render_lines(self, value: int) -> str:
        return f"{value:,}"

    def render_totals(self, value: dict[str, str]) -> SafeString:
        return monies_stacked(value)


class PayoutTable(tables.Table):
    """Newest first."""

    payout_id = tables.Column("Payout", attrs=MAIN)
    gateway = tables.Column("Gateway")
    account = tables.Column("Account", default="–", attrs=LONG)
    paid_on = tables.DateColumn(verbose_name="Paid", format="j M Y", attrs=WHOLE)
    line_count = tables.Column("Lines", attrs=NUMBER)
    stated = MoneyColumn("Paid out", "stated", default="not stated")
    computed = MoneyColumn("Lines come to", "computed")
    matched = tables.Column("Matched", empty_values=(), orderable=False)
    bank = tables.Column("Bank", empty_values=(), orderable=False)

    class Meta:
        model = Payout
        fields: tuple[str, ...] = ()
        order_by = ("-paid_on",)

    def render_payout_id(self, record: Payout) -> SafeString:
        return format_html(
            '<a data-main href="{}">{}</a>', reverse("payout", args=[record.pk]), record.payout_id
        )

    def render_gateway(self, value: str) -> str:
        return gateway_title(value)

    def render_stated(self, record: Payout) -> str:
        return minor(record.stated, record.currency)

    def render_computed(self, record: Payout) -> SafeString | str:
        amount = minor(record.computed, record.currency)
        if record.line_count and record.stated not in (None, record.computed):
            return format_html("{} {}", amount, badge("bad", "Differs"))
        return amount if record.line_count else "–"

    def render_line_count(self, value: int) -> str:
        return f"{value:,}"

    def render_matched(self, record: Payout) -> SafeString:
        return badge(*state_of(record))

    def render_bank(self, record: Payout) -> SafeString:
        return badge(*at_bank(record))


class LineTable(tables.Table):
    """Newest import first. E-mail addresses are masked unless `personal`."""

    line_id = tables.Column("Line", attrs=LONG)
    gateway = tables.Column("Gateway")
    kind = tables.Column("Kind")
    booked_on = tables.DateColumn(verbose_name="Day", format="j M Y", attrs=WHOLE)
    reference = tables.Column("Reference", default="–", attrs=LONG)
    customer_email = tables.Column("Customer", default="–", attrs=LONG)
    payout = tables.Column("Payout", orderable=False, default="–", attrs=LONG)
    gross = MoneyColumn("Gross", "gross")
    fee = MoneyColumn("Fee", "fee")
    net = MoneyColumn("Net", "net")
    is_matched = tables.Column("Match", orderable=False)

    class Meta:
        model = GatewayLine
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, personal: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.personal = personal

    def render_gateway(self, value: str) -> str:
        return gateway_title(value)

    def render_kind(self, value: str) -> str:
        return value.replace("_", " ").capitalize()

    def render_customer_email(self, value: str) -> str:
        return value if self.personal else masked(value)

    def render_payout(self, value: Payout) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("payout", args=[value.pk]), value.payout_id
        )

    def render_gross(self, record: GatewayLine) -> str:
        return minor(record.gross, record.currency)

    def render_fee(self, record: GatewayLine) -> str:
        return minor(record.fee, record.currency)

    def render_net(self, record: GatewayLine) -> str:
        return minor(record.net, record.currency)

    def render_is_matched(self, value: bool, record: GatewayLine) -> SafeString:
        if value:
            return badge("done", "Matched")
        if getattr(record, "is_adjusted", False):
            return badge("adjusted", "Adjusted")
        if record.kind not in MATCHABLE:
            return badge("paused", "Needs none")
        url = f"{reverse('matching')}?at={record.pk}"
        return format_html('<a data-main href="{}">{}</a>', url, badge("open", "Open"))
