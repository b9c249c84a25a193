"""Columns of the list of adjustments, on the page and in the exports."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core.money import from_minor
from integration.core.tables import MoneyColumn
from integration.core.templatetags.desk import age, badge, minor
from integration.exports import Column
from reconciliation import adjustments
from reconciliation.limits import Limits
from reconciliation.models import Adjustment


class AdjustmentTable(tables.Table):
    """Oldest proposal first, each with what this person may do about it."""

    tick = tables.Column(
        verbose_name="",
        empty_values=(),
        orderable=False,
        attrs={"th": {"class": "tick"}, "td": {"class": "tick"}},
    )
    kind = tables.Column("Proposal")
    difference = tables.Column("Difference", empty_values=(), orderable=False)
    amount = MoneyColumn("Amount", "amount")
    account_code = tables.Column("Ledger account", default="–")
    day = tables.DateColumn(format="j M Y", verbose_name="Day", attrs={"td": {"class": "nowrap"}})
    state = tables.Column("State")
    proposed_at = tables.Column("Proposed")
    decided_at = tables.Column("Decided", empty_values=())

    class Meta:
        model = Adjustment
        fields: tuple[str, ...] = ()
        order_by = ("proposed_at",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        hidden = () if user.may(May.DECIDE_APPROVALS) else ("tick",)
        super().__init__(*args, exclude=hidden, **kwargs)
        self.user, self.limits = user, Limits.now()

    def render_tick(self, record: Adjustment) -> SafeString | str:
        if adjustments.why_not(record, self.user):
            return ""
        return format_html(
            '<input type="checkbox" name="pk" value="{}" aria-label="Select {}">', record.pk, record
        )

    def render_kind(self, record: Adjustment) -> SafeString:
        hint = self._hint(record)
        return format_html(
            '{}<div class="small quiet">“{}”</div>{}',
            record.get_kind_display(),
            record.reason,
            format_html('<div class="small">{}</div>', hint) if hint else "",
        )

    def render_difference(self, record: Adjustment) -> SafeString | str:
        if record.difference is None:
            return str(record.payload.get("words", "–"))
        url = reverse("difference", args=[record.difference.pk])
        return format_html('<a data-main href="{}">{}</a>', url, record.difference)

    def render_amount(self, record: Adjustment) -> str:
        return minor(record.amount, record.currency)

    def render_state(self, record: Adjustment) -> SafeString:
        return badge(record.state, record.get_state_display())

    def render_proposed_at(self, record: Adjustment) -> SafeString:
        return format_html(
            '{}<div class="small quiet">{} ago</div>{}',
            record.proposer_name,
            age(record.proposed_at),
            self._withdraw(record),
        )

    def render_decided_at(self, record: Adjustment) -> SafeString | str:
        if record.decided_at is None:
            return "–"
        note = f" · “{record.decision_note}”" if record.decision_note else ""
        return format_html(
            '{}<div class="small quiet">{}{}</div>',
            record.decider_name,
            f"{localtime(record.decided_at):%-d %b %Y, %H:%M}",
            note,
        )

    def _hint(self, record: Adjustment) -> str:
        """Why this person cannot approve it, and who can."""
        is_open = record.state == Adjustment.State.PROPOSED
        if not is_open or not self.user.may(May.DECIDE_APPROVALS):
            return ""
        return adjustments.why_not_approve(record, self.user, self.limits)

    def _withdraw(self, record: Adjustment) -> SafeString | str:
        """For the proposer; the button sends the form of the list to another address."""
        if record.state != Adjustment.State.PROPOSED or record.proposer_id != self.user.pk:
            return ""
        return format_html(
            '<button class="btn btn-link btn-sm p-0 noprint" formaction="{}"'
            ' aria-label="Withdraw {}">Withdraw</button>',
            reverse("adjustment-withdraw", args=[record.pk]),
            record,
        )


COLUMNS: tuple[Column[Adjustment], ...] = (
    Column("Adjustment", lambda row: row.pk),
    Column("Kind", lambda row: row.get_kind_display()),
    Column("Difference", lambda row: row.difference.title if row.difference else ""),
    Column("Key", lambda row: row.difference.key if row.difference else ""),
    Column("Amount", lambda row: from_minor(row.amount, row.currency) if row.currency else None),
    Column("Currency", lambda row: row.currency),
    Column("Company", lambda row: row.company),
    Column("Day", lambda row: row.day),
    Column("Ledger account", lambda row: row.account_code),
    Column("Until", lambda row: row.payload.get("until", "")),
    Column("Reason", lambda row: row.reason),
    Column("State", lambda row: row.get_state_display()),
    Column("Proposed by", lambda row: row.proposer_name),
    Column("Proposed at", lambda row: row.proposed_at),
    Column("Decided by", lambda row: row.decider_name),
    Column("Decided at", lambda row: row.decided_at),
    Column("Note", lambda row: row.decision_note),
)
