"""Health of every flow, its runs, and starting one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from connectors.sync import pausing, runs
from connectors.sync.context import why_not_now
from connectors.sync.flow import flow_of, flows, setting_of
from connectors.sync.models import Connection, Exchange, SyncRun
from connectors.sync.nudges import nudge
from exceptions.syncs import loads, watching
from exceptions.syncs.forms import LoadForm
from integration import exports, standing
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
        "standing": standing.still(),
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
    return render(request, "syncs/run.html", _run_context(request, pk))


@requires(May.VIEW_CASES)
def run_body(request: HttpRequest, pk: int) -> HttpResponse:
    """The body of the page of a run, fetched again while it lasts."""
    return render(request, "syncs/parts/run_body.html", _run_context(request, pk))


def _run_context(request: HttpRequest, pk: int) -> dict[str, Any]:
    run = get_object_or_404(SyncRun, pk=pk)
    may_run = person(request).may(May.RUN_FLOWS)
    known = flows().get(run.flow)
    return {
        "title": title_of(run),
        "run": run,
        "figures": watching.figures_of(run),
        "pace": watching.pace_of(run, timezone.now()),
        "setting": setting_of(known) if known else None,
        "exchanges": Exchange.objects.filter(run=run)[:50],
        "may_run": may_run,
        "may_see_details": may_run,
    }


@requires(May.VIEW_CASES)
def load(request: HttpRequest) -> HttpResponseBase:
    """What each flow spent of each system's calls on a day."""
    day = LoadForm(request.GET).day()
    shown = loads.of_day(day)
    if form := request.GET.get("export"):
        return exports.download(
            loads.rows(shown),
            "calls",
            form="xlsx" if form == "xlsx" else "csv",
            user=person(request),
        )
    context = {
        "title": "Calls",
        "systems": shown,
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < timezone.localdate() else None,
        "may_export": person(request).may(May.EXPORT),
    }
    return render(request, "syncs/load.html", context)


@require_POST
@requires(May.RUN_FLOWS)
def run_now(request: HttpRequest, flow: str) -> HttpResponse:
    """Nudges the background cluster; the flow itself sees to it that it does not run twice."""
    try:
        title = flow_of(flow).title
    except LookupError as error:
        messages.warning(request, str(error))
        return redirect("syncs")
    actor = person(request)
    setting = setting_of(flow_of(flow))
    if why := why_not_now(setting, by_hand=True):
        messages.warning(request, f"{title} cannot start. {why}")
        return redirect("syncs")
    with transaction.atomic():
        nudge(flow, started_by=str(actor)[:150])
        trail.record("flow started", actor=actor, label=title, flow=flow)
    messages.success(request, f"{title} starts in a moment.")
    return redirect("syncs")


@require_POST
@requires(May.RUN_FLOWS)
def pause(request: HttpRequest, flow: str) -> HttpResponse:
    """A run under way ends after its batch; nothing starts until somebody lets it go on."""
    return _held_up(request, flow, pausing.pause, "is paused. A run under way ends after its batch")


@require_POST
@requires(May.RUN_FLOWS)
def go_on(request: HttpRequest, flow: str) -> HttpResponse:
    """The flow runs again."""
    return _held_up(request, flow, pausing.go_on, "goes on in a moment")


def _held_up(
    request: HttpRequest, slug: str, step: Callable[..., bool], words: str
) -> HttpResponse:
    try:
        flow = flow_of(slug)
    except LookupError as error:
        messages.warning(request, str(error))
        return redirect("syncs")
    if step(flow, actor=person(request)):
        messages.success(request, f"{flow.title} {words}.")
    else:
        messages.info(request, f"{flow.title} was so already; nothing changed.")
    return redirect("syncs")


def title_of(run: SyncRun) -> str:
    """The flow's title; runs of flows that are no more keep their name."""
    found = flows().get(run.flow)
    return found.title if found else run.flow
