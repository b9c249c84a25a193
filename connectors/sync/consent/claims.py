"""Who works on which propagation: claims with a lease, and what became of them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from connectors.errors import MisconfiguredError, RemoteError, TransientError
from connectors.sync.context import Context, Failure
from integration.consent.models import Propagation

Step = Propagation.Step
OVER = (Step.DONE, Step.NOBODY)
LONGEST_REST = 120.0
FIRST_REST = 2.0
STAYS = timedelta(seconds=5)
"""Who leaves a journey so soon is waited for: nobody would ask for another look before the poll."""
LONGEST_STAY = 30.0
_STORED = (
    "step", "sending_at", "written_at", "left_at", "confirmed_at", "contacts", "journeys",
    "ended", "ended_at", "in_doubt", "round", "said_at", "attempts", "not_before", "lease_owner", "lease_until", "last_error",
)  # fmt: skip

Work = Callable[[Sequence[Propagation]], None]


def under_way() -> QuerySet[Propagation]:
    return Propagation.objects.exclude(step__in=OVER)


def work_off(target: str, context: Context, work: Work) -> None:
    """Everything that is due for the system, a batch at a time, the oldest first.

    `work` takes one step further whatever it can and changes the rows; they are stored afterwards,
    in a transaction of their own. Whatever goes wrong with a batch is tried again one by one, so
    that a single one that is refused holds nobody up; and no attempt is the last. Who is about to
    leave a journey is waited for, half a minute at most.
    """
    ends = monotonic() + LONGEST_STAY
    while not context.is_over():
        batch = take(target, context.owner, context.setting.batch_size, context.only)
        if not batch:
            if monotonic() < ends and _waited_for_who_leaves(target, context):
                continue
            return
        context.count(seen=len(batch))
        _tried(batch, context, work)
        store(batch)
        context.count(sent=sum(row.step in OVER for row in batch))
        context.beat()


def take(
    target: str, owner: str, size: int, only: Sequence[str] | None = None
) -> list[Propagation]:
    """What is due, and what another worker was lost with."""
    now = timezone.now()
    due = under_way().filter(
        Q(not_before__isnull=True) | Q(not_before__lte=now),
        Q(lease_until__isnull=True) | Q(lease_until__lt=now),
        target=target,
    )
    if only is not None:
        due = due.filter(event__event_id__in=only)
    with transaction.atomic():
        rows = list(
            due.select_related("event")
            .order_by("id")
            .select_for_update(skip_locked=True, of=["self"])[:size]
        )
        until = now + timedelta(seconds=settings.SYNC_LEASE_SECONDS)
        Propagation.objects.filter(pk__in=[row.pk for row in rows]).update(
            lease_owner=owner, lease_until=until
        )
    for row in rows:
        row.lease_owner, row.lease_until = owner, until
    return rows


def _waited_for_who_leaves(target: str, context: Context) -> bool:
    """Until the first of them is due; False, at once, when there is none to wait for."""
    leaving = under_way().filter(target=target, step=Step.LEAVE, lease_owner="")
    if context.only is not None:
        leaving = leaving.filter(event__event_id__in=context.only)
    first = leaving.aggregate(first=Min("not_before"))["first"]
    wait = first - timezone.now() if first else STAYS
    if wait >= STAYS:
        return False
    context.stopping.wait(max(wait.total_seconds(), 0.1))
    return True


def mark_sending(rows: Sequence[Propagation]) -> list[Propagation]:
    """Before anything is first written: what comes back from there may be our own echo.

    Kept with the contacts it goes to, as some may have another address than the event. Answers
    those that are still ours to send; what another has taken over is left to it, unwritten.
    """
    now = timezone.now()
    with transaction.atomic():
        kept = _still_ours(rows)
        for row in kept:
            row.sending_at = row.sending_at or now
            row.lease_until = now + timedelta(seconds=settings.SYNC_LEASE_SECONDS)
        fields = ["sending_at", "contacts", "ended", "ended_at", "in_doubt", "lease_until"]
        Propagation.objects.bulk_update(kept, fields)
    return kept


def mark_ended(rows: Sequence[Propagation]) -> None:
    """That our own writing ended subscriptions, as it was answered."""
    now = timezone.now()
    for row in rows:
        row.ended_at = now
    Propagation.objects.filter(_ours(rows)).update(ended_at=now)


def store(rows: Sequence[Propagation]) -> None:
    """Keeps how far they are, and lets go of them; what another has taken over is left to it."""
    with transaction.atomic():
        kept = _still_ours(rows)
        for row in kept:
            row.lease_owner, row.lease_until = "", None
        Propagation.objects.bulk_update(kept, _STORED, batch_size=500)


def _still_ours(rows: Sequence[Propagation]) -> list[Propagation]:
    """Until the transaction ends nobody else can take these."""
    held = set(
        Propagation.objects.filter(_ours(rows)).select_for_update().values_list("pk", flat=True)
    )
    return [row for row in rows if row.pk in held]


def _ours(rows: Sequence[Propagation]) -> Q:
    """A lease that ran out is ours until somebody else takes it."""
    owners = {row.lease_owner for row in rows}
    return Q(pk__in=[row.pk for row in rows], lease_owner__in=owners)


def rest(row: Propagation, why: str, seconds: float | None = None) -> None:
    """It comes again later: soon at first, and never later than two minutes."""
    row.attempts = min(row.attempts + 1, 30_000)
    pause = FIRST_REST * 2 ** min(row.attempts - 1, 10) if seconds is None else seconds
    row.not_before = timezone.now() + timedelta(seconds=min(pause, LONGEST_REST))
    row.last_error = why[:2_000]


def finish(row: Propagation, at: datetime, step: str = Step.DONE, note: str = "") -> None:
    row.step, row.confirmed_at, row.last_error, row.not_before = step, at, note, None


def _tried(batch: Sequence[Propagation], context: Context, work: Work) -> None:
    result = context.attempt(lambda: work(batch))
    if not isinstance(result, Failure):
        return
    if len(batch) > 1 and not _is_about_all(result):
        for row in batch:
            if context.is_over():
                return
            _tried([row], context, work)
        return
    context.keep_failure(result)
    context.count(failed=len(batch))
    error = result.error
    words = error.message if isinstance(error, RemoteError) else "The desk failed unexpectedly."
    context.note(words)
    wait: float | None = getattr(error, "retry_after", None)
    for row in batch:
        rest(row, words, wait)


def _is_about_all(failure: Failure) -> bool:
    """Whether the next one would meet the same: the system is down, or asks for a rest."""
    return isinstance(failure.error, TransientError | MisconfiguredError)
