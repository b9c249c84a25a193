"""Runs a flow: the only place that catches whatever may go wrong, and sorts it."""

import os
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import TypeVar
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import connection as database
from django.utils import timezone

from connectors.errors import RemoteError
from connectors.sync import asking, nudges, spending
from connectors.sync.connections import Remotes, connection_to
from connectors.sync.context import (
    SCHEDULE,
    STALE_AFTER,
    Context,
    Failure,
    Watch,
    _nobody_watches,
    why_not_now,
)
from connectors.sync.flow import Flow, flow_of, setting_of
from connectors.sync.models import SyncRun
from connectors.sync.recorder import ExchangeRecorder

Result = TypeVar("Result")
Status = SyncRun.Status
_LOCKS = 7_260_121  # Any constant: it sets these locks apart from others in the database.
_SPARE_SECONDS = 90
log = structlog.get_logger(__name__)


def attempt(work: Callable[[], Result]) -> Result | Failure:
    """The result of the work, or why there is none."""
    try:
        return work()
    except RemoteError as error:
        return Failure(error)
    except Exception as error:
        log.exception("unexpected failure")
        return Failure(error, traceback.format_exc(limit=-12), _place(error))


def run(
    slug: str,
    *,
    started_by: str = SCHEDULE,
    only: Sequence[str] | None = None,
    watch: Watch = _nobody_watches,
) -> SyncRun | None:
    """One run of the flow; None when it is switched off, or runs already and must run alone.

    `only` narrows it to these records. Asked for while it runs alone, it is queued once more
    afterwards. Raises LookupError for a flow that does not exist.
    """
    flow = flow_of(slug)
    setting = setting_of(flow)
    if why_not_now(setting, by_hand=started_by != SCHEDULE or bool(flow.lane)):
        asking.take(slug)
        return None
    with _lock(flow) as is_ours, _graceful() as stopping:
        if not is_ours:
            return None
        if only is None:
            asking.take(slug)
        _close_lost_runs(slug)
        now = timezone.now()
        row = SyncRun.objects.create(
            flow=slug, started_at=now, heartbeat_at=now, started_by=started_by
        )
        recorder = ExchangeRecorder(row.pk)
        context = Context(
            run=row,
            setting=setting,
            remotes=Remotes(recorder, stopping, lane=flow.lane, setting=setting),
            recorder=recorder,
            attempt=attempt,
            stopping=stopping,
            owner=f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}",
            ends_at=monotonic() + max(30, settings.Q_CLUSTER["timeout"] - _SPARE_SECONDS),
            only=only,
            never_quiet=bool(flow.lane),
            watch=watch,
        )
        with structlog.contextvars.bound_contextvars(flow=slug, run=row.pk):
            _finish(context, attempt(lambda: _work(flow, context)))
    if flow.alone and asking.is_missed(slug):
        nudges.nudge(slug)
    return row


def _work(flow: Flow, context: Context) -> None:
    try:
        for system in flow.systems:
            connection_to(system)
        flow.run(context)
    finally:
        context.remotes.close()


def _finish(context: Context, result: Failure | None) -> None:
    row = context.run
    if isinstance(result, Failure):
        context.keep_failure(result)
        row.status = Status.FAILED
        context.note(_sentence(result))
    elif context.stopping.is_set():
        row.status = Status.STOPPED
        context.note("Stopped in an orderly way; the rest goes on with the next run.")
    elif context.rests_because:
        row.status = Status.STOPPED
        context.note(context.rests_because)
    else:
        row.status = Status.PARTLY if row.held or row.failed else Status.SUCCEEDED
    row.finished_at = row.heartbeat_at = timezone.now()
    row.calls, row.total = context.recorder.calls, context.total
    row.message = " ".join(context.notes)
    row.save()
    context.recorder.flush(last=True)
    spending.add(row.flow, context.recorder.take_spent())


def _sentence(failure: Failure) -> str:
    if isinstance(failure.error, RemoteError):
        return failure.error.message
    return "The desk failed unexpectedly; the technical details are kept with this run."


def _close_lost_runs(slug: str) -> None:
    """Runs whose worker was killed never say so themselves."""
    now = timezone.now()
    SyncRun.objects.filter(
        flow=slug, status=Status.RUNNING, heartbeat_at__lt=now - STALE_AFTER
    ).update(
        status=Status.STOPPED,
        finished_at=now,
        message="The worker was lost before it had finished.",
    )


def _place(error: Exception) -> str:
    """Where it happened, as file and function: what groups equal failures into one case."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    return f"{frames[-1].filename.rpartition('/')[2]} {frames[-1].name}"


@contextmanager
def _lock(flow: Flow) -> Iterator[bool]:
    """True when this run may go on. A worker that dies lets go of the lock."""
    if not flow.alone:
        yield True
        return
    number = sum(ord(sign) * 31**place for place, sign in enumerate(flow.slug)) % 2**31
    # Tried again after the mark is made: whoever holds it then looks for the mark afterwards.
    is_ours = _tried(number) or (asking.miss(flow.slug) and _tried(number))
    try:
        yield is_ours
    finally:
        if is_ours:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, number])


def _tried(number: int) -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, number])
        return bool(cursor.fetchone()[0])


@contextmanager
def _graceful() -> Iterator[threading.Event]:
    """The event is set by SIGTERM, so that a run finishes its calls and releases the rest."""
    stopping = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield stopping
    finally:
        signal.signal(signal.SIGTERM, before)
    if stopping.is_set():
        # The run is over; now the signal may do what it would have done.
        if callable(before):
            before(signal.SIGTERM, None)
        elif before == signal.SIG_DFL:
            signal.raise_signal(signal.SIGTERM)
