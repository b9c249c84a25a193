"""Columns of the list of bookings of the bank."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from integration.core.personal import masked
from integration.core.tables import MoneyColumn
from integration.core.templatetags.desk import badge
from reconciliation.bookings import payouts_of
from reconciliation.gateways import gateway_title
from reconciliation.models import BankLine
from reconciliation.tables.payouts import LONG, WHOLE
from reconciliation.templatetags.waterfalls import minor


class BankTable(tables.Table):
    """Newest first. What the bank wrote of a booking that is no payout is masked unless `personal`:
    it may be a person's name."""

    booked_on = tables.Column("Booked", attrs=WHOLE)
    account = tables.Column("Account", attrs=WHOLE)
    text = tables.Column("Text of the bank", orderable=False, default="–", attrs=LONG)
    amount = MoneyColumn("Amount", "amount")
    paid = tables.Column("Payout", empty_values=(), orderable=False)
    file = tables.Column("File", orderable=False, attrs=LONG)

    class Meta:
        model = BankLine
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, personal: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.personal = personal

    def render_booked_on(self, record: BankLine) -> SafeString:
        booked = date_format(record.booked_on, "j M Y")
        if record.value_on in (None, record.booked_on):
            return format_html("{}", booked)
        value = date_format(record.value_on, "j M Y")
        return format_html('{}<div class="small quiet">value {}</div>', booked, value)

    def render_text(self, value: str, record: BankLine) -> str:
        return value if self.personal or payouts_of(record) else masked(value)

    def render_amount(self, record: BankLine) -> str:
        return minor(record.amount, record.currency)

    def render_paid(self, record: BankLine) -> SafeString:
        paid = payouts_of(record)
        if not paid:
            return badge("paused", "No payout")
        return format_html_join(
            ", ",
            '<a href="{}">{} {}</a>',
            (
                (
                    reverse("payout", args=[each.payout_id]),
                    gateway_title(each.payout.gateway),
                    each.payout.payout_id,
                )
                for each in paid
            ),
        )

    def render_file(self, record: BankLine) -> SafeString:
        url = reverse("payout-file", args=[record.file_id])
        return format_html('<a href="{}">{}</a>', url, record.file.name)
