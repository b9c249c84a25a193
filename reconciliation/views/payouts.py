"""Payouts: the list, and one payout from gross to bank with its lines."""

import re
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from integration.core.personal import masked
from reconciliation import lists, payouts
from reconciliation.filters.payouts import LineFilter, PayoutFilter
from reconciliation.models import GatewayLine, Payout
from reconciliation.tables.payouts import LineTable, PayoutTable
from reconciliation.views.listing import DeskList

_KEY = re.compile(r"(\d{1,9})-(\d{1,18})", re.ASCII)


class PayoutList(DeskList):
    """`/reconciliation/payouts/`: every payout of every gateway."""

    page = "payouts"
    columns = lists.PAYOUTS
    filterset_class = PayoutFilter
    table_class = PayoutTable
    title = "Payouts"
    lede = "What the gateways paid out, whether its lines are matched, and whether the bank has it."
    empty_title = "No payouts"
    empty_text = "None was imported yet, or none matches the filter."

    def get_queryset(self) -> QuerySet[Payout]:
        return payouts.listed().select_related("file")


class LineList(DeskList):
    """`/reconciliation/lines/`: every line of every gateway."""

    page = "payout-lines"
    columns = lists.LINES
    filterset_class = LineFilter
    table_class = LineTable
    title = "Payout lines"
    lede = "What the gateways say, movement by movement, and what each belongs to."
    empty_title = "No lines"
    empty_text = "None was imported yet, or none matches the filter."

    def get_queryset(self) -> QuerySet[GatewayLine]:
        return payouts.listed_lines()

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"personal": person(self.request).may(May.SEE_PERSONAL_DATA)}


@requires(May.VIEW_RECONCILIATION)
def payout_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One payout: its steps as bars and figures, what is not explained, its lines page by page."""
    payout = get_object_or_404(Payout.objects.select_related("file"), pk=pk)
    user = person(request)
    only_open = request.GET.get("show") == "open"
    lines = payouts.open_lines_of(payout) if only_open else payouts.lines_of(payout)
    if (form := request.GET.get("export", "")) in ("csv", "xlsx"):
        return lists.lines(lines, form=form, user=user)
    page, following = payouts.page_of(lines, _after(request.GET.get("after", "")))
    if not user.may(May.SEE_PERSONAL_DATA):
        for line in page:
            line.customer_email = masked(line.customer_email)
    bank = payouts.bank_of(payout)
    context = {
        "title": f"Payout {payout.payout_id}",
        "payout": payout,
        "steps": payouts.steps_of(payout, bank),
        "gaps": payouts.gaps_of(payout, bank),
        "bank": bank,
        "arrived": payouts.arrived(payout, bank) if bank else None,
        "beside": payouts.beside(bank) if bank else [],
        "lines": page,
        "following": following,
        "is_first": not request.GET.get("after"),
        "only_open": only_open,
        "matchable": payouts.MATCHABLE,
    }
    return render(request, "reconciliation/payout.html", context)


def _after(key: str) -> tuple[int, int] | None:
    found = _KEY.fullmatch(key)
    return (int(found[1]), int(found[2])) if found else None
