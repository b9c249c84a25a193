"""Every call passes here: counted, and struck by a fault of the wire when one is due."""

from collections.abc import Callable, Iterable
from threading import Event
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from connectors.sandbox import connection
from connectors.sandbox.app import App
from connectors.sandbox.calls import Calls
from connectors.sandbox.faults import WIRE_KINDS, Fault, Faults

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DELAYS = frozenset({"slow"})
STRIKES = WIRE_KINDS - DELAYS


class Interception:
    """Stands before one system. `stopping` ends every wait when the server stops."""

    def __init__(self, app: App, faults: Faults, calls: Calls, stopping: Event) -> None:
        self.app = app
        self.faults = faults
        self.calls = calls
        self.stopping = stopping
        self._strikes: dict[str, Callable[[WSGIEnvironment, Fault], Response | None]] = {
            "throttle": self._throttle,
            "throttle_silent": self._throttle_silent,
            "server_error": self._server_error,
            "timeout_before": self._hang,
            "timeout_after": self._hang,
            "expired_token": lambda environ, fault: app.shapes.expired_token(environ),
            "wrong_shape": self._wrong_shape,
            "reset": self._reset,
        }

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.calls.count(method, path)
        if self.faults.idle:
            return self.app(environ, start_response)
        if action := environ.get("HTTP_SOAPACTION"):
            path = f"{path}#{action.strip(chr(34))}"
        delay = self.faults.take(DELAYS, method, path)
        if delay:
            self.stopping.wait(delay.seconds(default=2))
        fault = self.faults.take(STRIKES, method, path)
        answer = self._struck(environ, fault) if fault else None
        return (answer or self.app)(environ, start_response)

    def _struck(self, environ: "WSGIEnvironment", fault: Fault) -> Response | None:
        if fault.kind == "timeout_after" or fault.options.get("when") == "after":
            # The effect happens; its answer is thrown away.
            Response.from_app(self.app, environ, buffered=True)
        return self._strikes[fault.kind](environ, fault)

    def _throttle(self, environ: "WSGIEnvironment", fault: Fault) -> Response | None:
        return self.app.shapes.throttled(environ, retry_after=fault.number_of("retry_after", 5))

    def _throttle_silent(self, environ: "WSGIEnvironment", fault: Fault) -> Response | None:
        return self.app.shapes.throttled(environ, retry_after=None)

    def _server_error(self, environ: "WSGIEnvironment", fault: Fault) -> Response | None:
        return self.app.shapes.server_error(environ, status=fault.number_of("status", 500))

    def _hang(self, environ: "WSGIEnvironment", fault: Fault) -> None:
        self.stopping.wait(fault.seconds())
        connection.hang_up(environ)

    def _reset(self, environ: "WSGIEnvironment", fault: Fault) -> None:
        connection.reset(environ)

    def _wrong_shape(self, environ: "WSGIEnvironment", fault: Fault) -> Response | None:
        if fault.options.get("html"):
            page = "<html><body><h1>Service temporarily unavailable</h1></body></html>"
            return Response(page, content_type="text/html; charset=utf-8")
        if "body" in fault.options:
            return Response(str(fault.options["body"]), content_type="application/json")
        return self.app.shapes.wrong_shape(environ)
