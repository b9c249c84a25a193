"""Acting on many cases at once: the selection, the action's form, the job."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from exceptions import access, rework
from exceptions import bulk as bulk_work
from exceptions.action import actions
from exceptions.filters.cases import CaseFilter
from exceptions.models import BulkJob, ExceptionCase
from exceptions.problems import Refused
from integration.accounts.gate import check, person, requires
from integration.accounts.roles import May


@requires(May.VIEW_CASES)
def bulk(request: HttpRequest) -> HttpResponse:
    """First the form of the action with how many cases it concerns, then the job."""
    if request.method != "POST":
        return redirect("cases")  # A page fetched again or gone back to: nothing was posted.
    user = person(request)
    action = actions().get(request.POST.get("action", ""))
    if action is None or not action.bulk:
        messages.warning(request, "This cannot be done with many cases at once.")
        return redirect("cases")
    check(user, action.permission)
    found = _selection(request)
    if not found.exists():
        messages.warning(request, "No case is selected. Tick some, or “All that match”.")
        return redirect(_back(request))
    if action.asks and "confirm" not in request.POST:
        return _form_page(request, action.form_class(None)(), found)
    try:
        job = bulk_work.begin(action.slug, found, request.POST, actor=user)
    except Refused as problem:
        form = action.form_class(None, request.POST)(request.POST)
        form.add_error(None, problem.message)
        return _form_page(request, form, found, status=422)
    messages.success(request, f"Started: {job.title}.")
    return redirect("job", pk=job.pk)


@require_POST
@requires(May.VIEW_CASES)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a finished job back, as far as nobody touched its cases since."""
    job = get_object_or_404(BulkJob, pk=pk)
    try:
        again = bulk_work.undo(job, actor=person(request))
    except Refused as problem:
        messages.warning(request, problem.message)
        return redirect("job", pk=pk)
    return redirect("job", pk=again.pk)


def _selection(request: HttpRequest) -> QuerySet[ExceptionCase]:
    """The ticked cases, or all that match the filter the list was shown with."""
    visible = access.visible(person(request))
    if "everything" not in request.POST:
        ticked = [pk for pk in request.POST.getlist("pk") if pk.isdecimal()]
        return visible.filter(pk__in=ticked)
    narrowed = QueryDict(request.POST.get("filter", ""))
    filterset = CaseFilter(narrowed, queryset=visible, request=request)
    found: QuerySet[ExceptionCase] = filterset.qs if filterset.is_valid() else visible.none()
    return found


def _back(request: HttpRequest) -> str:
    return f"{reverse('cases')}?{QueryDict(request.POST.get('filter', '')).urlencode()}"


def _form_page(
    request: HttpRequest, form: Any, found: QuerySet[ExceptionCase], status: int = 200
) -> HttpResponse:
    action = actions()[request.POST["action"]]
    number = found.count()
    context = {
        "title": action.label,
        "action": action,
        "form": form,
        "number": number,
        "some": found[:10],
        "orders": rework.number_of_orders(found),
        "pks": request.POST.getlist("pk"),
        "everything": request.POST.get("everything"),
        "filter": request.POST.get("filter", ""),
        "back": _back(request),
    }
    return render(request, "exceptions/bulk.html", context, status=status)
