"""Whether this machine can serve, and the background work goes on: for monitors, without signing in.

They ask from inside, by whatever name the machine has, and must be answered when nothing else can
be: so before hosts, sessions and anything else is looked at.
"""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

from integration import standing

OK, DEGRADED, STANDING = "ok", "degraded", "standing still"


class HealthMiddleware:
    """Answers /healthz and /healthz/background; everything else goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in ("/healthz", "/healthz/background"):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return _told("ask with GET", 405)
        try:
            return _served() if request.path == "/healthz" else _worked()
        except Error:
            return _told(DEGRADED, 503)


def _served() -> HttpResponse:
    """`ok`, or `degraded` with status 503 when the database does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return _told(OK, 200)


def _worked() -> HttpResponse:
    """`ok`, or `standing still` with status 503 and the queues that do."""
    still = standing.still()
    if not still:
        return _told(OK, 200)
    return _told(f"{STANDING}: {', '.join(one.queue for one in still)}", 503)


def _told(words: str, status: int) -> HttpResponse:
    answer = HttpResponse(words, status=status, content_type="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer
