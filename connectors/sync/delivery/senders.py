"""A few threads that make remote calls side by side, each with its own database connection."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import TypeVar

from django.db import connections as databases

Job = TypeVar("Job")
Result = TypeVar("Result")
_LOOK_UP_SECONDS = 2.0


class Senders:
    """Use it with `with`: the threads and their database connections end there."""

    def __init__(self, size: int) -> None:
        self._size = max(1, size)
        self._pool = ThreadPoolExecutor(self._size, thread_name_prefix="sender")

    def begin(self, jobs: Sequence[Job], work: Callable[[Job], Result]) -> list[Future[Result]]:
        """Starts the work on every job."""
        return [self._pool.submit(work, job) for job in jobs]

    def results(
        self, futures: Sequence[Future[Result]], *, meanwhile: Callable[[], None]
    ) -> list[Result]:
        """The result of every job, in order. `meanwhile` is called every few seconds."""
        left: set[Future[Result]] = set(futures)
        while left:
            # Woken for all at once: looking after each one costs more than sending it.
            _, left = wait(left, timeout=_LOOK_UP_SECONDS)
            if left:
                meanwhile()
        return [future.result() for future in futures]

    def __enter__(self) -> "Senders":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Each thread closes its own connection: nobody else may."""
        meeting = threading.Barrier(self._size)

        def leave() -> None:
            meeting.wait(timeout=60)
            databases.close_all()

        for _ in range(self._size):
            self._pool.submit(leave)
        self._pool.shutdown(wait=True)
