"""Asks for the second factor where it is required or switched on."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from integration.accounts import signin


class SecondFactorMiddleware:
    """A signed-in person who still owes the second factor sees only its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return signin.owed(request) or self.get_response(request)
