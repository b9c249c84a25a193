"""Signing in, with the second factor."""

from django.http import HttpRequest, HttpResponse


def owed(request: HttpRequest) -> HttpResponse | None:
    """The page of the second factor when this person still owes it, else None."""
    return None
