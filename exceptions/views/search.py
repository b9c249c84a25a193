"""One search box for any key a person holds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from exceptions import search as searching
from integration.accounts.gate import person, requires
from integration.accounts.roles import May


@requires(May.VIEW_CASES)
def search(request: HttpRequest) -> HttpResponse:
    """Orders, cases, accounts and items that match; the order itself when it is the only hit."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = searching.find(text) if len(text) >= 2 else None
    if found and (order := found.only_order):
        return redirect("order", key=order.key)
    context = {
        "title": "Search",
        "text": text,
        "found": found,
        "personal": person(request).may(May.SEE_PERSONAL_DATA),
        "limit": searching.LIMIT,
    }
    return render(request, "exceptions/search.html", context)
