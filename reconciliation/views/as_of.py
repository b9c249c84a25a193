"""What differed as of a day, and the same as a download."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from integration.accounts.gate import person, requires
from integration.accounts.roles import May
from integration.core.cells import neutral
from integration.core.money import from_minor
from integration.exports import Cell, download, without_emails
from reconciliation.as_of import Found, Standing, standing
from reconciliation.forms.as_of import AsOfForm
from reconciliation.gateways import gateway_title
from reconciliation.refusals import Refused

SHOWN = 50
DOWNLOADS = ("csv", "xlsx")
HEAD = ("Control", "Kind", "Key", "What differs", "Day", "Gateway", "Amount", "Currency", "Today")


@requires(May.VIEW_RECONCILIATION)
def as_of(request: HttpRequest) -> HttpResponseBase:
    """`/reconciliation/as-of/?day=`: compared anew for this page; nothing is stored."""
    form = AsOfForm(request.GET if "day" in request.GET else None)
    user = person(request)
    context: dict[str, Any] = {
        "title": "As of a day",
        "form": form,
        "shown": SHOWN,
        "may_export": user.may(May.EXPORT),
    }
    if not form.is_valid():
        return render(request, "reconciliation/as_of.html", context)
    day = form.cleaned_data["day"]
    exported = request.GET.get("export", "")
    is_download = exported in DOWNLOADS
    try:
        found = list(standing(day, most=None if is_download else SHOWN))
        if not user.may(May.SEE_PERSONAL_DATA):
            found = [replace(one, rows=tuple(map(_without_emails, one.rows))) for one in found]
    except Refused as refusal:
        context["refusal"] = refusal.message
        return render(request, "reconciliation/as_of.html", context, status=503)
    if is_download:
        return download(_sheet(found), f"differences-as-of-{day}", form=exported, user=user)
    context.update(day=day, found=found, number=sum(one.number for one in found))
    return render(request, "reconciliation/as_of.html", context)


def _without_emails(row: Found) -> Found:
    return replace(row, title=without_emails(row.title), key=without_emails(row.key))


def _sheet(found: Iterable[Standing]) -> Iterator[list[Cell]]:
    yield list(HEAD)
    for one in found:
        for row in one.rows:
            words = [one.control.title, row.category.title, row.key, row.title]
            worth = from_minor(row.amount, row.currency) if row.currency else None
            gateway = gateway_title(row.gateway)
            yield [*map(neutral, words), row.day, gateway, worth, row.currency, row.today]
