"""Periods: the list, one period's checklist and history, and its steps."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from reconciliation import checklist, periods
from reconciliation.filters.periods import PeriodFilter
from reconciliation.models import Adjustment, Difference, LateArrival, Match, Period
from reconciliation.refusals import Refused
from reconciliation.tables.periods import COLUMNS, PeriodTable
from reconciliation.views.listing import DeskList

Step = Callable[..., Period]
MOST_LATE = 50
"""Of the late arrivals shown on the page; the evidence pack lists them all."""


class PeriodList(DeskList):
    """`/reconciliation/periods/`: every month with something in it."""

    page = "periods"
    columns = COLUMNS
    filterset_class = PeriodFilter
    table_class = PeriodTable
    title = "Periods"
    lede = (
        "A month is reviewed, signed by two people of finance, and locked. What comes later is"
        " booked into the next one."
    )
    empty_title = "No period"
    empty_text = "A month appears when something dated in it was compared, or none fits the filter."

    def get_queryset(self) -> QuerySet[Period]:
        return periods.listed()


@requires(May.VIEW_RECONCILIATION)
def period_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What must be green or explained, who signed, what came late."""
    period = get_object_or_404(Period, pk=pk)
    days = {"day__gte": period.first_day, "day__lte": period.last_day, "company": period.company}
    user = person(request)
    late = LateArrival.objects.filter(period=period).select_related("belongs_to")
    context: dict[str, Any] = {
        "title": str(period),
        "period": period,
        "points": checklist.of(period),
        "events": period.events.all(),
        "signatures": len(periods.signers(period)),
        "signed_by_me": user.pk in periods.signers(period),
        "asked": periods.reopening(period),
        "late": _named(late),
        "late_count": late.count(),
        "went_on": _named(LateArrival.objects.filter(belongs_to=period).select_related("period")),
        "matches": Match.objects.filter(undone_at__isnull=True, **days).count(),
        "adjustments": Adjustment.objects.filter(state="approved", **days).count(),
        "may_sign": user.may(May.DECIDE_APPROVALS),
        "me": user,
    }
    return render(request, "reconciliation/period.html", context)


def _named(late: QuerySet[LateArrival]) -> list[tuple[LateArrival, str]]:
    """The latest, with what they are called: a difference by what differs."""
    rows = list(late[:MOST_LATE])
    keys = [row.object_id for row in rows if row.object_type == "difference"]
    titles = {str(pk): title for pk, title in _titles(keys)}
    return [(row, titles.get(row.object_id, str(row))) for row in rows]


def _titles(keys: list[str]) -> Iterable[tuple[int, str]]:
    return Difference.objects.filter(pk__in=keys).values_list("pk", "title") if keys else ()


@require_POST
@requires(May.DECIDE_APPROVALS)
def begin_review(request: HttpRequest, pk: int) -> HttpResponse:
    return _take(request, pk, periods.begin_review, "The period is in review.")


@require_POST
@requires(May.DECIDE_APPROVALS)
def back_to_work(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _take(request, pk, periods.back_to_work, "The period is open again.", reason=reason)


@require_POST
@requires(May.DECIDE_APPROVALS)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    note = request.POST.get("reason", "")
    return _take(request, pk, periods.sign, "You have signed.", note=note)


@require_POST
@requires(May.DECIDE_APPROVALS)
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    return _take(request, pk, periods.lock, "The period is locked.")


@require_POST
@requires(May.DECIDE_APPROVALS)
def propose_reopening(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    words = "Asked. A second person of finance has to agree."
    return _take(request, pk, periods.propose_reopening, words, reason=reason)


@require_POST
@requires(May.DECIDE_APPROVALS)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _take(request, pk, periods.reopen, "The period is open again.")


@require_POST
@requires(May.DECIDE_APPROVALS)
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    given = {"point": request.POST.get("point", ""), "words": request.POST.get("reason", "")}
    return _take(request, pk, periods.explain, "Kept with the period.", **given)


def _take(request: HttpRequest, pk: int, step: Step, done: str, /, **given: str) -> HttpResponse:
    period = get_object_or_404(Period, pk=pk)
    version = request.POST.get("version", "")
    try:
        step(
            period,
            actor=person(request),
            version=int(version) if version.isdecimal() else 0,
            **given,
        )
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("period", pk=pk)
