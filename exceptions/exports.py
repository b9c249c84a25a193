"""What the exported lists of cases and orders hold, column by column."""

from decimal import Decimal

from django.db.models import QuerySet
from django.http.response import HttpResponseBase

from exceptions.kind import kind_of
from exceptions.masking import impersonal
from exceptions.models import ExceptionCase, Occurrence
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core.cells import neutral
from integration.core.money import minor_digits
from integration.exports import Column, answer, without_emails
from integration.mirror.models import CampaignOrder

__all__ = ["neutral", "occurrences", "without_emails"]

WHAT = "What is wrong"
CASES: tuple[Column[ExceptionCase], ...] = (
    Column("Case", lambda case: case.pk),
    Column("Queue", lambda case: kind_of(case.kind).plural),
    Column(WHAT, lambda case: case.title),
    Column("State", lambda case: case.get_status_display()),
    Column("Owner", lambda case: kind_of(case.kind).owner.value),
    Column("Assigned to", lambda case: str(case.assignee) if case.assignee else ""),
    Column("Orders waiting", lambda case: case.open_count),
    Column("Value waiting", lambda case: _amounts(case.value_waiting)),
    Column("First seen", lambda case: case.first_seen_at),
    Column("Last seen", lambda case: case.last_seen_at),
    Column("Came back", lambda case: case.regressions),
    Column("Closed", lambda case: case.closed_at),
    Column("Resolution", lambda case: case.resolution),
)
OCCURRENCES: tuple[Column[Occurrence], ...] = (
    Column("Order", lambda seen: seen.external_id),
    Column("Name", lambda seen: seen.label, personal=True),
    Column(WHAT, lambda seen: seen.message),
    Column("Amount", lambda seen: seen.amount),
    Column("Currency", lambda seen: seen.currency),
    Column("First seen", lambda seen: seen.first_seen_at),
    Column("Last seen", lambda seen: seen.last_seen_at),
    Column("Times seen", lambda seen: seen.sightings),
    Column("Closed", lambda seen: seen.closed_at),
    Column("Closed by", lambda seen: seen.closed_by),
)
ORDERS: tuple[Column[CampaignOrder], ...] = (
    Column("Order", lambda order: order.key),
    Column("Ordered", lambda order: order.ordered_at),
    Column("Customer", lambda order: order.customer_name, personal=True),
    Column("E-mail", lambda order: order.email, personal=True),
    Column("Contact", lambda order: order.contact_key),
    Column("Campaign", lambda order: order.campaign),
    Column("Paid", lambda order: order.total_paid),
    Column("Currency", lambda order: order.currency),
    Column("Where it stands", lambda order: str(getattr(order, "state", "") or "waiting")),
    Column("Prima order", lambda order: _prima_number(order)),
)


def occurrences(found: QuerySet[Occurrence], *, form: str, user: User) -> HttpResponseBase:
    columns = OCCURRENCES
    if not user.may(May.SEE_PERSONAL_DATA):
        columns = tuple(Column(WHAT, impersonal) if one.title == WHAT else one for one in columns)
    return answer(found.select_related("case"), columns, "orders-of-case", form=form, user=user)


def _amounts(by_currency: dict[str, str]) -> str:
    return "; ".join(
        f"{Decimal(amount):.{minor_digits(code)}f} {code}"
        for code, amount in sorted(by_currency.items())
    )


def _prima_number(order: CampaignOrder) -> str:
    booked = getattr(order, "prima_order", None)
    return str(booked.order_number) if booked else ""
