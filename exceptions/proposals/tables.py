"""Columns of the lists of proposals and of differences."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integration.core.personal import masked
from integration.core.tables import NUMBER
from integration.core.templatetags.desk import age, badge
from integration.ownership.fields import FIELDS, label_of
from integration.ownership.models import Drift, Keeper, Proposal

_TONES = {
    Drift.State.UNDER_WAY: "waiting",
    Drift.State.PROPOSED: "waiting",
    Drift.State.STUCK: "late",
    Drift.State.CONSENT: "held",
    Drift.State.GONE: "late",
}


def shown(field: str, value: str, *, personal: bool) -> str:
    """The value as the reader may see it."""
    known = FIELDS.get(field)
    if not value:
        return "–"
    return value if personal or (known and not known.personal) else masked(value)


class _Customers(tables.Table):
    """`personal`: the reader may see personal data."""

    def __init__(self, *args: Any, personal: bool = False, **kwargs: Any) -> None:
        self.personal = personal
        super().__init__(*args, **kwargs)

    def render_field(self, record: Proposal | Drift) -> str:
        return label_of(record.field)

    def render_name(self, value: str) -> str:
        return value if self.personal else masked(value)


class ProposalTable(_Customers):
    tick = tables.TemplateColumn(
        '{% if record.state == "open" %}<input type="checkbox" name="pk"'
        ' value="{{ record.pk }}:{{ record.version }}"'
        ' aria-label="Select {{ record.get_field_display }} of {{ record.contact_key }}">{% endif %}',
        verbose_name="",
        orderable=False,
        attrs={"th": {"class": "tick"}, "td": {"class": "tick"}},
    )
    name = tables.Column("Customer", default="–")
    field = tables.Column("Field")
    current = tables.Column("The owner says", empty_values=())
    proposed = tables.Column("Proposed", empty_values=())
    source = tables.Column("Changed in")
    state = tables.Column("State")
    created_at = tables.Column("Age", attrs=NUMBER)

    class Meta:
        model = Proposal
        fields: tuple[str, ...] = ()
        sequence = (
            "tick", "name", "field", "current", "proposed", "source", "state", "created_at",
        )  # fmt: skip
        order_by = ("-created_at",)

    def render_name(self, value: str, record: Proposal | None = None) -> SafeString:
        name = value if self.personal else masked(value)
        if record is None:
            return format_html("{}", name)
        return format_html(
            '<a data-main href="/customers/proposals/{}/">{}</a>'
            '<div class="small quiet">{} · {}</div>',
            record.pk,
            name,
            record.contact_key,
            record.account_code,
        )

    def render_current(self, record: Proposal) -> str:
        return shown(record.field, record.current, personal=self.personal)

    def render_proposed(self, record: Proposal) -> str:
        return shown(record.field, record.proposed, personal=self.personal)

    def render_state(self, record: Proposal) -> SafeString:
        return badge(record.state, record.get_state_display())

    def render_created_at(self, record: Proposal) -> str:
        return age(record.created_at)


class DriftTable(_Customers):
    name = tables.Column("Customer", default="–")
    field = tables.Column("Field")
    sfmc_value = tables.Column("In Marketing Cloud", empty_values=())
    prima_value = tables.Column("In Prima", empty_values=())
    owner = tables.Column("Kept by", default="–")
    state = tables.Column("What happens")
    first_seen_at = tables.Column("Age", attrs=NUMBER)

    class Meta:
        model = Drift
        fields: tuple[str, ...] = ()
        order_by = ("-first_seen_at",)

    def render_name(self, value: str, record: Drift | None = None) -> SafeString:
        name = value if self.personal else masked(value)
        if record is None:
            return format_html("{}", name)
        return format_html(
            '{}<div class="small quiet">{} · {}</div>',
            name,
            record.contact_key,
            record.account_code,
        )

    def render_sfmc_value(self, record: Drift) -> str:
        return shown(record.field, record.sfmc_value, personal=self.personal)

    def render_prima_value(self, record: Drift) -> str:
        return shown(record.field, record.prima_value, personal=self.personal)

    def render_owner(self, value: str) -> str:
        return str(Keeper(value).label) if value in Keeper.values else value

    def render_state(self, record: Drift) -> SafeString:
        if record.healed_at is not None:
            return badge("done", "Healed")
        return badge(_TONES[Drift.State(record.state)], record.get_state_display())

    def render_first_seen_at(self, record: Drift) -> str:
        return age(record.first_seen_at)
