"""Prima's refusals (RFC 9457 problem documents), turned into our errors."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from connectors.answer import Answer, error_for
from connectors.errors import (
    CursorExpired,
    DuplicateReference,
    Issue,
    NotFound,
    PermanentError,
    Rejected,
    RemoteError,
    Stale,
    StillRunning,
    TransientError,
    UnexpectedShape,
)

MEDIA_TYPE = "application/problem+json"
Problem = Mapping[str, Any]


def problem_for(answer: Answer) -> RemoteError:
    """The error for an answer that is not a success.

    A 404 or 410 counts only as Prima's own word: one without a problem document comes from
    something in between, and must not be taken for "there is no such order".
    """
    problem = _problem(answer)
    if problem is None:
        error = error_for(answer)
        if isinstance(error, NotFound):
            return answer.unexpected("cannot be found at this address")
        return error
    slug = str(problem.get("type", "")).rpartition(":")[2].rpartition("/")[2]
    read = BY_TYPE.get(slug) or BY_STATUS.get(answer.status)
    return answer.locate(read(answer, problem)) if read else _by_status(answer, problem)


def _by_status(answer: Answer, problem: Problem) -> RemoteError:
    error = error_for(answer)
    if isinstance(error, Rejected | UnexpectedShape):
        return answer.locate(_rejected(answer, problem))
    said = _said(problem)
    if said:
        error.message = f"{error.message} It said: {said}"
    return error


def _rejected(answer: Answer, problem: Problem) -> PermanentError:
    issues = [_issue(entry) for entry in _objects(problem.get("errors"))]
    issues = issues or [Issue(code="upstream.rejected", message=_said(problem))]
    reasons = " ".join(issue.message for issue in issues if issue.severity != "warning")
    return Rejected(f"{answer.system} refused what was sent: {reasons}", issues=issues)


def _duplicate(answer: Answer, problem: Problem) -> PermanentError:
    number = _text(problem, "existing_order_number")
    return DuplicateReference(
        f"{answer.system} already holds another order under this reference: {number}.",
        existing_number=number,
        existing_hash=_text(problem, "existing_content_hash"),
    )


def _still_running(answer: Answer, problem: Problem) -> TransientError:
    return StillRunning(f"{answer.system} is still working on the same request.")


def _stale(answer: Answer, problem: Problem) -> PermanentError:
    return Stale(
        "Somebody else changed this in Prima since it was read.",
        current_version=_text(problem, "current_version"),
    )


def _cursor_expired(answer: Answer, problem: Problem) -> PermanentError:
    return CursorExpired(f"{answer.system} cannot go on from where the last reading stopped.")


def _not_found(answer: Answer, problem: Problem) -> PermanentError:
    return NotFound(f"{answer.system} has no such thing: {_said(problem)}")


BY_TYPE: dict[str, Callable[[Answer, Problem], RemoteError]] = {
    "duplicate-external-ref": _duplicate,
    "cursor-expired": _cursor_expired,
    "request-in-flight": _still_running,
}
BY_STATUS: dict[int, Callable[[Answer, Problem], RemoteError]] = {
    404: _not_found,
    412: _stale,
}


def _problem(answer: Answer) -> Problem | None:
    if not answer.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
        return None
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _issue(entry: Mapping[str, Any]) -> Issue:
    return Issue(
        code=_text(entry, "code"),
        message=_text(entry, "message"),
        pointer=unquote(_text(entry, "pointer").removeprefix("#")),
        severity=_text(entry, "severity") or "error",
        value=_text(entry, "value"),
        limit=_text(entry, "limit"),
        suggestion=_text(entry, "suggestion"),
    )


def _said(problem: Problem) -> str:
    return _text(problem, "detail", "title")


def _text(members: Mapping[str, Any], *names: str) -> str:
    """The first of the named members that holds something."""
    return next((str(members[name]) for name in names if members.get(name) not in (None, "")), "")


def _objects(value: object) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
