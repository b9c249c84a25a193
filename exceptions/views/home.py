"""The first page: what waits, how old, how much; and whether the syncs are well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from integration.accounts.gate import requires
from integration.accounts.roles import May


@requires(May.VIEW_CASES)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "exceptions/home.html", {"title": "What waits"})
