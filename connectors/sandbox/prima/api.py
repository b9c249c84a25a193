"""The resources of the contract, found by path and answered in JSON or as a problem."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

from connectors.sandbox.prima import (
    availability,
    batch,
    changes,
    consents,
    control,
    customers,
    discovery,
    documents,
    items,
    matching,
    orders,
    prices,
    problem,
    references,
    subscriptions,
)
from connectors.sandbox.prima.auth import Gate
from connectors.sandbox.prima.call import Call, Reply, Route
from connectors.sandbox.prima.installation import Company, Installation
from connectors.sandbox.prima.problem import Refused, not_found
from connectors.sandbox.prima.rate import Pace
from connectors.sandbox.prima.router import Router

PREFIX = "/prima/v1/"
VERSION = "1"
ROUTES: tuple[Route, ...] = (
    *changes.ROUTES,
    *references.ROUTES,
    *discovery.ROUTES,
    *matching.ROUTES,
    *customers.ROUTES,
    *items.ROUTES,
    *availability.ROUTES,
    *prices.ROUTES,
    *orders.ROUTES,
    *documents.ROUTES,
    *consents.ROUTES,
    *subscriptions.ROUTES,
)


class Api:
    """The contract below /prima/v1/, and the control beside it."""

    def __init__(self, prima: Installation, gate: Gate) -> None:
        self._prima, self._gate, self._pace = prima, gate, Pace()
        self._router = Router((*ROUTES, Route("POST", "/batch", self._batch)))
        self._control = Router(control.ROUTES)

    def answer(self, request: Request, request_id: str) -> Response:
        """One call of the contract: signed in, paced, answered."""
        try:
            self._gate.admit(request.headers)
            reply = self._reply(request)
        except Refused as refused:
            return problem.answer(refused, instance=request.path, request_id=request_id)
        return _rendered(reply)

    def control(self, request: Request, request_id: str) -> Response:
        first = next(iter(self._prima.companies))
        below = request.path.removeprefix(control.PREFIX)
        try:
            company = self._company(request.args.get("company", first))
            answerer, args = self._control.find(request.method, f"/{below}")
            reply = answerer(self._call(company, request, args))
        except Refused as refused:
            return problem.answer(refused, instance=request.path, request_id=request_id)
        return _rendered(reply)

    def _reply(self, request: Request) -> Reply:
        version = request.headers.get("Prima-Api-Version", VERSION)
        if version != VERSION:
            raise Refused(400, "version-unsupported", f"Only version {VERSION} is served")
        name, _, below = request.path.removeprefix(PREFIX).partition("/")
        company = self._company(name)
        answerer, args = self._router.find(request.method, f"/{below}")
        if answerer != self._batch:
            self._pace.keep(company)
        return answerer(self._call(company, request, args))

    def _call(self, company: Company, request: Request, args: Mapping[str, str]) -> Call:
        return Call(
            prima=self._prima,
            company=company,
            method=request.method,
            path=request.path,
            args=args,
            query=request.args,
            headers=request.headers,
            raw=request.get_data(),
        )

    def _batch(self, call: Call) -> Reply:
        return batch.run(call, self._operation)

    def _operation(
        self, call: Call, method: str, path: str, headers: Mapping[str, str], raw: bytes
    ) -> dict[str, Any]:
        below, _, query = path.partition("?")
        own = replace(
            call,
            method=method,
            path=f"{PREFIX}{call.company.name}{below}",
            query=dict(parse_qsl(query)),
            headers=Headers(list(headers.items())),
            raw=raw,
        )
        try:
            self._pace.keep(call.company)
            answerer, args = self._router.find(method, below)
            reply = answerer(replace(own, args=args))
        except Refused as refused:
            response = problem.answer(refused, instance=own.path, request_id="")
            body = json.loads(response.get_data())
            return {"status": refused.status, "headers": dict(refused.headers), "body": body}
        return {"status": reply.status, "headers": dict(reply.headers), "body": reply.body}

    def _company(self, name: str) -> Company:
        company = self._prima.companies.get(name)
        if company is None:
            raise not_found("There is no such company.")
        return company


def _rendered(reply: Reply) -> Response:
    text = "" if reply.body is None else json.dumps(reply.body, ensure_ascii=False)
    response = Response(text, status=reply.status, content_type="application/json")
    for name, value in reply.headers.items():
        response.headers[name] = value
    return response
