"""The trail on a page, with its chain checked, and as a file."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from integration.audit import trail
from integration.audit.filters import AuditFilter
from integration.audit.models import AuditEntry
from integration.core.cells import neutral
from integration.core.streaming import one_moment

PAGE = 100
CHECKED = 1_000
COLUMNS = (
    "number",
    "time (UTC)",
    "person",
    "action",
    "kind of thing",
    "key",
    "name",
    "details",
    "hash",
)


@require_safe
@requires(May.SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Newest first. `before` is the number of the last entry seen, so pages never shift."""
    shown = AuditFilter(request.GET, queryset=AuditEntry.objects.select_related("actor"))
    entries = _older_than(request.GET.get("before", ""), shown.qs.order_by("-id"))
    page = list(entries[: PAGE + 1])
    seen = {
        "filter": shown,
        "entries": page[:PAGE],
        "more": _address(request, before=page[PAGE - 1].pk) if len(page) > PAGE else "",
        "newest": _address(request) if request.GET.get("before") else "",
        "verdict": trail.verify(newest=CHECKED),
        "export": _address(request),
    }
    return render(request, "audit/audit.html", seen)


@require_safe
@requires(May.SEE_AUDIT, May.EXPORT)
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All entries of the filter as CSV, written while they are read."""
    shown = AuditFilter(request.GET, queryset=AuditEntry.objects.all())
    trail.record("audit trail exported", actor=person(request), filter=request.GET.dict())
    name = f"audit-{timezone.now():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        _csv(shown.qs.order_by("id")),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _csv(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    with one_moment():
        for entry in entries.iterator(chunk_size=2_000):
            yield writer.writerow([neutral(str(cell)) for cell in _cells(entry)])


def _cells(entry: AuditEntry) -> list[Any]:
    return [
        entry.pk,
        entry.at.isoformat(timespec="seconds"),
        entry.actor_name,
        entry.action,
        entry.target_type,
        entry.target_id,
        entry.target_label,
        json.dumps(entry.details, ensure_ascii=False, sort_keys=True) if entry.details else "",
        entry.hash,
    ]


class _Echo:
    """Gives every line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _older_than(before: str, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    return (
        entries.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 19 else entries
    )


def _address(request: HttpRequest, **changed: Any) -> str:
    """The filter as a query string, from its newest page or from `before`."""
    query = request.GET.copy()
    query.pop("before", None)
    for name, value in changed.items():
        query[name] = str(value)
    return query.urlencode()
