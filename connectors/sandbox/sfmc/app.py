"""The Marketing Cloud sandbox as one WSGI application: sign-in, REST, SOAP and the training page."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults
from connectors.sandbox.sfmc import (
    async_rows,
    attribute_search,
    contacts,
    custom_objects,
    discovery,
    event_definitions,
    events,
    journeys,
    memberships,
    messaging,
    notifications,
    pages,
    rowset_reads,
    rowsets,
    seeding,
    tokens,
)
from connectors.sandbox.sfmc.call import Call, read
from connectors.sandbox.sfmc.cloud import Cloud
from connectors.sandbox.sfmc.delivery import Delivery
from connectors.sandbox.sfmc.errors import Refused
from connectors.sandbox.sfmc.routes import Routes
from connectors.sandbox.sfmc.shapes import Shapes
from connectors.sandbox.sfmc.soap import service
from connectors.sandbox.store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ALL_ROUTES = (
    *rowsets.ROUTES,
    *async_rows.ROUTES,
    *rowset_reads.ROUTES,
    *custom_objects.ROUTES,
    *memberships.ROUTES,
    *journeys.ROUTES,
    *events.ROUTES,
    *event_definitions.ROUTES,
    *contacts.ROUTES,
    *attribute_search.ROUTES,
    *notifications.ROUTES,
    *messaging.ROUTES,
    *discovery.ROUTES,
)
ROUTES = Routes(ALL_ROUTES)
OPEN = {
    ("POST", "/v2/token"): tokens.sign_in,
    ("POST", "/v1/requesttoken"): tokens.old_sign_in,
    ("POST", "/service.asmx"): service.answer,
    ("GET", "/etframework.wsdl"): service.wsdl,
}


class SfmcApp:
    title = "Marketing Cloud"
    page = pages.PREFIX
    fault_kinds = frozenset(
        {
            "rows_10006",
            "deadlock_row",
            "refuse_null",
            "wrong_count",
            "soap_throttle",
            "duplicate",
            "late",
        }
    )

    def __init__(
        self, section: Mapping[str, Any], store: Store, faults: Faults, clock: Clock
    ) -> None:
        self.cloud = Cloud(section, store, faults, clock)
        self.shapes = Shapes(self.cloud)
        seeding.prepare(self.cloud)
        self.delivery = Delivery(self.cloud)
        self.delivery.start()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        call = read(environ)
        try:
            response = self._answer(call)
        except Refused as refused:
            response = refused.response()
        return response(environ, start_response)

    def _answer(self, call: Call) -> Response:
        path = call.path.lower()
        if answer := OPEN.get((call.method, path)):
            return answer(self.cloud, call)
        if call.base.endswith("/sfmc") and (shown := pages.page(self.cloud, call)):
            return shown
        route = ROUTES.find(call)
        call.token = tokens.require(self.cloud, call, route.scope)
        return route.answer(self.cloud, call)

    def reload(self) -> None:
        seeding.reload(self.cloud)

    def close(self) -> None:
        self.delivery.stop()
        self.cloud.store.close()
