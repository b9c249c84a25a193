"""The lists of an evidence pack: which rows, which columns."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from integration.core.money import from_minor
from integration.exports import Column
from reconciliation import carrying
from reconciliation.models import (
    Adjustment,
    DifferenceEvent,
    LateArrival,
    Match,
    Payout,
    Period,
)


def _amount(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None or not currency else from_minor(minor, currency)


def _sides(sides: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in sides.items())


LISTS: Mapping[str, tuple[Column[Any], ...]] = {
    "matches": (
        Column("Match", lambda row: row.pk),
        Column("Control", lambda row: row.control),
        Column("Rule", lambda row: row.rule),
        Column("Day", lambda row: row.day),
        Column("Currency", lambda row: row.currency),
        Column("Left", lambda row: _amount(row.left_total, row.currency)),
        Column("Right", lambda row: _amount(row.right_total, row.currency)),
        Column("Tolerance used", lambda row: _amount(row.difference, row.currency)),
        Column("Made by", lambda row: row.made_by_name),
        Column("Made at", lambda row: row.made_at),
        Column("Reason", lambda row: row.reason),
        Column("Undone at", lambda row: row.undone_at),
        Column("Undone by", lambda row: row.undone_by_name),
    ),
    "differences": (
        Column("Difference", lambda row: row.pk),
        Column("Control", lambda row: row.control),
        Column("What", lambda row: row.title),
        Column("Category", lambda row: row.category),
        Column("State", lambda row: row.get_state_display()),
        Column("Day", lambda row: row.day),
        Column("Currency", lambda row: row.currency),
        Column("Amount", lambda row: _amount(row.amount, row.currency)),
        Column("Left", lambda row: _sides(row.left)),
        Column("Right", lambda row: _sides(row.right)),
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
    "payouts": (
        Column("Gateway", lambda row: row.gateway),
        Column("Payout", lambda row: row.payout_id),
        Column("Paid on", lambda row: row.paid_on),
        Column("Currency", lambda row: row.currency),
        Column("Stated", lambda row: _amount(row.stated, row.currency)),
        Column("Computed", lambda row: _amount(row.computed, row.currency)),
        Column("Lines", lambda row: row.line_count),
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


def found_of(period: Period, name: str) -> QuerySet[Any]:
    """The rows of one list, oldest first."""
    days = {"day__gte": period.first_day, "day__lte": period.last_day, "company": period.company}
    match name:
        case "matches":
            return Match.objects.filter(**days).order_by("id")
        case "differences":
            return carrying.concerned(period).order_by("id")
        case "adjustments":
            return Adjustment.objects.filter(**days).order_by("id")
        case "decisions":
            inside = carrying.concerned(period).values("pk")
            return DifferenceEvent.objects.filter(difference__in=inside).order_by("id")
        case "payouts":
            return (
                Payout.objects.filter(
                    company=period.company,
                    paid_on__gte=period.first_day,
                    paid_on__lte=period.last_day,
                )
                .select_related("file")
                .order_by("id")
            )
    concerned = LateArrival.objects.filter(Q(period=period) | Q(belongs_to=period))
    return concerned.select_related("period", "belongs_to").order_by("id")
