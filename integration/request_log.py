"""One line of the log for each request, and a number by which everything about it is found.

The number stands in every line that is written meanwhile, in the answer (`X-Request-ID`), and on the
page that says something went wrong. What somebody searched for is not written: it names people.
"""

import re
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from integration.accounts.attempts import address_of

HEADER = "X-Request-ID"
_FIT = re.compile(r"[A-Za-z0-9._-]{8,64}")
log = structlog.get_logger("desk.request")


class RequestMiddleware:
    """Numbers the request, and tells of it when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number, begun = _number(request), perf_counter()
        with structlog.contextvars.bound_contextvars(request=number):
            request.META["REQUEST_NUMBER"] = number
            answer = self.get_response(request)
            answer.headers[HEADER] = number
            if not request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
                _tell(request, answer, perf_counter() - begun)
        return answer


def number_of(request: HttpRequest) -> str:
    return str(request.META.get("REQUEST_NUMBER", ""))


def _number(request: HttpRequest) -> str:
    """The proxy's, so that its log and ours say the same; else one of our own."""
    given = request.headers.get(HEADER, "") if settings.BEHIND_PROXY else ""
    return given if _FIT.fullmatch(given) else uuid4().hex


def _tell(request: HttpRequest, answer: HttpResponse, seconds: float) -> None:
    """Who it was is told by number, and only where the request came to ask."""
    person = getattr(request, "_cached_user", None)
    log.info(
        "request",
        method=request.method,
        path=request.path,
        status=answer.status_code,
        milliseconds=round(seconds * 1000),
        person=getattr(person, "pk", None),
        address=address_of(request),
    )
