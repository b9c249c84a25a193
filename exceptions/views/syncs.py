"""Health of every flow, its runs, and starting one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_q.tasks import async_task

from connectors.sync import runs
from connectors.sync.flow import flow_of, flows
from connectors.sync.models import Connection, Exchange, SyncRun
from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from integration.audit import trail


@requires(May.VIEW_CASES)
def syncs(request: HttpRequest) -> HttpResponse:
    """How every flow does, in words."""
    page = Paginator(SyncRun.objects.defer("traceback"), 30).get_page(request.GET.get("page"))
    for run in page:
        run.title = title_of(run)  # type: ignore[attr-defined]
    context = {
        "title": "Syncs",
        "flows": runs.health(),
        "connections": Connection.objects.all(),
        "page": page,
        "now": timezone.now(),
        "may_run": person(request).may(May.RUN_FLOWS),
    }
    return render(request, "syncs/syncs.html", context)


@requires(May.VIEW_CASES)
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: what it saw, sent, held, and what went wrong."""
    run = get_object_or_404(SyncRun, pk=pk)
    context = {
        "title": title_of(run),
        "run": run,
        "exchanges": Exchange.objects.filter(run=run)[:50],
        "may_see_details": person(request).may(May.RUN_FLOWS),
    }
    return render(request, "syncs/run.html", context)


@require_POST
@requires(May.RUN_FLOWS)
def run_now(request: HttpRequest, flow: str) -> HttpResponse:
    """Nudges the background cluster; the flow itself sees to it that it does not run twice."""
    try:
        title = flow_of(flow).title
    except LookupError as error:
        messages.warning(request, str(error))
        return redirect("syncs")
    async_task("connectors.sync.tasks.run_flow", flow)
    trail.record("flow started", actor=person(request), label=title, flow=flow)
    messages.success(request, f"{title} starts in a moment.")
    return redirect("syncs")


def title_of(run: SyncRun) -> str:
    """The flow's title; runs of flows that are no more keep their name."""
    found = flows().get(run.flow)
    return found.title if found else run.flow
