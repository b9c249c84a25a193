"""One search box for any key a person holds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from integration.accounts.gate import requires
from integration.accounts.roles import May


@requires(May.VIEW_CASES)
def search(request: HttpRequest) -> HttpResponse:
    """Orders, cases, accounts and items that match."""
    text = request.GET.get("q", "").strip()
    return render(request, "exceptions/search.html", {"title": "Search", "text": text})
