"""Refusals in Prima's own shape: RFC 9457 `application/problem+json` with every reason listed.

`type` is "urn:prima:problem:" and one of the slugs used with `Refused`; `errors[].code` is one of
the contract's codes or, for the structure of what was sent, field.required, field.unknown,
field.invalid and line.duplicate_ref.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from werkzeug.wrappers import Response

TYPE = "urn:prima:problem:"
MEDIA_TYPE = "application/problem+json"
# A repetition of the same call may go better.
RETRYABLE = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Issue:
    """One reason. `pointer` is a JSON Pointer as a URI fragment: "#/lines/2/sku"."""

    pointer: str
    code: str
    message: str
    severity: Literal["error", "warning"] = "error"
    value: str = ""
    limit: str = ""
    actual: str = ""
    suggestion: str = ""

    def as_json(self) -> dict[str, str]:
        named = {
            "pointer": self.pointer,
            "code": self.code,
            "message": self.message,
            "severity": self.severity,
        }
        for name in ("value", "limit", "actual", "suggestion"):
            if text := getattr(self, name):
                named[name] = text
        return named


@dataclass
class Refused(Exception):
    """Ends a call. `members` go beside the standard ones, e.g. the existing order's number."""

    status: int
    slug: str
    title: str
    detail: str = ""
    issues: Sequence[Issue] = ()
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    retryable: bool | None = None


def answer(refused: Refused, *, instance: str, request_id: str) -> Response:
    body: dict[str, Any] = {
        "type": TYPE + refused.slug,
        "title": refused.title,
        "status": refused.status,
        "detail": refused.detail or refused.title,
        "instance": instance,
        "request_id": request_id,
        "retryable": refused.status in RETRYABLE
        if refused.retryable is None
        else refused.retryable,
        "errors": [issue.as_json() for issue in refused.issues],
        **refused.members,
    }
    response = Response(json.dumps(body), status=refused.status, content_type=MEDIA_TYPE)
    response.headers.extend(dict(refused.headers))
    return response


def not_found(what: str, code: str = "", pointer: str = "") -> Refused:
    issues = [Issue(pointer, code, what)] if code else []
    return Refused(404, "not-found", "Not found", what, issues)


def invalid(issues: Sequence[Issue], what: str = "What was sent") -> Refused:
    """Everything that is wrong with a body, in one answer."""
    wrong = sum(issue.severity == "error" for issue in issues)
    reasons = "1 reason" if wrong == 1 else f"{wrong} reasons"
    return Refused(
        422, "validation-failed", f"{what} was refused", f"Refused for {reasons}.", issues
    )


def malformed(detail: str) -> Refused:
    return Refused(400, "malformed-request", "The request cannot be read", detail)
