"""The campaign report: all campaigns, one campaign, and the orders behind each figure."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from exceptions.campaigns import figures
from exceptions.campaigns.figures import Line, Report, Row
from exceptions.campaigns.ledger import FIGURES
from exceptions.campaigns.narrowed import Narrowed
from exceptions.kind import kinds
from exceptions.tables.orders import STATE_WORDS
from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from integration.core.cells import neutral
from integration.core.personal import masked
from integration.exports import Cell, download

PER_PAGE = 100
FORMS = ("csv", "xlsx")


@requires(May.VIEW_CAMPAIGNS)
def campaigns(request: HttpRequest) -> HttpResponseBase:
    """Every campaign with its money, by currency; every figure opens its orders."""
    narrowed = Narrowed.of(request.GET)
    report = Report(narrowed)
    if (form := request.GET.get("export", "")) in FORMS:
        sheet = _sheet(report.by_journey())
        return download(sheet, "campaigns", form=form, user=person(request))
    lines = _sorted(report.by_campaign(), request.GET.get("sort", ""))
    context = {
        "title": "Campaigns",
        "narrowed": narrowed,
        "figures": FIGURES.values(),
        "totals": report.by_currency(),
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "sort": request.GET.get("sort", ""),
    }
    return render(request, "campaigns/campaigns.html", context)


@requires(May.VIEW_CAMPAIGNS)
def campaign(request: HttpRequest) -> HttpResponseBase:
    """One campaign by journey and week, and why orders of it are held."""
    narrowed = Narrowed.of(request.GET)
    if narrowed.campaign is None:
        raise Http404("No campaign is named.")
    report = Report(narrowed)
    if (form := request.GET.get("export", "")) in FORMS:
        sheet = _sheet(report.by_journey())
        return download(sheet, "campaign", form=form, user=person(request))
    context = {
        "title": narrowed.campaign or "Orders without a campaign",
        "narrowed": narrowed,
        "figures": FIGURES.values(),
        "totals": report.by_currency(),
        "journeys": report.by_journey(),
        "reasons": figures.reasons(narrowed),
        "weeks": figures.weeks(narrowed).items(),
        "back": narrowed.query(campaign=None, journey=None),
    }
    return render(request, "campaigns/campaign.html", context)


@requires(May.VIEW_CAMPAIGNS)
def campaign_orders(request: HttpRequest) -> HttpResponseBase:
    """The orders behind a figure, with their total."""
    narrowed = Narrowed.of(request.GET)
    if narrowed.figure not in FIGURES:
        raise Http404("There is no such figure.")
    user = person(request)
    personal = user.may(May.SEE_PERSONAL_DATA)
    if (form := request.GET.get("export", "")) in FORMS:
        found = figures.rows(narrowed, 0, None)
        name = f"campaign-{narrowed.figure.replace('_', '-')}"
        return download(_rows_sheet(found, personal=personal), name, form=form, user=user)
    totals = figures.totals(narrowed)
    number = sum(count for _, count, _ in totals)
    page = Paginator(range(max(number, 1)), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(figures.rows(narrowed, page.start_index() - 1, PER_PAGE)) if number else []
    figure, kind = FIGURES[narrowed.figure], kinds().get(narrowed.kind)
    context: dict[str, Any] = {
        "title": f"{figure.title}: {_whose(narrowed)}",
        "figure": figure,
        "kind": kind,
        "narrowed": narrowed,
        "number": number,
        "totals": totals,
        "rows": [(row, _customer(row, personal=personal), _state(row)) for row in rows],
        "page": page,
        "back": narrowed.query(),
    }
    return render(request, "campaigns/orders.html", context)


def _whose(narrowed: Narrowed) -> str:
    parts = []
    if narrowed.campaign is not None:
        parts.append(narrowed.campaign or "no campaign")
    if narrowed.journey is not None:
        parts.append(narrowed.journey or "no journey")
    return ", ".join(parts) or "all campaigns"


def _state(row: Row) -> tuple[str, str]:
    state = row.state or "waiting"
    return state, STATE_WORDS.get(state, state)


def _customer(row: Row, *, personal: bool) -> str:
    return row.customer if personal else masked(row.customer)


def _sorted(lines: list[Line], by: str) -> list[Line]:
    """By campaign, currency or the amount of a figure; with a minus downwards."""
    name = by.removeprefix("-")
    down = by.startswith("-")
    if name in FIGURES:
        return sorted(lines, key=lambda line: line.cell(name).amount, reverse=down)
    if name == "campaign":
        return sorted(
            lines, key=lambda line: ((line.campaign or "").upper(), line.currency), reverse=down
        )
    return lines


def _sheet(lines: list[Line]) -> Iterator[list[Cell]]:
    titles = [f"{one.title}{what}" for one in FIGURES.values() for what in (", orders", "")]
    yield ["Campaign", "Journey", "Currency", *titles]
    for line in lines:
        cells = [part for cell in line.cells for part in (cell.number, cell.amount)]
        yield [neutral(line.campaign or ""), neutral(line.journey or ""), line.currency, *cells]


def _rows_sheet(rows: Iterator[Row], *, personal: bool) -> Iterator[list[Cell]]:
    yield [
        "Order", "Ordered", "Campaign", "Journey", "Customer", "Prima order", "Where it stands",
        "Amount", "Currency",
    ]  # fmt: skip
    for row in rows:
        yield [
            neutral(row.key),
            row.at,
            neutral(row.campaign),
            neutral(row.journey),
            neutral(_customer(row, personal=personal)),
            neutral(row.order_number or ""),
            _state(row)[1],
            row.amount,
            row.currency,
        ]
