"""The front door of the port: chooses the system by path, and keeps what they share."""

from collections.abc import Iterable, Mapping
from html import escape
from threading import Event
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from connectors.sandbox.app import App
from connectors.sandbox.calls import Calls
from connectors.sandbox.clock import Clock
from connectors.sandbox.control import PREFIX, Control
from connectors.sandbox.faults import Faults
from connectors.sandbox.interception import Interception

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# Third-party clients know Marketing Cloud by host only: what nobody else claims goes there.
ROOTLESS = "sfmc"


class Front:
    """WSGI application: `/__control__/…`, `/{system}/…`, and Marketing Cloud for all other paths."""

    def __init__(self, apps: Mapping[str, App], faults: Faults, clock: Clock) -> None:
        self.apps = apps
        self.faults = faults
        self.clock = clock
        self.calls = Calls()
        self.stopping = Event()
        for app in apps.values():
            faults.allow(app.fault_kinds)
        self._doors = {
            name: Interception(app, faults, self.calls, self.stopping) for name, app in apps.items()
        }
        self._control = Control(apps, faults, self.calls, clock)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(PREFIX):
            return self._control.answer(Request(environ))(environ, start_response)
        if path == "/" and environ["REQUEST_METHOD"] == "GET":
            return self._index()(environ, start_response)
        first = path.lstrip("/").split("/", 1)[0].lower()
        door = self._doors.get(first) or self._doors.get(ROOTLESS)
        if door is None:
            return Response("Nothing is served here.", status=404)(environ, start_response)
        return door(environ, start_response)

    def _index(self) -> Response:
        links = "".join(
            f'<li><a href="{escape(app.page)}">{escape(app.title)}</a></li>'
            for app in self.apps.values()
        )
        page = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sandbox</title>'
            f"</head><body><main><h1>Sandbox</h1><ul>{links}</ul></main></body></html>"
        )
        return Response(page, content_type="text/html; charset=utf-8")

    def close(self) -> None:
        for app in self.apps.values():
            app.close()
