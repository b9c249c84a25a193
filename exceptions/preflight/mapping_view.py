"""The mapping a finding lacks, one click from the finding."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from exceptions import mapped
from exceptions.action import actions
from exceptions.preflight import telling
from exceptions.preflight.models import PreflightFinding
from exceptions.preflight.remedies import MAPPED_BY
from exceptions.problems import Refused
from integration.accounts.gate import check, person, requires
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.mapping.book import MappingBook

_ACTIONS = {"unknown_sku": "map_product", "bad_discount": "map_promotion"}
_VALUES = ("treatment", "prima_code", "max_percent", "max_amount", "may_stack", "note")


@requires(May.VIEW_CAMPAIGNS)
def map_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """The same form as in the queues, without a case: orders held for it are tried again."""
    finding = get_object_or_404(PreflightFinding.objects.select_related("run__preflight"), pk=pk)
    if finding.code not in _ACTIONS:
        return redirect("preflight", pk=finding.run.preflight_id)
    check(person(request), MAPPED_BY[finding.code])
    action = actions()[_ACTIONS[finding.code]]
    given: dict[str, Any] = request.POST.dict() or {"search": finding.subject}
    form_class = action.form_class(None, given)
    is_sent = request.method == "POST" and "look" not in request.POST
    form = form_class(request.POST) if is_sent else form_class(initial=given)
    if is_sent and form.is_valid():
        try:
            _write(finding, form.cleaned_data, person(request))
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "Mapped. Check the campaign again to see what is left.")
            return redirect("preflight", pk=finding.run.preflight_id)
    context = {"title": f"Map {finding.subject}", "form": form, "finding": finding}
    context["says"] = telling.message(finding, personal=person(request).may(May.SEE_PERSONAL_DATA))
    return render(request, "preflight/map.html", {**context, "action": action})


def _write(finding: PreflightFinding, told: dict[str, Any], actor: User) -> None:
    if finding.code == "unknown_sku":
        mapped.map_product(finding.subject, told["product"], actor=actor, note=told.get("note", ""))
        return
    policy = MappingBook.rules().policy
    percent, amount = told["max_percent"], told["max_amount"]
    if (percent or 0) > policy.max_discount_percent or (amount or 0) > policy.max_discount_amount:
        raise Refused(
            "A limit above the order policy needs a second person of finance: leave it empty here, "
            "and raise it from the queue of bad discounts."
        )
    values = {name: told[name] for name in _VALUES}
    mapped.map_promotion(finding.facts.get("code", finding.subject), values, actor=actor)
