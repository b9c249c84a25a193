"""What finance does about differences: match, unmatch, propose, ask; one or many at once."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from integration.accounts.gate import person, requires
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.core.templatetags.desk import minor
from reconciliation import adjustments, by_hand, telling
from reconciliation.by_hand import Chosen
from reconciliation.filters.differences import DifferenceFilter
from reconciliation.models import Adjustment, Difference, Match
from reconciliation.refusals import Refused, Stale
from reconciliation.views.listing import chosen
from reconciliation.views.saved import redirect_to_list

_PROPOSED = ("write_off", "fee", "fx", "timing")


@require_POST
@requires(May.RECONCILE)
def match_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Several lines and several documents may be one match."""
    difference = get_object_or_404(Difference, pk=pk)
    chosen = Chosen.of(ticked(request, "lines"), ticked(request, "documents"))
    reason = request.POST.get("reason", "")
    try:
        made = by_hand.put_together(
            chosen, actor=person(request), reason=reason, difference=difference
        )
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, told(made))
    return redirect("difference", pk=difference.pk)


@require_POST
@requires(May.RECONCILE)
def unmatch(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a match apart; what was in it is open again."""
    found = get_object_or_404(Match, pk=pk)
    try:
        by_hand.undo(found, actor=person(request), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, "Undone. What was in it is open again.")
    return redirect("match", pk=pk)


@require_POST
@requires(May.RECONCILE)
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a write-off, a fee, an exchange difference or timing before a second person."""
    difference = get_object_or_404(Difference, pk=pk)
    version = request.POST.get("version", "")
    try:
        _propose(request, difference, person(request), int(version) if version.isdecimal() else -1)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, "Proposed. A second person of finance decides.")
    return redirect("difference", pk=pk)


@require_POST
@requires(May.RECONCILE)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A question to operations becomes a case in their queue."""
    difference = get_object_or_404(Difference, pk=pk)
    try:
        telling.ask(difference, request.POST.get("question", ""), actor=person(request))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, "Asked. Operations finds it among its cases.")
    return redirect("difference", pk=pk)


@require_POST
@requires(May.RECONCILE)
def bulk(request: HttpRequest) -> HttpResponse:
    """Proposes for, or asks about, all ticked differences; each that was not says why."""
    found = chosen(request, Difference.objects.all(), DifferenceFilter)
    left: list[tuple[Difference, str]] = []
    for difference in found:
        try:
            _do(request, difference)
        except Refused as refusal:
            left.append((difference, refusal.message))
    if not found:
        messages.warning(request, "Tick the differences first.")
    elif len(found) > len(left):
        messages.success(request, f"Done for {len(found) - len(left)}.")
    for difference, why in left[:20]:
        messages.warning(request, f"{difference}: {why}")
    return redirect_to_list("differences", request.POST.get("query", ""))


def told(made: Match | Adjustment) -> str:
    """What came of putting things together by hand."""
    if isinstance(made, Match):
        return "Matched."
    amount = minor(made.amount, made.currency)
    return f"The sides differ by {amount}, so this is proposed. A second person of finance decides."


def ticked(request: HttpRequest, name: str) -> list[int]:
    return [int(value) for value in request.POST.getlist(name) if value.isdecimal()][:500]


def _do(request: HttpRequest, difference: Difference) -> None:
    if request.POST.get("kind") == "ask":
        telling.ask(difference, request.POST.get("reason", ""), actor=person(request))
        return
    _propose(request, difference, person(request), None)


def _propose(
    request: HttpRequest, difference: Difference, actor: User, version: int | None
) -> Adjustment:
    kind = request.POST.get("kind", "")
    if kind not in _PROPOSED:
        raise Refused("Choose what to propose.")
    if version == -1:
        raise Stale("The page was incomplete. Look again.")
    proposal: Any = adjustments.Proposal(
        kind=Adjustment.Kind(kind),
        reason=request.POST.get("reason", ""),
        ledger=request.POST.get("ledger", ""),
        until=_day(request.POST.get("until", "")),
    )
    return adjustments.propose(difference, proposal, actor=actor, version=version)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
