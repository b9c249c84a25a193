"""Marketing Cloud's ways of saying no over REST, turned into our errors."""

import json
from typing import Any

from connectors.answer import Answer, error_for
from connectors.errors import (
    Issue,
    MisconfiguredError,
    NotAuthorised,
    NotFound,
    Rejected,
    RemoteError,
    ServerFailed,
    Throttled,
)

SAVE_FAILED = 10006
ROWS = "/dataevents/"


class RowsRejected(Rejected):
    """Some of the rows sent are wrong. Which ones is not said, and those before are stored."""


def problem_for(answer: Answer) -> RemoteError:
    """The error for an answer that is not a success, with what its body says."""
    error = error_for(answer)
    body = _body(answer)
    if isinstance(error, Throttled) and error.retry_after is None:
        error.retry_after = _seconds(body.get("retryAfter"))
    if isinstance(error, Rejected):
        return _refusal(answer, body, error)
    said = _said(body)
    if said:
        error.message = f"{error.message} It said: {said}"
    return error


def sign_in_problem(answer: Answer) -> RemoteError:
    """As `problem_for`, for the auth service.

    A sign-in that is not there must not be taken for rows that are not there.
    """
    error = problem_for(answer)
    if isinstance(error, NotFound):
        return answer.locate(MisconfiguredError("Marketing Cloud has no sign-in at this address."))
    if isinstance(error, Rejected):
        return answer.locate(NotAuthorised(error.message))
    return error


def result_issues(messages: object) -> list[Issue]:
    """The `resultMessages` of the asynchronous routes as reasons."""
    return [
        Issue(code=str(entry.get("resultCode", "")), message=str(entry.get("message", "")))
        for entry in _objects(messages)
    ]


def _refusal(answer: Answer, body: dict[str, Any], error: Rejected) -> RemoteError:
    about_rows = _objects(body.get("additionalErrors"))
    reasons = about_rows + _objects(body.get("validationErrors"))
    if about_rows:
        error = answer.locate(RowsRejected(error.message))
    if body.get("errorcode") == SAVE_FAILED and not reasons and ROWS in answer.path:
        return answer.locate(ServerFailed("Marketing Cloud could not save just now."))
    error.issues = [_issue(reason) for reason in reasons] or result_issues(
        body.get("resultMessages")
    )
    said = _said(body)
    if said and not error.issues:
        error.issues = [Issue(code=str(body.get("errorcode", body.get("error", ""))), message=said)]
    error.message = f"Marketing Cloud refused what was sent: {_why(error.issues, answer)}"
    return error


def _issue(reason: dict[str, Any]) -> Issue:
    return Issue(code=str(reason.get("errorcode", "")), message=str(reason.get("message", "")))


def _why(issues: list[Issue], answer: Answer) -> str:
    return " ".join(issue.message for issue in issues) or f"it gave no reason ({answer.status})."


def _said(body: dict[str, Any]) -> str:
    return str(body.get("message") or body.get("error_description") or "").strip()


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and value >= 0 else None


def _body(answer: Answer) -> dict[str, Any]:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
