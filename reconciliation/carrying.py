"""What is still open when a month is locked goes on in the next one, where it can still close."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from integration.accounts.models import User
from reconciliation.models import Adjustment, Difference, DifferenceEvent, Period, PeriodEvent

CARRIED = "carried forward"


def forward(period: Period, to: Any, actor: User) -> dict[str, Any]:
    """Dates open differences and waiting proposals on the day `to`, with a line of history each.

    Answers what the statement keeps: count and minor units, as text, by control and currency.
    """
    days = {"company": period.company, "day__range": (period.first_day, period.last_day)}
    found = Difference.objects.filter(closed_at__isnull=True, **days)
    kept = [
        {"control": control, "currency": currency, "count": count, "amount": str(amount or 0)}
        for control, currency, count, amount in found.order_by("control", "currency")
        .values_list("control", "currency")
        .annotate(Count("pk"), Sum("amount"))
    ]
    now = timezone.now()
    DifferenceEvent.objects.bulk_create(
        [
            DifferenceEvent(
                difference_id=pk,
                at=now,
                actor=actor,
                actor_name=str(actor),
                action=CARRIED,
                note=f"It was open when {period} was locked, and goes on in {to:%B %Y}.",
                details={"period": period.pk},
            )
            for pk in found.order_by("pk").values_list("pk", flat=True)
        ],
        batch_size=2_000,
    )
    found.update(day=to, version=F("version") + 1)
    Adjustment.objects.filter(state=Adjustment.State.PROPOSED, **days).update(day=to)
    return {"carried": kept}


def words(kept: dict[str, Any], to: Any) -> str:
    """For the history of the period; empty when nothing was open."""
    number = sum(one["count"] for one in kept["carried"])
    if not number:
        return ""
    what = "1 open difference goes" if number == 1 else f"{number:,} open differences go"
    return f"{what} on in {to:%B %Y}."


def kept_of(period: Period) -> list[dict[str, Any]]:
    """What was carried forward when the period was locked last; nothing while it is not."""
    if period.state != Period.State.LOCKED:
        return []
    event = PeriodEvent.objects.filter(period=period, action="locked").order_by("-id").first()
    return list(event.details.get("carried", [])) if event else []


def concerned(period: Period) -> "QuerySet[Difference]":
    """Dated in the period, or carried forward out of it."""
    inside = Q(company=period.company, day__range=(period.first_day, period.last_day))
    gone = DifferenceEvent.objects.filter(action=CARRIED, details__period=period.pk)
    return Difference.objects.filter(inside | Q(pk__in=gone.values("difference")))
