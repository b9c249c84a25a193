"""Rows that Marketing Cloud refused, sent again in the background."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from connectors.sync.nudges import nudge
from connectors.sync.outgoing import senders, staging
from exceptions import jobs
from exceptions.models import BulkJob, ExceptionCase, Occurrence
from exceptions.words import counted
from integration.accounts.models import User

ROW = " row"
"""How occurrences name a row of a data extension: "product row"."""


def waiting_rows(case: ExceptionCase) -> list[list[str]]:
    """The rows that wait behind the case, as [part, key]."""
    rows = Occurrence.objects.filter(case=case, closed_at__isnull=True, object__endswith=ROW)
    found = rows.order_by("pk").values_list("object", "external_id")
    return [[object_.removesuffix(ROW), key] for object_, key in found]


def send_again(rows: Sequence[Sequence[str]], *, actor: User, case: ExceptionCase) -> BulkJob:
    """The job alone touches the rows, once the caller's transaction has committed."""
    title = f"Send {counted(len(rows), 'row')} to Marketing Cloud again"
    return jobs.begin(title, "send_rows_again", rows, actor=actor, case=case, args={"step": "rows"})


def rows_step(job: BulkJob, rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Sets the rows to go and asks for the flows that send them."""
    by_part: dict[str, list[str]] = defaultdict(list)
    for part, key in rows:
        by_part[part].append(key)
    for part, keys in by_part.items():
        staging.send_again(part, keys)
        for flow in senders.flows_of(part):
            nudge(flow)
    return []
