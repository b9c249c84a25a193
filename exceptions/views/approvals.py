"""Proposals that wait for a second person, and deciding them."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from exceptions import approvals
from exceptions.action import Done
from exceptions.models import Approval
from exceptions.payload import rows
from exceptions.problems import Refused
from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from reconciliation import deciders


class DecisionForm(forms.Form):
    """The note is needed to refuse and to withdraw, welcome to approve."""

    note = forms.CharField(
        label="Note",
        max_length=250,
        required=False,
        help_text="Why. Needed when you refuse or withdraw.",
    )


@requires(May.VIEW_CASES)
def approval_list(request: HttpRequest) -> HttpResponse:
    """What this person may decide first, then their own and others' proposals, then what was decided."""
    user = person(request)
    found = Approval.objects.select_related("proposer", "decider", "case")
    open_ones = found.filter(state=Approval.State.PROPOSED).order_by("proposed_at")
    decided = found.exclude(state=Approval.State.PROPOSED)
    page = Paginator(decided, 50).get_page(request.GET.get("page"))
    others = open_ones.exclude(proposer=user)
    context = {
        "title": "Approvals",
        "open_ones": others,
        "own": open_ones.filter(proposer=user),
        "may_decide": user.may(May.DECIDE_APPROVALS),
        "page": page,
        "adjustments": deciders.waiting(user) if user.may(May.VIEW_RECONCILIATION) else None,
    }
    return render(request, "exceptions/approvals.html", context)


@requires(May.VIEW_CASES)
def approval_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: what, how much, why, and the buttons for whoever may decide."""
    return _page(request, _get(pk), DecisionForm())


@require_POST
@requires(May.DECIDE_APPROVALS)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, approvals.approve)


@require_POST
@requires(May.DECIDE_APPROVALS)
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, approvals.refuse)


@require_POST
@requires(May.VIEW_CASES)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, approvals.withdraw)


def _decide(request: HttpRequest, pk: int, decision: Callable[..., Done]) -> HttpResponse:
    approval = _get(pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, approval, form, status=422)
    note = form.cleaned_data["note"]
    try:
        done = decision(approval, actor=person(request), note=note)
    except Refused as problem:
        form.add_error(None, problem.message)
        return _page(request, approval, form, status=422)
    messages.success(request, done.message)
    if done.job is not None:
        return redirect("job", pk=done.job.pk)
    return redirect("approval", pk=pk)


def _get(pk: int) -> Approval:
    return get_object_or_404(Approval.objects.select_related("proposer", "decider", "case"), pk=pk)


def _page(
    request: HttpRequest, approval: Approval, form: DecisionForm, status: int = 200
) -> HttpResponse:
    user = person(request)
    context = {
        "title": approval.summary,
        "approval": approval,
        "form": form,
        "rows": rows(approval.payload),
        "why_not": approvals.why_not(approval, user),
        "is_mine": user.pk == approval.proposer_id,
    }
    return render(request, "exceptions/approval.html", context, status=status)
