"""Sign-in is required everywhere, and the second factor where it is due."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from integration.accounts import signin


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not signed in to sign in, also out of a partial update of a page."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        return signin.away(request, "sign-in")


class SecondFactorMiddleware:
    """A signed-in person who still owes the second factor sees only its page, and no menu there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = signin.owed(request)
        request.is_at_the_door = page is not None  # type: ignore[attr-defined]
        if page is not None and not signin.is_open_to_all(request):
            return signin.away(request, page)
        return self.get_response(request)
