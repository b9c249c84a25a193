"""Adjustments that wait for a second person, and deciding them, one or many."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from reconciliation import adjustments, deciders
from reconciliation.filters.adjustments import AdjustmentFilter
from reconciliation.models import Adjustment
from reconciliation.refusals import Refused
from reconciliation.tables.adjustments import COLUMNS, AdjustmentTable
from reconciliation.views.listing import DeskList, chosen
from reconciliation.views.saved import redirect_to_list


class AdjustmentList(DeskList):
    """`/reconciliation/adjustments/`: what waits for a decision, and what was decided."""

    page = "adjustments"
    columns = COLUMNS
    body_template_name = "reconciliation/parts/adjustments_body.html"
    filterset_class = AdjustmentFilter
    table_class = AdjustmentTable
    title = "Adjustments"
    lede = "Whatever changes figures: one person of finance proposes, a second one decides."
    empty_title = "Nothing waits for a decision"
    empty_text = "None matches the filter. Decided ones are under “Any state”."

    def get_queryset(self) -> QuerySet[Adjustment]:
        return Adjustment.objects.select_related("difference")

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"user": person(self.request)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = person(self.request)
        context["may_decide"] = (
            context["table"].paginator.count > 0
            and user.may(May.DECIDE_APPROVALS)
            and context["filter"].qs.filter(deciders.open_to(user)).exists()
        )
        return context


@require_POST
@requires(May.DECIDE_APPROVALS)
def decide(request: HttpRequest) -> HttpResponse:
    """Approves or refuses the ticked proposals; each that was not says why."""
    note = request.POST.get("note", "")
    found = chosen(request, Adjustment.objects.all(), AdjustmentFilter)
    if not found:
        messages.warning(request, "Tick the proposals you want to decide.")
    elif request.POST.get("decision") == "approve":
        left = adjustments.approve_many(found, actor=person(request), note=note)
        _tell(request, len(found) - len(left), "approved", left)
    else:
        left = adjustments.refuse_many(found, actor=person(request), note=note)
        _tell(request, len(found) - len(left), "refused", left)
    return redirect_to_list("adjustments", request.POST.get("query", ""))


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
    return redirect_to_list("adjustments", request.POST.get("query", ""))


def _tell(request: HttpRequest, number: int, done: str, left: list[tuple[Adjustment, str]]) -> None:
    if number:
        messages.success(request, f"{number} {done}.")
    for adjustment, why in left[:20]:
        messages.warning(request, f"{adjustment}: {why}")
