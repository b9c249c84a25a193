"""What is still open when a month is locked goes on in the next one, and back when it re-opens."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from integration.accounts.models import User
from reconciliation.models import Adjustment, Difference, DifferenceEvent, Period, PeriodEvent

CARRIED, BACK = "carried forward", "brought back"
# Only what still lies where it was carried to, and where nobody has signed for it meanwhile.
_RETURN = """
UPDATE reconciliation_difference d SET day = e.day, version = version + 1
FROM (
    SELECT DISTINCT ON (difference_id) difference_id, (details->>'day')::date AS day,
           (details->>'to')::date AS went_to
    FROM reconciliation_differenceevent
    WHERE action = %(carried)s AND details @> %(of_period)s::jsonb AND details->'day' IS NOT NULL
    ORDER BY difference_id, id DESC
) e
WHERE d.id = e.difference_id AND d.closed_at IS NULL AND d.day = e.went_to
  AND NOT EXISTS (
    SELECT 1 FROM reconciliation_period p
    WHERE p.company = d.company AND d.day BETWEEN p.first_day AND p.last_day
      AND p.state IN ('signed', 'locked'))
RETURNING d.id
"""
_WITH_THEM = """
UPDATE reconciliation_adjustment a SET day = d.day FROM reconciliation_difference d
WHERE d.id = a.difference_id AND a.state = 'proposed' AND d.id = ANY(%s)
"""


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
    _tell(
        {
            pk: {"period": period.pk, "day": day.isoformat(), "to": to.isoformat()}
            for pk, day in found.order_by("pk").values_list("pk", "day")
        },
        CARRIED,
        actor,
        f"It was open when {period} was locked, and goes on in {to:%B %Y}.",
    )
    found.update(day=to, version=F("version") + 1)
    Adjustment.objects.filter(state=Adjustment.State.PROPOSED, **days).update(day=to)
    return {"carried": kept}


def back(period: Period, actor: User) -> str:
    """Dates on its own day again what is still open; in words how much, for the period's history.

    What it had got from earlier periods that are open again by now goes home to them.
    """
    earlier = Period.objects.select_for_update().filter(
        company=period.company, last_day__lt=period.first_day, state=Period.State.OPEN
    )
    told = [_returned(period, actor, "it")]
    told += [_returned(one, actor, str(one)) for one in earlier.order_by("-first_day")]
    return " ".join(filter(None, told))


def _returned(period: Period, actor: User, name: str) -> str:
    of_period = json.dumps({"period": period.pk})
    with connection.cursor() as cursor:
        cursor.execute(_RETURN, {"carried": CARRIED, "of_period": of_period})
        returned = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_WITH_THEM, [returned])
    details = {"period": period.pk}
    _tell(dict.fromkeys(returned, details), BACK, actor, f"{period} is open again.")
    if not returned:
        return ""
    one = len(returned) == 1
    what = "1 open difference comes" if one else f"{len(returned):,} open differences come"
    return f"{what} back into {name}."


def _tell(of: Mapping[int, dict[str, Any]], action: str, actor: User, note: str) -> None:
    """A line in the history of each difference."""
    now = timezone.now()
    DifferenceEvent.objects.bulk_create(
        (
            DifferenceEvent(
                difference_id=pk, at=now, actor=actor, actor_name=str(actor), action=action,
                note=note, details=details,
            )
            for pk, details in sorted(of.items())
        ),
        batch_size=2_000,
    )  # fmt: skip


def words(kept: dict[str, Any], to: Any) -> str:
    """For the history of the period; empty when nothing was open."""
    number = sum(one["count"] for one in kept["carried"])
    if not number:
        return ""
    what = "1 difference goes" if number == 1 else f"{number:,} differences go"
    return f"{what} on in {to:%B %Y}, open, proposed or marked as timing."


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
