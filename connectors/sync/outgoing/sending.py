"""Sends what changed to a data extension in the background of Marketing Cloud, and accounts for it.

A worker that dies in the middle leaves rows whose outcome nobody knows. They are simply sent again:
a row replaces the one with its key, so that twice is the same as once.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from django.db import connection as database

from connectors.errors import CircuitOpen, Rejected, TransientError, UnexpectedShape
from connectors.sfmc.async_rows import ROWS_A_CALL, AsyncRequest, AsyncRows, AsyncState
from connectors.sfmc.rows import RowOutcome
from connectors.sync.context import Context
from connectors.sync.outgoing import table_problem, verdict
from connectors.sync.outgoing.parcel import Outgoing, Parcel, due, mark_leaving, waiting
from connectors.sync.outgoing.target import Target, target_of

Result = TypeVar("Result")
AHEAD = 4
"""Requests under way at once: Marketing Cloud writes one while the next is being handed over."""
PASSES = 3
"""A row that met a deadlock goes again in the same run."""
TRIES = 3
FEW_ROWS = 100
SOON, LATER, LONGEST_LOOK, PATIENCE = 0.3, 1.0, 5.0, 90.0
"""Seconds: until the first look at a request of few rows and of many, between looks at most, and
until it is given up. A look too early is a call for nothing."""
_LOCKS = 7_260_122


def send(context: Context, part: str) -> None:
    """Everything of the part that is to go now. Raises the errors of `connectors.errors`.

    Only one worker sends a part at a time; another one leaves it to that.
    """
    target = target_of(part)
    with _alone(part) as is_ours:
        if is_ours:
            _Sender(context, target).send()


class _Sender:
    def __init__(self, context: Context, target: Target) -> None:
        self._context = context
        self._target = target
        self._rows: AsyncRows = context.remotes.sfmc().data_extensions.in_background
        self._size = min(ROWS_A_CALL, max(1, context.setting.batch_size))
        self._is_well = False

    def send(self) -> None:
        to_go = waiting(self._target.part)
        if not to_go:
            return
        self._context.total = (self._context.total or self._context.run.seen) + to_go
        for _ in range(PASSES):
            if not self._pass():
                return

    def _pass(self) -> int:
        """Answers how many rows may do better at once."""
        under_way: deque[Parcel] = deque()
        again = 0
        for rows in due(self._target.part, self._size):
            if self._context.is_over():
                break
            under_way.extend(self._submit(rows))
            while len(under_way) >= AHEAD:
                again += self._settle(under_way.popleft())
        while under_way:
            again += self._settle(under_way.popleft())
        return 0 if self._context.is_over() else again

    def _submit(self, rows: Sequence[Outgoing]) -> list[Parcel]:
        told = [self._target.row(row.values, row.changed_at) for row in rows]
        mark_leaving(rows)
        try:
            requests = _patiently(lambda: list(self._rows.submit(self._target.name, told)))
        except Rejected as refused:
            table_problem.found(self._target, refused.message)
            raise
        at = monotonic()
        return [
            Parcel(list(rows[one.first : one.first + one.size]), _whole(one), at)
            for one in requests
        ]

    def _settle(self, parcel: Parcel) -> int:
        """Waits for the request and writes what became of its rows."""
        try:
            outcomes = self._outcomes(parcel)
        except UnexpectedShape as unclear:
            outcomes = None
            self._context.note(unclear.message)
        size = len(parcel.rows)
        if outcomes is None:
            verdict.postpone(parcel.rows, "Nobody knows yet whether it was written.")
            self._context.count(seen=size, failed=size)
            self._context.beat()
            return 0
        self._look_at_the_whole(outcomes)
        done = verdict.store(
            self._target, parcel.rows, outcomes, self._context.setting.max_attempts
        )
        self._context.count(seen=size, sent=done.confirmed, failed=done.again, held=done.refused)
        self._context.beat()
        return sum(1 for row, one in zip(parcel.rows, outcomes, strict=True)
                   if not one.ok and one.retryable and not row.attempts)  # fmt: skip

    def _outcomes(self, parcel: Parcel) -> list[RowOutcome] | None:
        """One a row, in their order; None when it takes longer than anybody can wait."""
        state = self._finished(parcel)
        if state is None:
            self._context.note("Marketing Cloud was still writing rows; they go again later.")
            return None
        if state.has_errors:
            return _patiently(lambda: self._rows.outcomes(parcel.request))
        return [RowOutcome(place, ok=True) for place in range(len(parcel.rows))]

    def _finished(self, parcel: Parcel) -> AsyncState | None:
        look = SOON if len(parcel.rows) <= FEW_ROWS else LATER
        stopping = self._context.stopping
        stopping.wait(max(0.0, parcel.submitted_at + look - monotonic()))
        while True:
            state = _patiently(lambda: self._rows.state(parcel.request))
            if state.phase == "complete":
                return state
            if monotonic() >= parcel.submitted_at + PATIENCE or stopping.wait(look):
                return None
            look = min(LONGEST_LOOK, look * 1.5)

    def _look_at_the_whole(self, outcomes: Sequence[RowOutcome]) -> None:
        """The same refusal for every row is no fault of the rows: they wait, and the table is it."""
        said = table_problem.common_refusal(outcomes)
        if said:
            table_problem.found(self._target, said)
            raise Rejected(f"Marketing Cloud refused every row for {self._target.name}: {said}")
        if not self._is_well:
            self._is_well = True
            table_problem.healed(self._target)


def _patiently(call: Callable[[], Result]) -> Result:
    """The same call again after a passing failure: each of them may be made twice without harm.

    A request to slow down is obeyed by the pace of the calls.
    """
    for _ in range(TRIES - 1):
        try:
            return call()
        except CircuitOpen:
            raise
        except TransientError:
            continue
    return call()


def _whole(request: AsyncRequest) -> AsyncRequest:
    """The places of its outcomes count from its own first row."""
    return AsyncRequest(request.id, 0, request.size)


@contextmanager
def _alone(part: str) -> Iterator[bool]:
    """True when no other worker sends this part. A worker that dies lets go of the lock."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_LOCKS, part])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_LOCKS, part])
