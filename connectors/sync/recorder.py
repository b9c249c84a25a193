"""Keeps what was said: every call that failed and the last one, capped, and pruned by age."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from django.utils import timezone

from connectors import exchange
from connectors.sync.models import Exchange

MOST_KEPT = 200
KEEP_DAYS = 30
TOO_MANY = 429
_item: ContextVar[int | None] = ContextVar("item", default=None)


@contextmanager
def about(item_id: int | None) -> Iterator[None]:
    """Calls made inside belong to this item."""
    token = _item.set(item_id)
    try:
        yield
    finally:
        _item.reset(token)


class ExchangeRecorder:
    """Collects in memory; `flush` writes it in one statement. Safe to share between threads."""

    def __init__(self, run_id: int | None = None) -> None:
        self._run_id = run_id
        self._lock = threading.Lock()
        self._failed: list[Exchange] = []
        self._last: tuple[exchange.Exchange, int | None] | None = None
        self.calls = 0
        self._spent: dict[str, list[int]] = {}

    def record(self, said: exchange.Exchange) -> None:
        with self._lock:
            self.calls += said.weight
            system = _system(said)
            failed = bool(said.error) or said.status is None or said.status >= 400
            spent = self._spent.setdefault(system, [0, 0, 0])
            spent[0] += said.weight
            spent[1] += failed * said.weight
            spent[2] += said.status == TOO_MANY
            if failed and len(self._failed) < MOST_KEPT:
                self._failed.append(self._row(said, _item.get()))
            elif not failed:
                self._last = said, _item.get()

    def take_spent(self) -> dict[str, list[int]]:
        """Calls, failed ones and those told to slow down by system, since it was last asked."""
        with self._lock:
            spent, self._spent = self._spent, {}
        return spent

    def flush(self, *, last: bool = False) -> None:
        """Writes what failed and, when the work is over, the `last` call that went well."""
        with self._lock:
            rows, self._failed = self._failed, []
            if last and self._last is not None:
                rows, self._last = [*rows, self._row(*self._last)], None
        if rows:
            Exchange.objects.bulk_create(rows)

    def _row(self, said: exchange.Exchange, item_id: int | None) -> Exchange:
        return Exchange(
            item_id=item_id,
            run_id=self._run_id,
            system=_system(said),
            method=said.method,
            path=said.path[:300],
            status=said.status,
            at=said.started_at,
            milliseconds=round(said.seconds * 1000),
            request_body=_storable(said.request_body),
            response_body=_storable(said.response_body),
            request_id=said.request_id[:80],
            error=_storable(said.error),
        )


def _system(said: exchange.Exchange) -> str:
    return "sfmc" if said.system.startswith("Marketing") else "prima"


def prune() -> int:
    """Deletes exchanges that are too old to be asked about; they hold personal data."""
    deleted, _ = Exchange.objects.filter(at__lt=timezone.now() - timedelta(days=KEEP_DAYS)).delete()
    return deleted


def _storable(text: str) -> str:
    """PostgreSQL holds no null characters."""
    return text.replace("\x00", "�")
