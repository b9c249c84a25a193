"""Adjustments that wait for a second person, and deciding them, one or many."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from reconciliation import adjustments
from reconciliation.models import Adjustment
from reconciliation.refusals import Refused


@requires(May.VIEW_RECONCILIATION)
def adjustment_list(request: HttpRequest) -> HttpResponse:
    """Open proposals first, then what was decided."""
    user = person(request)
    found = Adjustment.objects.select_related("difference")
    open_ones = list(found.filter(state=Adjustment.State.PROPOSED).order_by("proposed_at"))
    for one in open_ones:
        one.why_not = adjustments.why_not(one, user)  # type: ignore[attr-defined]
    decided = found.exclude(state=Adjustment.State.PROPOSED)
    context = {
        "title": "Adjustments",
        "open_ones": open_ones,
        "page": Paginator(decided, 50).get_page(request.GET.get("page")),
        "may_decide": user.may(May.DECIDE_APPROVALS),
        "me": user,
    }
    return render(request, "reconciliation/adjustments.html", context)


@require_POST
@requires(May.DECIDE_APPROVALS)
def decide(request: HttpRequest) -> HttpResponse:
    """Approves or refuses the ticked proposals; each that was not says why."""
    note = request.POST.get("note", "")
    ticked = [pk for pk in request.POST.getlist("pk") if pk.isdecimal()]
    found = list(Adjustment.objects.filter(pk__in=ticked))
    if not found:
        messages.warning(request, "Tick the proposals you want to decide.")
    elif request.POST.get("decision") == "approve":
        left = adjustments.approve_many(found, actor=person(request), note=note)
        _tell(request, len(found) - len(left), "approved", left)
    else:
        _refuse_many(request, found, note)
    return redirect("adjustments")


@require_POST
@requires(May.DECIDE_APPROVALS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The proposer takes one back."""
    adjustment = get_object_or_404(Adjustment, pk=pk)
    try:
        adjustments.withdraw(adjustment, actor=person(request))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, "Withdrawn.")
    return redirect("adjustments")


def _refuse_many(request: HttpRequest, found: list[Adjustment], note: str) -> None:
    left = []
    for one in found:
        try:
            adjustments.refuse(one, actor=person(request), note=note)
        except Refused as refusal:
            left.append((one, refusal.message))
    _tell(request, len(found) - len(left), "refused", left)


def _tell(request: HttpRequest, number: int, done: str, left: list[tuple[Adjustment, str]]) -> None:
    if number:
        messages.success(request, f"{number} {done}.")
    for adjustment, why in left:
        messages.warning(request, f"{adjustment}: {why}")
