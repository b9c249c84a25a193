"""Columns of the list of opt-outs under way, and of the events of the ledger."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from exceptions.consent.proof import shown_name
from integration.consent.models import Propagation
from integration.core.tables import NUMBER
from integration.core.templatetags.desk import badge

TONES = {"done": "resolved", "nobody": "paused"}


class PropagationTable(tables.Table):
    """The oldest first. `address` is annotated by the page."""

    seen_at = tables.DateTimeColumn(verbose_name="Arrived", format="j M Y, H:i:s")
    address = tables.Column("Address", orderable=False, empty_values=())
    what = tables.Column("What was said", orderable=False, empty_values=())
    target = tables.Column("To")
    step = tables.Column("Where it stands")
    written_at = tables.DateTimeColumn(verbose_name="Written", format="j M, H:i:s", default="–")
    left_at = tables.DateTimeColumn(
        verbose_name="Out of journeys", format="j M, H:i:s", default="–"
    )
    confirmed_at = tables.DateTimeColumn(verbose_name="Confirmed", format="j M, H:i:s", default="–")
    attempts = tables.Column("Tried again", attrs=NUMBER)
    last_error = tables.Column("Last message", orderable=False)

    def __init__(self, *args: Any, personal: bool = False, **kwargs: Any) -> None:
        self.personal = personal
        super().__init__(*args, **kwargs)

    class Meta:
        model = Propagation
        fields: tuple[str, ...] = ()
        order_by = ("seen_at",)

    def render_address(self, record: Propagation) -> SafeString:
        address = str(getattr(record, "address", "") or "")
        return format_html(
            '<a data-main href="{}">{}</a>',
            reverse("consent-person", args=[record.event.address_hash]),
            shown_name(address, personal=self.personal) or "(erased)",
        )

    def render_what(self, record: Propagation) -> str:
        event = record.event
        return f"{event.get_action_display()}, {event.get_channel_display().lower()}"

    def render_step(self, record: Propagation) -> SafeString:
        return badge(TONES.get(record.step, "waiting"), record.get_step_display())

    def render_target(self, record: Propagation) -> str:
        return str(record.get_target_display())
