"""The lists of an evidence pack: which rows, which columns."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from integration.core.money import from_minor
from integration.exports import Column
from reconciliation import carrying, match
from reconciliation.checklist import POINTS
from reconciliation.gateways import gateway_title
from reconciliation.importing.mappings import title_of
from reconciliation.models import (
    Adjustment,
    BankLine,
    DifferenceEvent,
    GatewayLine,
    LateArrival,
    Match,
    Payout,
    Period,
    StatementFile,
)
from reconciliation.tables.differences import category_title, control_title, side


def _amount(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None or not currency else from_minor(minor, currency)


def _fx(row: Match) -> Decimal | None:
    """What the exchange rate made of it; empty where there was none."""
    return _amount(row.fx_difference, row.fx_currency) if row.fx_difference else None


def _words(slug: str) -> str:
    return slug.replace("_", " ").capitalize()


def _point(slug: str) -> str:
    """The title of a point of the checklist; its slug when there is none any more."""
    title, _ = POINTS.get(slug, (slug, ""))
    return title


LISTS: Mapping[str, tuple[Column[Any], ...]] = {
    "matches": (
        Column("Match", lambda row: row.pk),
        Column("Control", lambda row: control_title(row.control)),
        Column("Rule", lambda row: match.title_of(row.rule)),
        Column("Day", lambda row: row.day),
        Column("Currency", lambda row: row.currency),
        Column("Left", lambda row: _amount(row.left_total, row.currency)),
        Column("Right", lambda row: _amount(row.right_total, row.currency)),
        Column("Difference", lambda row: _amount(row.difference, row.currency)),
        Column("Exchange difference", lambda row: _fx(row)),
        Column("Its currency", lambda row: row.fx_currency if row.fx_difference else ""),
        Column("Booked to", lambda row: row.account_code),
        Column("Made by", lambda row: row.made_by_name),
        Column("Made at", lambda row: row.made_at),
        Column("Reason", lambda row: row.reason),
        Column("Undone at", lambda row: row.undone_at),
        Column("Undone by", lambda row: row.undone_by_name),
    ),
    "match-parts": (
        Column("Match", lambda row: row.head_id or row.pk),
        Column("Gateway", lambda row: gateway_title(row.line.gateway) if row.line else ""),
        Column("Account", lambda row: row.line.account if row.line else ""),
        Column("Line", lambda row: row.line.line_id if row.line else ""),
        Column("Kind of line", lambda row: _words(row.line.kind) if row.line else ""),
        Column("Reference", lambda row: row.line.reference if row.line else ""),
        Column(
            "Gross", lambda row: _amount(row.line.gross, row.line.currency) if row.line else None
        ),
        Column("Currency of the line", lambda row: row.line.currency if row.line else ""),
        Column("Document", lambda row: row.document.number if row.document else ""),
        Column("Kind of document", lambda row: _words(row.document.kind) if row.document else ""),
        Column("Order", lambda row: row.document.order_number if row.document else ""),
        Column(
            "Amount",
            lambda row: _amount(row.document.minor, row.currency) if row.document else None,
        ),
        Column("Booked to", lambda row: row.account_code),
        Column("Currency", lambda row: row.currency),
        Column("Undone at", lambda row: row.undone_at),
    ),
    "differences": (
        Column("Difference", lambda row: row.pk),
        Column("Control", lambda row: control_title(row.control)),
        Column("What", lambda row: row.title),
        Column("Kind", category_title),
        Column("State", lambda row: row.get_state_display()),
        Column("Day", lambda row: row.day),
        Column("Currency", lambda row: row.currency),
        Column("Amount", lambda row: _amount(row.amount, row.currency)),
        Column("Left", lambda row: side(row.left)),
        Column("Right", lambda row: side(row.right)),
        Column("First seen", lambda row: row.first_seen_at),
        Column("Closed", lambda row: row.closed_at),
        Column("Closed by", lambda row: row.closed_by),
    ),
    "adjustments": (
        Column("Adjustment", lambda row: row.pk),
        Column("Kind", lambda row: row.get_kind_display()),
        Column("Difference", lambda row: row.difference_id),
        Column("Day", lambda row: row.day),
        Column("Currency", lambda row: row.currency),
        Column("Amount", lambda row: _amount(row.amount, row.currency)),
        Column("Ledger account", lambda row: row.account_code),
        Column("Reason", lambda row: row.reason),
        Column("State", lambda row: row.get_state_display()),
        Column("Proposed by", lambda row: row.proposer_name),
        Column("Proposed at", lambda row: row.proposed_at),
        Column("Decided by", lambda row: row.decider_name),
        Column("Decided at", lambda row: row.decided_at),
        Column("Note", lambda row: row.decision_note),
    ),
    "decisions": (
        Column("When", lambda row: row.at),
        Column("Who", lambda row: row.actor_name),
        Column("Difference", lambda row: row.difference_id),
        Column("What", lambda row: row.action),
        Column("Note", lambda row: row.note),
    ),
    "sign-off": (
        Column("When", lambda row: row.at),
        Column("Who", lambda row: row.actor_name),
        Column("What", lambda row: row.action),
        Column("Point", lambda row: _point(row.details.get("point", ""))),
        Column("Why", lambda row: row.reason),
    ),
    "files": (
        Column("File", lambda row: row.name),
        Column("SHA-256", lambda row: row.sha256),
        Column("Bytes", lambda row: row.size),
        Column("Recognised as", lambda row: title_of(row.format)),
        Column("Lines", lambda row: row.lines),
        Column("Known already", lambda row: row.known),
        Column("State", lambda row: row.get_state_display()),
        Column("Brought by", lambda row: row.uploaded_by_name),
        Column("Brought at", lambda row: row.uploaded_at),
        Column("Imported by", lambda row: row.imported_by_name),
        Column("Imported at", lambda row: row.imported_at),
        Column("Came in the archive", lambda row: row.packed_name),
        Column("SHA-256 of the archive", lambda row: row.packed_sha256),
    ),
    "payouts": (
        Column("Gateway", lambda row: gateway_title(row.gateway)),
        Column("Payout", lambda row: row.payout_id),
        Column("Paid on", lambda row: row.paid_on),
        Column("Currency", lambda row: row.currency),
        Column("Stated", lambda row: _amount(row.stated, row.currency)),
        Column("Computed", lambda row: _amount(row.computed, row.currency)),
        Column("Lines", lambda row: row.line_count),
        Column("Bank booked", lambda row: _bank(row, "booked_on")),
        Column("Bank account", lambda row: _bank(row, "account")),
        Column("Text of the bank", lambda row: _bank(row, "text")),
        Column("File", lambda row: row.file.name),
        Column("File SHA-256", lambda row: row.file.sha256),
    ),
    "late-arrivals": (
        Column("What", lambda row: f"{row.object_type} {row.object_id}"),
        Column("Dated", lambda row: row.dated),
        Column("Belongs to", lambda row: str(row.belongs_to)),
        Column("Taken into", lambda row: str(row.period)),
        Column("Currency", lambda row: row.currency),
        Column("Amount", lambda row: _amount(row.amount, row.currency)),
        Column("Arrived", lambda row: row.arrived_at),
    ),
}


def _bank(payout: Payout, name: str) -> Any:
    """What the bank's booking of a payout says; empty while there is none."""
    tie = getattr(payout, "bank_match", None)
    return getattr(tie.bank_line, name) if tie is not None else None


