"""Campaigns before they are sent: the list, the form, a run of the checks and its findings."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from exceptions.preflight import comparison, running
from exceptions.preflight.check import check_of
from exceptions.preflight.forms import PreflightForm, PromotionForms, promotions_of
from exceptions.preflight.models import Preflight, PreflightRun, Verdict
from exceptions.preflight.remedies import remedies
from exceptions.preflight.tables import FindingTable, columns
from exceptions.problems import Refused
from exceptions.storable import text
from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from integration.exports import answer

PAGE = 50


@requires(May.VIEW_CAMPAIGNS)
def preflight_list(request: HttpRequest) -> HttpResponse:
    """Every campaign that was checked, newest first, with its last verdict."""
    last = PreflightRun.objects.filter(preflight=OuterRef("pk")).order_by("-number")
    found = Preflight.objects.annotate(
        verdict=Subquery(last.values("verdict")[:1]),
        state=Subquery(last.values("state")[:1]),
        checked_at=Subquery(last.values("created_at")[:1]),
        contacts=Subquery(last.values("contacts")[:1]),
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "preflight/list.html",
        {**_may(request), "title": "Campaign pre-flight", "page": page},
    )


@requires(May.CHECK_CAMPAIGNS)
def preflight_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Preflight(), "Check a campaign")


@requires(May.CHECK_CAMPAIGNS)
def preflight_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Preflight, pk=pk)
    return _edit(request, row, f"Change {row.name}")


@requires(May.VIEW_CAMPAIGNS)
def preflight_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The last run of a campaign, or the one asked for."""
    row = get_object_or_404(Preflight, pk=pk)
    wanted = request.GET.get("run", "")
    runs = row.runs.select_related("preflight")
    run = get_object_or_404(runs, number=int(wanted)) if wanted.isdecimal() else runs.first()
    form = request.GET.get("export", "")
    if run and form in ("csv", "xlsx"):
        name = f"preflight-{row.pk}-{run.number}"
        user = person(request)
        told = columns(personal=user.may(May.SEE_PERSONAL_DATA))
        return answer(_findings(request, run), told, name, form=form, user=user)
    context = {"title": row.name, "preflight": row, "run": run, "runs": row.runs.all()[:20]}
    return render(
        request, "preflight/page.html", {**context, **_may(request), **_told(request, run)}
    )


@require_POST
@requires(May.CHECK_CAMPAIGNS)
def check_again(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Preflight, pk=pk)
    try:
        running.begin(row, actor=person(request))
    except Refused as refused:
        messages.warning(request, refused.message)
    return redirect("preflight", pk=pk)


def _edit(request: HttpRequest, row: Preflight, title: str) -> HttpResponse:
    """The form; what is saved is checked at once."""
    given = request.POST or None
    form = PreflightForm(given, instance=row)
    promotions = PromotionForms(given, initial=row.promotions, prefix="promotions")
    if request.method == "POST" and form.is_valid() and promotions.is_valid():
        try:
            return redirect("preflight", pk=_save(request, form, promotions).pk)
        except Refused as refused:
            form.add_error(None, refused.message)
    context = {"title": title, "form": form, "promotions": promotions, "preflight": row}
    return render(request, "preflight/form.html", context)


def _save(request: HttpRequest, form: PreflightForm, promotions: Any) -> Preflight:
    user = person(request)
    with transaction.atomic():
        row: Preflight = form.save(commit=False)
        row.skus = form.cleaned_data["sku_lines"]
        row.promotions = promotions_of(promotions)
        if row._state.adding:
            row.created_by, row.created_by_name = user, text(str(user), 150)
        row.save()
        running.begin(row, actor=user)
    return row


def _told(request: HttpRequest, run: PreflightRun | None) -> dict[str, Any]:
    if run is None or run.state != PreflightRun.State.DONE:
        return {}
    earlier = comparison.before(run)
    changes = comparison.changes(run, earlier) if earlier else {}
    table = FindingTable(
        found := _findings(request, run),
        remedies={},
        personal=person(request).may(May.SEE_PERSONAL_DATA),
    )
    RequestConfig(request, paginate={"per_page": PAGE}).configure(table)
    shown = [row.record for row in table.page.object_list]
    table.remedies = remedies(shown, person(request))
    return {
        "earlier": earlier,
        "results": [
            (check, result, changes.get(result.check_slug))
            for result in run.results.all()
            if (check := check_of(result.check_slug))
        ],
        "table": table,
        "found": found,
        "only": _only(request),
        "verdicts": Verdict,
    }


def _findings(request: HttpRequest, run: PreflightRun) -> Any:
    """Of the check asked for, or all; only what is new since the last run, when asked."""
    found = run.findings.all()
    if request.GET.get("new") and (earlier := comparison.before(run)):
        found = comparison.new(run, earlier)
    only = _only(request)
    return comparison.worst_first(found.filter(check_slug=only) if only else found)


def _may(request: HttpRequest) -> dict[str, bool]:
    return {"may_check": person(request).may(May.CHECK_CAMPAIGNS)}


def _only(request: HttpRequest) -> str:
    asked = request.GET.get("check", "")
    return asked if check_of(asked) else ""
