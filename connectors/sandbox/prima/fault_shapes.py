"""How Prima looks when a fault strikes it."""

from typing import TYPE_CHECKING
from uuid import uuid4

from werkzeug.wrappers import Response

from connectors.sandbox.prima import problem
from connectors.sandbox.prima.auth import unauthorised
from connectors.sandbox.prima.problem import Refused

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

API = "/prima/v1/"
SERVER_ERRORS = {
    500: ("internal-error", "Prima failed"),
    502: ("bad-gateway", "Prima answered with rubbish"),
    503: ("unavailable", "Prima is not available"),
    504: ("upstream-timeout", "Prima did not answer in time"),
}


class Shapes:
    """Problem documents, as the contract has them. None: the call cannot have that fault."""

    def throttled(self, environ: "WSGIEnvironment", *, retry_after: int | None) -> Response | None:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return self._problem(
            environ, Refused(429, "rate-limited", "Too many calls", headers=headers)
        )

    def server_error(self, environ: "WSGIEnvironment", *, status: int) -> Response | None:
        slug, title = SERVER_ERRORS.get(status, SERVER_ERRORS[500])
        return self._problem(environ, Refused(status, slug, title))

    def expired_token(self, environ: "WSGIEnvironment") -> Response | None:
        if not environ["PATH_INFO"].startswith(API):
            return None
        return self._problem(environ, unauthorised("token-expired", "The token has expired."))

    def wrong_shape(self, environ: "WSGIEnvironment") -> Response | None:
        return Response('{"result": [{"ok": 1}]}', content_type="application/json")

    def _problem(self, environ: "WSGIEnvironment", refused: Refused) -> Response:
        number = request_id(environ)
        response = problem.answer(refused, instance=environ["PATH_INFO"], request_id=number)
        response.headers["X-Request-Id"] = number
        return response


def request_id(environ: "WSGIEnvironment") -> str:
    """The caller's own X-Request-Id when it is a plain word, else a new one."""
    given = str(environ.get("HTTP_X_REQUEST_ID", ""))
    if 0 < len(given) <= 64 and given.isascii() and given.isprintable():
        return given
    return uuid4().hex
