"""Columns of the lists about customers, on the pages and in the exports."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connectors.sync.identity.ladder import STEPS
from integration.core.personal import masked
from integration.core.tables import NUMBER
from integration.core.templatetags.desk import badge
from integration.exports import Column
from integration.identity.models import Candidate, Customer, Distinction, LinkOutcome


class Masking(tables.Table):
    """A table that knows whether its reader may see personal data."""

    def __init__(self, *args: Any, personal: bool = False, **kwargs: Any) -> None:
        self.personal = personal
        super().__init__(*args, **kwargs)


class CustomerTable(Masking):
    """In the order in which they became customers."""

    name = tables.Column("Customer", empty_values=())
    contact_key = tables.Column("Contact key", default="–")
    account_code = tables.Column("Account", default="–")
    uid = tables.Column("Durable key", attrs={"td": {"class": "mono small nowrap"}})
    created_at = tables.DateTimeColumn(verbose_name="Since", format="j M Y")

    class Meta:
        model = Customer
        fields: tuple[str, ...] = ()
        sequence = ("name", "contact_key", "account_code", "uid", "created_at")

    def render_name(self, record: Customer) -> SafeString:
        name = record.name if self.personal else masked(record.name)
        merged = badge("dismissed", "merged") if record.merged_into_id else ""
        url = reverse("customer", args=[record.pk])
        return format_html('<a data-main href="{}">{}</a> {}', url, name or "(no name)", merged)


CUSTOMERS: tuple[Column[Customer], ...] = (
    Column("Durable key", lambda row: str(row.uid)),
    Column("Customer", lambda row: row.name, personal=True),
    Column("Contact key", lambda row: getattr(row, "contact_key", None) or ""),
    Column("Account", lambda row: getattr(row, "account_code", None) or ""),
    Column("Since", lambda row: row.created_at),
    Column("Merged into", lambda row: str(row.merged_into_id or "")),
)


def _told(record: Candidate | LinkOutcome, name: str) -> str:
    """What `reads.named` has put beside the row."""
    return getattr(record, name, None) or ""


class Pairs(Masking):
    """A contact and an account in a row, as `reads.named` has them."""

    def _who(self, record: Candidate | LinkOutcome, side: str, key: str) -> tuple[str, SafeString]:
        """The name, or the key of who has none; and below it the key and the e-mail address."""
        name, email = _told(record, f"{side}_name"), _told(record, f"{side}_email")
        if not self.personal:
            name, email = masked(name), masked(email)
        below = " · ".join(part for part in (key if name else "", email) if part)
        return name or key, format_html('<div class="small quiet">{}</div>', below)


class CandidateTable(Pairs):
    """The likeliest first."""

    tick = tables.TemplateColumn(
        '{% if record.state == "open" %}<input type="checkbox" name="pk" value="{{ record.pk }}"'
        ' aria-label="Select {{ record }}">{% endif %}',
        verbose_name="",
        orderable=False,
        attrs={"th": {"class": "tick"}, "td": {"class": "tick"}},
    )
    contact_key = tables.Column("Contact")
    account_code = tables.Column("Account")
    score = tables.Column("Score", attrs=NUMBER)
    reasons = tables.Column("What speaks for it", orderable=False)
    state = tables.Column("State")
    found_at = tables.DateTimeColumn(
        verbose_name="Found", format="j M Y", attrs={"td": {"class": "nowrap"}}
    )

    class Meta:
        model = Candidate
        fields: tuple[str, ...] = ()

    def render_contact_key(self, record: Candidate) -> SafeString:
        url = f"{reverse('link-review')}?at={record.pk}"
        if record.state != Candidate.State.OPEN:
            url = reverse("contact-identity", args=[record.contact_key])
        who = self._who(record, "contact", record.contact_key)
        return format_html('<a data-main href="{}">{}</a>{}', url, *who)

    def render_account_code(self, record: Candidate) -> SafeString:
        return format_html("{}{}", *self._who(record, "account", record.account_code))

    def render_reasons(self, record: Candidate) -> str:
        told = " · ".join(record.reasons) or "–"
        return f"{told} · others fit as well" if record.several else told

    def render_state(self, record: Candidate) -> SafeString:
        return badge(record.state, record.get_state_display())


CANDIDATES: tuple[Column[Candidate], ...] = (
    Column("Contact", lambda row: row.contact_key),
    Column("Name of the contact", lambda row: _told(row, "contact_name"), personal=True),
    Column("E-mail of the contact", lambda row: _told(row, "contact_email"), personal=True),
    Column("Account", lambda row: row.account_code),
    Column("Name of the account", lambda row: _told(row, "account_name"), personal=True),
    Column("E-mail of the account", lambda row: _told(row, "account_email"), personal=True),
    Column("Score", lambda row: row.score),
    Column("Could be several", lambda row: "yes" if row.several else "no"),
    Column("What speaks for it", lambda row: "; ".join(row.reasons)),
    Column("State", lambda row: row.get_state_display()),
    Column("Found", lambda row: row.found_at),
    Column("Decided by", lambda row: row.decided_by),
    Column("Decided", lambda row: row.decided_at),
    Column("Note", lambda row: row.note),
)


class DistinctionTable(tables.Table):
    """The newest first."""

    one = tables.Column("This key")
    other = tables.Column("is not")
    reason = tables.Column("Why", default="–")
    decided_by = tables.Column("Decided by")
    decided_at = tables.DateTimeColumn(verbose_name="When", format="j M Y")
    withdrawn_at = tables.Column("", orderable=False, empty_values=())

    def __init__(self, *args: Any, may_decide: bool = False, **kwargs: Any) -> None:
        self.may_decide = may_decide
        super().__init__(*args, **kwargs)

    class Meta:
        model = Distinction
        fields: tuple[str, ...] = ()

    def render_one(self, value: str) -> str:
        return in_words(value)

    def render_other(self, value: str) -> str:
        return in_words(value)

    def render_withdrawn_at(self, record: Distinction) -> SafeString:
        if record.withdrawn_at is not None:
            return badge("dismissed", f"taken back by {record.withdrawn_by}")
        if not self.may_decide:
            return badge("signed", "holds")
        return format_html(
            '<button class="btn btn-plain btn-sm" formaction="{}">Take back</button>',
            reverse("apart-back", args=[record.pk]),
        )


DISTINCTIONS: tuple[Column[Distinction], ...] = (
    Column("This key", lambda row: in_words(row.one)),
    Column("is not", lambda row: in_words(row.other)),
    Column("Why", lambda row: row.reason),
    Column("Decided by", lambda row: row.decided_by),
    Column("When", lambda row: row.decided_at),
    Column("Taken back by", lambda row: row.withdrawn_by),
    Column("Taken back", lambda row: row.withdrawn_at),
)


class OutcomeTable(Pairs):
    """In the order of the contacts."""

    contact_key = tables.Column("Contact", default="–")
    account_code = tables.Column("Account", default="–")
    outcome = tables.Column("What came of it")
    step = tables.Column("By which step", default="–")
    score = tables.Column("Score", attrs=NUMBER)
    reasons = tables.Column("What speaks for it", orderable=False)

    class Meta:
        model = LinkOutcome
        fields: tuple[str, ...] = ()

    def render_contact_key(self, record: LinkOutcome) -> SafeString:
        url = reverse("contact-identity", args=[record.contact_key])
        who = self._who(record, "contact", record.contact_key)
        return format_html('<a data-main href="{}">{}</a>{}', url, *who)

    def render_account_code(self, record: LinkOutcome) -> SafeString:
        return format_html("{}{}", *self._who(record, "account", record.account_code))

    def render_step(self, value: str) -> str:
        return STEPS.get(value, value)

    def render_score(self, value: int) -> str:
        return str(value) if value else "–"

    def render_reasons(self, record: LinkOutcome) -> str:
        return " · ".join(record.reasons) or "–"


OUTCOMES: tuple[Column[LinkOutcome], ...] = (
    Column("Contact", lambda row: row.contact_key),
    Column("Name of the contact", lambda row: _told(row, "contact_name"), personal=True),
    Column("E-mail of the contact", lambda row: _told(row, "contact_email"), personal=True),
    Column("Account", lambda row: row.account_code),
    Column("Name of the account", lambda row: _told(row, "account_name"), personal=True),
    Column("E-mail of the account", lambda row: _told(row, "account_email"), personal=True),
    Column("What came of it", lambda row: row.get_outcome_display()),
    Column("By which step", lambda row: STEPS.get(row.step, row.step)),
    Column("Score", lambda row: row.score or None),
    Column("What speaks for it", lambda row: "; ".join(row.reasons)),
)


def in_words(written: str) -> str:
    """ "sfmc:CK-1" → "contact CK-1"."""
    system, _, key = written.partition(":")
    return f"{'contact' if system == 'sfmc' else 'account'} {key}"
