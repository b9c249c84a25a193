"""Runs controls: continuously by what changed, in full, or as of a date."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from reconciliation import differences, periods
from reconciliation.control import Control, Scope, controls
from reconciliation.models import ControlRun
from reconciliation.telling import answered, tell

OVERLAP = timedelta(minutes=5)
"""Rows that were being written while the last run looked."""
_FULL_AGAIN = timedelta(hours=23)


def run_all(
    slugs: list[str] | None = None, *, full: bool = False, as_of: date | None = None
) -> list[ControlRun]:
    """The controls in the order of the trade; each in a transaction of its own."""
    chosen = [one for one in controls().values() if not slugs or one.slug in slugs]
    runs = [run(one, full=full, as_of=as_of) for one in chosen]
    if as_of is None:
        periods.appear()
    return runs


def run(control: Control, *, full: bool = False, as_of: date | None = None) -> ControlRun:
    """One run. As of a date it only counts: the running differences stay as they are."""
    started = timezone.now()
    scope = Scope(
        at=started,
        today=as_of or timezone.localdate(),
        since=None if full or as_of else _since(control, started),
        as_of=as_of,
    )
    if as_of is None:
        control.begin(scope)
    with transaction.atomic():
        _alone(control)
        if as_of is None:
            control.prepare(scope)
        tally = differences.find(control, scope)
        if as_of is None:
            differences.keep(control, scope, tally)
            tell(control, tally.keys)
            answered(tally.closed)
        return ControlRun.objects.create(
            control=control.slug,
            started_at=started,
            finished_at=timezone.now(),
            as_of=as_of,
            since=scope.since,
            compared=tally.compared,
            matched=max(tally.compared - tally.standing, 0),
            opened=tally.opened,
            healed=tally.healed,
            standing=tally.standing,
            tolerated=tally.tolerated,
            message=_words(control, tally),
        )


def look_again(control: Control, keys: list[str]) -> None:
    """Compares these records once more, e.g. after a person matched something."""
    if not keys:
        return
    with transaction.atomic():
        _alone(control)
        scope = Scope(at=timezone.now(), today=timezone.localdate(), keys=tuple(keys))
        tally = differences.find(control, scope)
        differences.keep(control, scope, tally)
        tell(control, tally.keys)
        answered(tally.closed)


def _alone(control: Control) -> None:
    """Two runs of one control wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"control {control.slug}"])


def _since(control: Control, now: datetime) -> datetime | None:
    """When the last run began; None when it is time to look at everything again."""
    runs = ControlRun.objects.filter(control=control.slug, as_of__isnull=True)
    last = runs.aggregate(Max("started_at"))["started_at__max"]
    whole = runs.filter(since__isnull=True).aggregate(Max("started_at"))["started_at__max"]
    if last is None or whole is None or whole < now - _FULL_AGAIN:
        return None
    begun: datetime = last - OVERLAP
    return begun


def _words(control: Control, tally: differences.Tally) -> str:
    """What was found, by category."""
    parts = []
    for slug, (count, sums) in sorted(tally.by_category.items()):
        amounts = ", ".join(f"{amount:+d} {currency}" for currency, amount in sums.items())
        parts.append(f"{control.category(slug).title}: {count} ({amounts} in minor units)")
    return "; ".join(parts)
