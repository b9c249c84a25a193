"""The desk end to end: everything read, checked, translated, sent and stored, in this process."""

import resource
import sys
from collections.abc import Mapping
from time import perf_counter
from typing import Any

from django.db.models import Count

from connectors.management.measuring.report import Tell
from connectors.sync import runner
from connectors.sync.context import Progress
from connectors.sync.flow import ORDERS
from connectors.sync.models import Connection, SyncItem, SyncRun
from connectors.sync.orders.world_loader import load_reference

READING = ("prima_reference", "campaign_orders")
NO_LIMIT = 100_000
"""Calls a second: what is measured is the desk, not the load limit an admin has set."""
_BYTES = 1 if sys.platform == "darwin" else 1024


class DeskFailed(Exception):
    """A run did not do its work; the text says what it said."""


def measure(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """The `seconds` until all is done, the `connections` it sent over, and `peak_mb`."""
    Connection.objects.update(calls_per_second=NO_LIMIT)
    begun = perf_counter()
    for slug in READING:
        tell(slug)
        _run(slug, tell)
    read = perf_counter()
    while _run(ORDERS, tell).sent and _waiting():
        continue
    done = perf_counter()
    states = dict(SyncItem.objects.order_by().values_list("state").annotate(Count("id")))
    return {
        "seconds": done - begun,
        "reading": read - begun,
        "sending": done - read,
        "sent": states.get(SyncItem.State.SENT, 0),
        "not_sent": sum(states.values()) - states.get(SyncItem.State.SENT, 0),
        "connections": load_reference().capabilities.limits.concurrency,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES / 1e6,
    }


def _run(slug: str, tell: Tell) -> SyncRun:
    def watch(progress: Progress) -> None:
        whole = "" if progress.total is None else f" of {progress.total:,}"
        tell(f"{slug}, {progress.done:,}{whole}")

    row = runner.run(slug, started_by="bench", watch=watch)
    if row is None or row.status in (SyncRun.Status.FAILED, SyncRun.Status.STOPPED):
        raise DeskFailed(f"{slug}: {row.message if row else 'it is switched off'}")
    return row


def _waiting() -> bool:
    return SyncItem.objects.filter(flow=ORDERS, state=SyncItem.State.WAITING).exists()
