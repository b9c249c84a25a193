"""What a remote system answered, and what an answer that is not a success means."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from connectors.errors import (
    Forbidden,
    NotAuthorised,
    NotFound,
    Rejected,
    RemoteError,
    ServerFailed,
    Throttled,
    TimedOut,
    UnexpectedShape,
)
from connectors.exchange import kept

Problem = TypeVar("Problem", bound=RemoteError)


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` are looked up without regard to case."""

    system: str
    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    request_id: str = ""

    def json(self) -> Any:
        """The body as JSON. Raises UnexpectedShape when it is something else."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            kind = self.headers.get("Content-Type", "something").partition(";")[0]
            raise self.unexpected(f"answered with {kind} that is not JSON") from error

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object. Raises UnexpectedShape."""
        found = self.json()
        if not isinstance(found, dict):
            raise self.unexpected("answered with JSON that is not an object")
        return found

    def unexpected(self, what: str) -> UnexpectedShape:
        """An error to raise: `what` goes on a sentence that begins with the system's name."""
        return self.locate(UnexpectedShape(f"{self.system} {what}."))

    def locate(self, error: Problem) -> Problem:
        """The error with where it came from filled in."""
        error.system, error.method, error.path = self.system, self.method, self.path
        error.status, error.request_id, error.body = self.status, self.request_id, kept(self.body)
        return error


def error_for(answer: Answer) -> RemoteError:
    """The error that an answer with a status of 300 and more stands for, by the status alone."""
    return answer.locate(_by_status(answer))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by the Retry-After header, which holds seconds or an HTTP date."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text)) if text.isdecimal() else _seconds_until(text)
    except ValueError:
        return None


def _by_status(answer: Answer) -> RemoteError:
    system, status = answer.system, answer.status
    match status:
        case 401:
            return NotAuthorised(f"{system} did not accept the sign-in.")
        case 403:
            return Forbidden(f"{system} does not allow this sign-in to do that.")
        case 404 | 410:
            return NotFound(f"{system} has no such thing.")
        case 408:
            return TimedOut(f"{system} gave up waiting for itself.")
        case 429:
            wait = retry_after(answer.headers)
            return Throttled(f"{system} asked to slow down.", retry_after=wait)
    if status >= 500:
        return ServerFailed(f"{system} failed with an error of its own ({status}).")
    if status >= 400:
        return Rejected(f"{system} refused what was sent ({status}).")
    return UnexpectedShape(f"{system} answered from another address ({status}).")


def _seconds_until(text: str) -> float:
    moment = parsedate_to_datetime(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
