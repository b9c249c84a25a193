"""The overview of reconciliation, and the rows behind what agrees."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from integration.core.cells import neutral
from integration.core.money import from_minor
from integration.exports import Cell, download
from reconciliation import ageing, totals, trend
from reconciliation.control import Control, control_of
from reconciliation.filters.fields import is_month
from reconciliation.models import ControlRun

PER_PAGE = 100
EVERY = "all"


@requires(May.VIEW_RECONCILIATION)
def overview(request: HttpRequest) -> HttpResponse:
    """What agrees and what does not, how old it is, and what changed. Figures open their rows.

    The table shows the last months unless one of them, or every one, is asked for.
    """
    narrowed = _narrowed(request)
    every = request.GET.get("period", "") == EVERY
    recent = not narrowed.month and not every
    lines = totals.by_control(replace(narrowed, recent=recent))
    aged = ageing.ageing(narrowed)
    weeks = trend.trend(narrowed)
    months, currencies, gateways = totals.offered()
    context = {
        "title": "Reconciliation",
        "narrowed": narrowed,
        "months": months,
        "currencies": currencies,
        "gateways": gateways,
        "companies": settings.COMPANIES if len(settings.COMPANIES) > 1 else (),
        "every": every,
        "recent": recent,
        "recent_months": totals.RECENT_MONTHS,
        "lines": lines,
        "by_control": totals.rows_by_control(lines),
        "elsewhere": sum(one.total for one in aged) - sum(line.open for line in lines),
        "ageing": aged,
        "ages": [(begin, label) for begin, _, label in ageing.AGES],
        "most": max((one.total for one in aged), default=0),
        "narrowing": narrowed.query(),
        "weeks": weeks,
        "busy": any(week.lines for week in weeks),
        "news": totals.news(),
        "swallowed": totals.swallowed(narrowed),
        "last_run": ControlRun.objects.filter(as_of__isnull=True).first(),
    }
    return render(request, "reconciliation/overview.html", context)


@requires(May.VIEW_RECONCILIATION)
def agreed(request: HttpRequest, control: str) -> HttpResponseBase:
    """The rows behind an agreed figure, with their total."""
    try:
        found = control_of(control)
    except LookupError as error:
        raise Http404(str(error)) from error
    narrowed = _narrowed(request)
    if (form := request.GET.get("export", "")) in ("csv", "xlsx"):
        return download(
            _sheet(found, narrowed), f"agreed-{found.slug}", form=form, user=person(request)
        )
    number, amounts = totals.agreed_total(found, narrowed)
    page = _page(request, number)
    rows = totals.agreed_rows(found, narrowed, page.start_index() - 1, PER_PAGE)
    context = {
        "title": f"Agreed: {found.title}",
        "control": found,
        "narrowed": narrowed,
        "number": number,
        "amounts": sorted(amounts.items()),
        "rows": list(rows) if number else [],
        "page": page,
        "manual": reverse("manual-page", args=[f"controls/{found.slug}"]),
    }
    return render(request, "reconciliation/agreed.html", context)


def _sheet(control: Control, narrowed: totals.Narrowed) -> Iterator[list[Cell]]:
    yield [control.key.capitalize(), "Company", "Day", "Gateway", "Amount", "Currency"]
    for key, company, day, currency, gateway, amount in totals.agreed_rows(
        control, narrowed, 0, None
    ):
        worth = from_minor(amount, currency) if currency else None
        yield [neutral(key), company, day, gateway, worth, currency]


def _page(request: HttpRequest, number: int) -> Page[Any]:
    return Paginator(range(max(number, 1)), PER_PAGE).get_page(request.GET.get("page"))


def _narrowed(request: HttpRequest) -> totals.Narrowed:
    month = request.GET.get("period", "").strip()
    return totals.Narrowed(
        month=month if is_month(month) else "",
        currency=request.GET.get("currency", "").strip().upper()[:3],
        gateway=request.GET.get("gateway", "").strip()[:40],
        company=request.GET.get("company", "").strip()[:40],
    )
