"""Refusals in the shapes of Marketing Cloud's REST interface."""

import json
from typing import Any

from werkzeug.wrappers import Response

DOCUMENTATION = (
    "https://developer.salesforce.com/docs/atlas.en-us.mc-apis.meta/mc-apis/error-handling.htm"
)


class Refused(Exception):
    """The call ends here, with this answer."""

    def __init__(self, status: int, payload: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(payload)
        self.status = status
        self.payload = payload
        self.headers = headers or {}

    def response(self) -> Response:
        return answer(self.payload, self.status, self.headers)


def answer(payload: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON always carries its content type: clients refuse an answer without it."""
    return Response(
        json.dumps(payload),
        status=status,
        headers=headers,
        content_type="application/json; charset=utf-8",
    )


def standard(message: str, errorcode: int, status: int = 400, **more: Any) -> Refused:
    body = {"message": message, "errorcode": errorcode, "documentation": "", **more}
    return Refused(status, body)


def not_found(message: str = "Not Found") -> Refused:
    return standard(message, 404, 404)


def invalid_parameter(value: str) -> Refused:
    return standard(f"Parameter {value} is invalid.", 10001)


def unresolved(name: str) -> Refused:
    return standard(f"request parameter {name} could not be resolved", 10003)


def missing(name: str) -> Refused:
    return standard(
        "One or more errors were found in the request.",
        10006,
        validationErrors=[
            {"message": f"{name} is required.", "errorcode": 10000, "documentation": ""}
        ],
    )


def unauthorized() -> Refused:
    body = {"message": "Not Authorized", "errorcode": 0, "documentation": DOCUMENTATION}
    challenge = 'Bearer realm="example.com", error="invalid_token"'
    return Refused(401, body, {"WWW-Authenticate": challenge})


def forbidden() -> Refused:
    return standard("Insufficient privileges to complete this action.", 3, 403)


def throttled(retry_after: int | None) -> Refused:
    if retry_after is None:
        return standard("Your requests are temporarily blocked.", 50200, 429)
    refused = standard("Rate limit exceeded", 50100, 429, retryAfter=retry_after)
    refused.headers["Retry-After"] = str(retry_after)
    return refused


def broken(status: int) -> Refused:
    text = "Service Unavailable" if status == 503 else "Internal Server Error"
    return standard(text, 30000, status)
