"""Health of every flow, its runs, and starting one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from connectors.sync.models import SyncRun
from integration.accounts.gate import requires
from integration.accounts.roles import May


@requires(May.VIEW_CASES)
def syncs(request: HttpRequest) -> HttpResponse:
    """How every flow does, in words."""
    return render(request, "syncs/syncs.html", {"title": "Syncs"})


@requires(May.VIEW_CASES)
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: what it saw, sent, held, and what went wrong."""
    run = get_object_or_404(SyncRun, pk=pk)
    return render(request, "syncs/run.html", {"title": str(run), "run": run})


@require_POST
@requires(May.RUN_FLOWS)
def run_now(request: HttpRequest, flow: str) -> HttpResponse:
    return redirect("syncs")
