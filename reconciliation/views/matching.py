"""Matches, and the screen on which open lines are matched one after the other."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from integration.accounts.gate import person, requires
from integration.accounts.models import User
from integration.accounts.roles import May
from integration.mirror.models import PrimaDocument
from reconciliation import by_hand, counterparts, match, periods
from reconciliation.by_hand import Chosen
from reconciliation.filters.matches import MatchFilter
from reconciliation.models import Difference, GatewayLine, Match, NearMatch, Presence, Rejection
from reconciliation.refusals import Refused
from reconciliation.tables.matches import COLUMNS, MatchTable
from reconciliation.tolerated import swallowing
from reconciliation.views.deciding import told
from reconciliation.views.listing import DeskList

HERE = timedelta(minutes=2)
"""How long somebody who opened a line counts as being at it."""


class MatchList(DeskList):
    """`/reconciliation/matches/`: what belongs together, by which rule."""

    page = "matches"
    columns = COLUMNS
    filterset_class = MatchFilter
    table_class = MatchTable
    title = "Matches"
    lede = "Lines and documents that belong together, and the rule or person that says so."
    empty_title = "No matches"
    empty_text = "No match fits the filter. Undone ones are under State."

    def get_queryset(self) -> QuerySet[Match]:
        """Numbers grow with time, and their index is there anyway."""
        return Match.with_tail(Match.objects.order_by("-pk"))


@requires(May.VIEW_RECONCILIATION)
def match_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides of a match, who made it and why; finance may undo it."""
    found = get_object_or_404(Match, pk=pk)
    user = person(request)
    context = {
        "title": f"Match {found.pk}",
        "match": found,
        "rule": match.title_of(found.rule),
        "lines": found.all_lines(),
        "documents": found.all_documents(),
        "swallowed": bool(found.difference) and swallowing().filter(pk=found.pk).exists(),
        "may_undo": user.may(May.RECONCILE) and found.undone_at is None,
        "shut": periods.shut_at(found.company, found.day),
    }
    return render(request, "reconciliation/match.html", context)


@requires(May.VIEW_RECONCILIATION)
def matching(request: HttpRequest) -> HttpResponse:
    """One open line with its candidates; the others are a key away."""
    user = person(request)
    lines = _lines(request)
    at = request.GET.get("at", "")
    line = (lines.filter(pk=int(at)).first() if at.isdecimal() else None) or lines.first()
    context: dict[str, Any] = {
        "title": "Match line by line",
        "gateway": request.GET.get("gateway", ""),
        "may_reconcile": user.may(May.RECONCILE),
        "personal": user.may(May.SEE_PERSONAL_DATA),
        "line": line,
        "total": lines.count(),
    }
    if at.isdecimal() and line is not None and line.pk != int(at):
        messages.info(request, "That line is settled already. Here is the next one.")
    if line is not None:
        context.update(_about(line, lines, user))
    return render(request, "reconciliation/matching.html", context)


@require_POST
@requires(May.RECONCILE)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Matches the line with one document and goes on to the next line."""
    line = get_object_or_404(GatewayLine, pk=pk)
    paper = get_object_or_404(PrimaDocument, pk=_number(request, "document"))
    following = _next(request, line)
    try:
        made = by_hand.put_together(
            Chosen([line], [paper]),
            actor=person(request),
            reason=request.POST.get("reason", "") or "Accepted on the matching screen",
        )
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return _to(request, pk)
    words = f"Line {line.line_id} matched with {paper}." if isinstance(made, Match) else told(made)
    messages.success(request, words)
    return _to(request, following)


@require_POST
@requires(May.RECONCILE)
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Remembers that the document does not belong to the line."""
    line = get_object_or_404(GatewayLine, pk=pk)
    paper = get_object_or_404(PrimaDocument, pk=_number(request, "document"))
    Rejection.objects.get_or_create(
        line=line,
        document=paper,
        defaults={"person_name": str(person(request)), "at": timezone.now()},
    )
    messages.success(request, f"{paper} is not offered for this line again.")
    return _to(request, pk)


def _about(line: GatewayLine, lines: QuerySet[GatewayLine], user: User) -> dict[str, Any]:
    previous = lines.filter(pk__lt=line.pk).order_by("-pk").values_list("pk", flat=True).first()
    following = lines.filter(pk__gt=line.pk).values_list("pk", flat=True).first()
    near = NearMatch.objects.filter(line=line).select_related("document").first()
    key = counterparts.key_of_line(line)
    return {
        "candidates": counterparts.candidates_for(line),
        "rejected": Rejection.objects.filter(line=line).select_related("document"),
        "near": near,
        "near_rule": match.title_of(near.rule) if near else "",
        "previous": previous,
        "next": following,
        "difference": Difference.objects.filter(
            control=match.CONTROL, key=key, closed_at__isnull=True
        ).first(),
        "also_here": _present(line, user),
    }


def _present(line: GatewayLine, user: User) -> Presence | None:
    """Somebody else who is at this line; otherwise this person is, from now on."""
    now = timezone.now()
    other = (
        Presence.objects.filter(line=line, at__gt=now - HERE)
        .exclude(person=user)
        .select_related("person")
        .first()
    )
    if other is None and user.may(May.RECONCILE):
        Presence.objects.update_or_create(line=line, defaults={"person": user, "at": now})
    return other


def _lines(request: HttpRequest) -> QuerySet[GatewayLine]:
    gateway = (request.GET.get("gateway") or request.POST.get("gateway", "")).strip()[:40]
    lines = counterparts.lines_to_match()
    return lines.filter(gateway=gateway) if gateway else lines


def _next(request: HttpRequest, line: GatewayLine) -> int | None:
    return _lines(request).filter(pk__gt=line.pk).values_list("pk", flat=True).first()


def _number(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    return int(value) if value.isdecimal() else 0


def _to(request: HttpRequest, pk: int | None) -> HttpResponse:
    asked = {"at": pk, "gateway": request.POST.get("gateway", "")}
    query = urlencode({name: value for name, value in asked.items() if value})
    response = redirect("matching")
    if query:
        response["Location"] += f"?{query}"
    return response
