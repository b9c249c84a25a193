"""The control endpoint `/__control__/…`: faults, counts, clock, reset. No system has it; tests and trainers do."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from connectors.sandbox.app import App
from connectors.sandbox.calls import Calls
from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import FaultRefused, Faults

PREFIX = "/__control__/"


class Control:
    def __init__(self, apps: Mapping[str, App], faults: Faults, calls: Calls, clock: Clock) -> None:
        self.apps = apps
        self.faults = faults
        self.calls = calls
        self.clock = clock

    def answer(self, request: Request) -> Response:
        noun = request.path.removeprefix(PREFIX).strip("/")
        verb = getattr(self, f"{request.method}_{noun.split('/')[0]}".lower(), None)
        if verb is None:
            return _json({"message": f"No {request.method} {request.path} here."}, 404)
        try:
            answer: Response = verb(request, *noun.split("/")[1:])
        except (FaultRefused, ValueError, TypeError) as problem:
            return _json({"message": str(problem)}, 400)
        return answer

    def get_health(self, request: Request) -> Response:
        return _json({"status": "ok", "systems": list(self.apps)})

    def get_calls(self, request: Request) -> Response:
        return _json(self.calls.as_json())

    def get_faults(self, request: Request) -> Response:
        return _json({"faults": self.faults.listed()})

    def post_faults(self, request: Request) -> Response:
        wanted = _body(request)
        return _json(self.faults.add(wanted).as_json(), 201)

    def delete_faults(self, request: Request, number: str | None = None) -> Response:
        self.faults.clear(int(number) if number else None)
        return _json({"faults": self.faults.listed()})

    def get_clock(self, request: Request) -> Response:
        return _json({"now": self.clock.now().isoformat()})

    def post_clock(self, request: Request) -> Response:
        self.clock.advance(float(_body(request).get("advance", 0)))
        return self.get_clock(request)

    def post_reset(self, request: Request) -> Response:
        """Faults and counts go; with {"data": true} the scenario is loaded again, too."""
        self.faults.clear()
        self.calls.reset()
        if _body(request).get("data"):
            for app in self.apps.values():
                app.reload()
        return _json({"status": "ok"})


def _body(request: Request) -> dict[str, Any]:
    text = request.get_data(as_text=True)
    body = json.loads(text) if text.strip() else {}
    if not isinstance(body, dict):
        raise FaultRefused("The body is a JSON object.")
    return body


def _json(payload: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(payload), status=status, content_type="application/json")
