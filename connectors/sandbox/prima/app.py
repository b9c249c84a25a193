"""The Prima sandbox as one WSGI application: sign-in, the contract, the control, training pages."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults
from connectors.sandbox.prima import api, changes, control, pages, schema, seed, subscriptions
from connectors.sandbox.prima.api import Api
from connectors.sandbox.prima.auth import TOKEN_SECONDS, Gate, secrets_of
from connectors.sandbox.prima.capabilities import build
from connectors.sandbox.prima.fault_shapes import Shapes, request_id
from connectors.sandbox.prima.installation import Company, Installation
from connectors.sandbox.prima.pages import Pages
from connectors.sandbox.prima.subscriptions import Courier
from connectors.sandbox.store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TOKEN_PATH = "/prima/oauth2/token"  # noqa: S105 - an address


class PrimaApp:
    """Made from the scenario's part `prima`; `seed.py` states its shape."""

    title = "Prima"
    page = pages.PREFIX
    fault_kinds = changes.FAULT_KINDS | subscriptions.FAULT_KINDS

    def __init__(self, part: Mapping[str, Any], store: Store, faults: Faults, clock: Clock) -> None:
        self.shapes, self.store = Shapes(), store
        self._part = part
        self._prima = Installation(store, faults, clock)
        capabilities = build(part.get("capabilities") or {})
        for name in seed.company_names(part):
            self._prima.companies[name] = Company(name, store, capabilities)
        seed.prepare(self._prima, part)
        self._gate = Gate(
            store=store,
            clock=clock,
            secrets=secrets_of(part.get("clients") or part.get("packages") or []),
            api_key=str(part.get("api_key") or ""),
            token_seconds=int(part.get("token_seconds") or TOKEN_SECONDS),
        )
        self._api = Api(self._prima, self._gate)
        self._pages = Pages(self._prima)
        self._courier = Courier(self._prima)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        request, number = Request(environ), request_id(environ)
        response = self._answer(request, number)
        response.headers["X-Request-Id"] = number
        if request.method != "GET" and response.status_code < 300:
            self._courier.wake()
        return response(environ, start_response)

    def reload(self) -> None:
        """Forget everything and load the scenario again."""
        with self.store.write() as db:
            schema.clear(db)
            seed.prepare(self._prima, self._part)
        self._gate.forget()
        for company in self._prima.companies.values():
            company.forget_lists()

    def close(self) -> None:
        self._courier.close()
        self.store.close()

    def _answer(self, request: Request, number: str) -> Response:
        if request.path.startswith(api.PREFIX):
            return self._api.answer(request, number)
        if request.path == TOKEN_PATH and request.method == "POST":
            return self._gate.token(request)
        if request.path.startswith(control.PREFIX):
            return self._api.control(request, number)
        return self._pages.answer(request)