def _files(period: Period) -> QuerySet[Any]:
    """Every file with a line, payout or booking of the period, be it one seen again."""
    span = (period.first_day, period.last_day)
    own = Q(company=period.company)
    inside = (
        Exists(GatewayLine.objects.filter(file=OuterRef("pk"), booked_on__range=span)),
        Exists(Payout.objects.filter(file=OuterRef("pk"), paid_on__range=span)),
        Exists(BankLine.objects.filter(file=OuterRef("pk"), booked_on__range=span)),
        Exists(BankLine.objects.filter(again__file=OuterRef("pk"), booked_on__range=span)),
    )
    return StatementFile.objects.filter(own, reduce(or_, inside)).order_by("id")


def _dated(period: Period) -> dict[str, Any]:
    return {"day__gte": period.first_day, "day__lte": period.last_day, "company": period.company}


def _payouts(period: Period) -> QuerySet[Any]:
    span = (period.first_day, period.last_day)
    found = Payout.objects.filter(company=period.company, paid_on__range=span)
    return found.select_related("file", "bank_match__bank_line").order_by("id")


def _parts(period: Period) -> QuerySet[Any]:
    found = Match.rows.filter(**_dated(period)).select_related("line", "document")
    return found.order_by("id")


def _decisions(period: Period) -> QuerySet[Any]:
    inside = carrying.concerned(period).values("pk")
    return DifferenceEvent.objects.filter(difference__in=inside).order_by("id")


def _late(period: Period) -> QuerySet[Any]:
    concerned = LateArrival.objects.filter(Q(period=period) | Q(belongs_to=period))
    return concerned.select_related("period", "belongs_to").order_by("id")


_FOUND: Mapping[str, Callable[[Period], QuerySet[Any]]] = {
    "matches": lambda period: Match.objects.filter(**_dated(period)).order_by("id"),
    "match-parts": _parts,
    "differences": lambda period: carrying.concerned(period).order_by("id"),
    "adjustments": lambda period: Adjustment.objects.filter(**_dated(period)).order_by("id"),
    "decisions": _decisions,
    "sign-off": lambda period: period.events.order_by("id"),
    "files": _files,
    "payouts": _payouts,
    "late-arrivals": _late,
}


def found_of(period: Period, name: str) -> QuerySet[Any]:
    """The rows of one list, oldest first."""
    return _FOUND[name](period)
