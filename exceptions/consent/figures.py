"""What the consent desk shows at a glance: the oldest no under way, the lag, and the backlog."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone

from connectors.sync.consent.claims import under_way
from connectors.sync.models import NotificationCallback, PrimaSubscription
from integration.consent.addresses import PERSON
from integration.consent.models import ConsentAddress, ConsentState, Propagation, Source, State
from integration.mirror.models import Contact

DAYS = 14
_LAG = """
SELECT percentile_cont(ARRAY[0.5, 0.95, 1.0]) WITHIN GROUP
    (ORDER BY EXTRACT(EPOCH FROM confirmed_at - seen_at)), count(*)
FROM consent_propagation
WHERE confirmed_at > %s AND step = 'done' AND is_restriction AND target = %s
"""
_BY_DAY = """
SELECT day::date, COALESCE(lags.p95, 0), COALESCE(lags.number, 0)
FROM generate_series(%s::date, %s::date, interval '1 day') AS day
LEFT JOIN (
    SELECT (confirmed_at AT TIME ZONE %s)::date AS on_day, count(*) AS number,
        percentile_cont(0.95) WITHIN GROUP
            (ORDER BY EXTRACT(EPOCH FROM confirmed_at - seen_at)) AS p95
    FROM consent_propagation
    WHERE step = 'done' AND is_restriction AND confirmed_at > %s
    GROUP BY 1
) lags ON lags.on_day = day::date
ORDER BY day
"""
STEPS = (Propagation.Step.WRITE, Propagation.Step.LEAVE, Propagation.Step.CONFIRM)


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds from arrival to the confirmation of the other side, over two weeks."""

    system: str
    count: int
    p50: float
    p95: float
    longest: float

    @property
    def cells(self) -> Sequence[float | None]:
        """Half, nineteen of twenty, all; None each when there was nothing to confirm."""
        return (self.p50, self.p95, self.longest) if self.count else (None, None, None)


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    p95: float
    count: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait at each step on their way to one system, in the order of `STEPS`."""

    system: str
    counts: tuple[int, ...]
    oldest: datetime | None


def lags() -> list[Lag]:
    return [_lag(source) for source in (Source.SFMC, Source.PRIMA)]


def days() -> list[Day]:
    """One for each day, also those without any."""
    today = timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    zone = timezone.get_current_timezone_name()
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [first, today, zone, timezone.now() - timedelta(days=DAYS + 1)])
        return [Day(day, float(p95), number) for day, p95, number in cursor.fetchall()]


def waiting() -> list[Waiting]:
    rows = (
        under_way()
        .filter(is_restriction=True)
        .order_by()
        .values_list("target", "step")
        .annotate(number=Count("pk"), oldest=Min("seen_at"))
    )
    found = {(target, step): (number, oldest) for target, step, number, oldest in rows}
    return [
        Waiting(
            Source(target).label,
            tuple(found.get((target, step), (0, None))[0] for step in STEPS),
            min(
                (moment for step in STEPS if (moment := found.get((target, step), (0, None))[1])),
                default=None,
            ),
        )
        for target in (Source.SFMC, Source.PRIMA)
    ]


def oldest() -> Propagation | None:
    return (
        under_way().filter(is_restriction=True).order_by("seen_at").select_related("event").first()
    )


def states() -> list[tuple[str, str, int]]:
    """(channel, state, how many addresses). An objection is kept for the person too: not counted."""
    persons = ConsentAddress.objects.filter(address__startswith=PERSON).values("pk")
    stated = ConsentState.objects.exclude(state="").exclude(address_hash__in=persons)
    rows = stated.values_list("channel", "state")
    found = rows.order_by("channel", "state").annotate(number=Count("pk"))
    channels = dict(ConsentState._meta.get_field("channel").flatchoices)
    return [
        (str(channels[channel]), str(State(state).label), number)
        for channel, state, number in found
    ]


def unsubscribed() -> int:
    """Contacts that are unsubscribed in Marketing Cloud, whenever and however they said so."""
    return Contact.objects.filter(status="Unsubscribed", deleted_at__isnull=True).count()


def notified() -> list[tuple[Source, NotificationCallback | PrimaSubscription | None]]:
    """Both systems, and how it stands with what they tell at once; None when nobody asked them to."""
    return [
        (Source.SFMC, NotificationCallback.objects.first()),
        (Source.PRIMA, PrimaSubscription.objects.first()),
    ]


def _lag(source: Source) -> Lag:
    with connection.cursor() as cursor:
        cursor.execute(_LAG, [timezone.now() - timedelta(days=DAYS), source.value])
        percentiles, count = cursor.fetchone()
    p50, p95, longest = percentiles or (0, 0, 0)
    return Lag(source.label, count, float(p50), float(p95), float(longest))
