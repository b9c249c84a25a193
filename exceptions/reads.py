"""What the home page and the search show, in few queries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from connectors.sync.flow import ORDERS
from connectors.sync.models import SyncItem
from exceptions import approvals
from exceptions.kind import Kind, kinds
from exceptions.models import ACTIVE, ExceptionCase, Occurrence
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core.waiting import Waiting
from integration.mirror.models import CampaignOrder
from integration.ownership.models import Proposal
from reconciliation import deciders

TREND_DAYS = 14


@dataclass(slots=True)
class Queue:
    """One row of the home page. `opened` counts new sightings a day, oldest day first."""

    kind: Kind
    cases: int = 0
    orders: int = 0
    value: dict[str, Decimal] = field(default_factory=dict)
    oldest: datetime | None = None
    opened: list[int] = field(default_factory=list)

    @property
    def overdue(self) -> bool:
        return self.oldest is not None and self.oldest + self.kind.due < timezone.now()

    @property
    def sort_key(self) -> tuple[int, int]:
        """Money of several currencies cannot be compared, records can."""
        return (self.orders, self.cases)


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures across the top, all of campaign orders: each is the number of rows it opens."""

    held: int
    value: Mapping[str, Decimal]
    waiting: int
    in_prima: int
    in_prima_today: int
    approvals: Waiting
    proposals: Waiting
    adjustments: Waiting
    mine: int


def queues() -> list[Queue]:
    """Every kind with what is active in it, most records first, empty ones last."""
    found = {slug: Queue(kind) for slug, kind in kinds().items()}
    active = ExceptionCase.objects.filter(status__in=ACTIVE).order_by()
    counted = active.values("kind").annotate(cases=Count("pk"), oldest=Min("first_seen_at"))
    for row in counted:
        if queue := found.get(row["kind"]):
            queue.cases, queue.oldest = row["cases"], row["oldest"]
    for kind, currency, number, amount in _waiting():
        if queue := found.get(kind):
            queue.orders += number
            if amount is not None:
                queue.value[currency] = amount
    trends = _trends()
    for slug, queue in found.items():
        queue.opened = trends[slug]
    return sorted(found.values(), key=lambda queue: queue.sort_key, reverse=True)


def totals(user: User) -> Totals:
    today = timezone.localdate()
    states = SyncItem.objects.filter(flow=ORDERS).aggregate(
        held=Count("pk", filter=Q(state="held")),
        waiting=Count("pk", filter=Q(state__in=SyncItem.ON_THE_WAY)),
        sent=Count("pk", filter=Q(state="sent")),
        today=Count("pk", filter=Q(state="sent", changed_at__date=today)),
    )
    return Totals(
        held=states["held"],
        value=_held_value(),
        waiting=states["waiting"],
        in_prima=states["sent"],
        in_prima_today=states["today"],
        approvals=approvals.waiting(user),
        proposals=_proposals(user),
        adjustments=deciders.waiting(user),
        mine=ExceptionCase.objects.filter(assignee=user, status__in=ACTIVE).count(),
    )


def _proposals(user: User) -> Waiting:
    """Changes of customers' fields; a system proposes them, so none is a person's own."""
    number = Proposal.objects.filter(state=Proposal.State.OPEN).count()
    return Waiting(mine=number) if user.may(May.KEEP_CUSTOMERS) else Waiting(others=number)


def _held_value() -> dict[str, Decimal]:
    """What the held orders were paid with, by currency; an order that says no amount adds none."""
    held = SyncItem.objects.filter(flow=ORDERS, state="held").values("external_id")
    paid = CampaignOrder.objects.filter(key__in=held, total_paid__isnull=False).order_by()
    return dict(paid.values_list("currency").annotate(Sum("total_paid")))


_WAITING = """
SELECT kind, currency, count(*), sum(amount) FROM (
    SELECT DISTINCT ON (held.kind, seen.external_id) held.kind, seen.currency, seen.amount
    FROM exceptions_occurrence seen JOIN exceptions_exceptioncase held ON held.id = seen.case_id
    WHERE seen.closed_at IS NULL
    ORDER BY held.kind, seen.external_id, seen.amount NULLS LAST
) once GROUP BY 1, 2
"""


def _waiting() -> list[tuple[str, str, int, Decimal | None]]:
    """Records and money waiting by kind and currency; one in two cases of a kind counts once there."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return list(cursor.fetchall())


def _trends() -> dict[str, list[int]]:
    """New sightings by kind and day over the last days."""
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in range(TREND_DAYS - 1, -1, -1)]
    since = timezone.now() - timedelta(days=TREND_DAYS)
    counted = (
        Occurrence.objects.filter(first_seen_at__gte=since)
        .order_by()
        .values_list("case__kind", TruncDate("first_seen_at"))
        .annotate(Count("pk"))
    )
    by_day: dict[str, dict[date, int]] = defaultdict(dict)
    for kind, day, number in counted:
        by_day[kind][day] = number
    return defaultdict(
        lambda: [0] * TREND_DAYS,
        {kind: [found.get(day, 0) for day in days] for kind, found in by_day.items()},
    )
