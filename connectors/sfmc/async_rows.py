"""Rows handed over for writing in the background: accepted, watched, and accounted for."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from connectors.answer import Answer
from connectors.errors import StillRunning
from connectors.http import query
from connectors.sfmc.calls import RestCalls
from connectors.sfmc.problems import result_issues
from connectors.sfmc.rows import RowOutcome, RowWrite, pieces

ROWS_A_CALL = 2_500
BYTES_A_CALL = 5_500_000
RESULTS_A_PAGE = 1_000
DEADLOCK = "Rerun the transaction."
_PASSING = re.compile(
    r"timeout expired|timed out|try again|temporarily|transport-level|connection .*(?:lost|broken)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AsyncRequest:
    """`first` is the index of its first row in what was given, `size` how many it holds."""

    id: str
    first: int
    size: int


@dataclass(frozen=True, slots=True)
class AsyncState:
    """`complete` says that it is over; `has_errors` that some or all rows were refused."""

    phase: Literal["waiting", "complete"]
    has_errors: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to watch a request, and how often to look, in seconds."""

    at_most: float = 60.0
    between: float = 0.5
    sleep: Callable[[float], None] = time.sleep


class AsyncRows:
    """Large numbers of rows. A row is flat here; its primary key decides which it replaces."""

    def __init__(self, calls: RestCalls) -> None:
        self._calls = calls

    def upsert_rows(
        self, key: str, rows: Sequence[RowWrite], patience: Patience | None = None
    ) -> list[RowOutcome]:
        """Hands the rows over, waits, and says what became of each, in their order.

        Raises StillRunning when it takes longer than the patience: the outcome is unknown then.
        """
        requests = list(self.submit(key, rows))
        outcomes: list[RowOutcome] = []
        for request in requests:
            self.wait(request, patience or Patience())
            outcomes += self.outcomes(request)
        return outcomes

    def submit(self, key: str, rows: Sequence[RowWrite]) -> Iterator[AsyncRequest]:
        """Hands the rows over in as many requests as they need. Raises Rejected."""
        target = f"/data/v1/async/dataextensions/key:{quote(key, safe='')}/rows"
        flat = [row.flat() for row in rows]
        for first, texts in pieces(flat, most=ROWS_A_CALL, most_bytes=BYTES_A_CALL):
            body = b'{"items":[' + b",".join(texts) + b"]}"
            answer = self._calls.send_body("PUT", target, body)
            yield AsyncRequest(_request_id(answer), first, len(texts))

    def state(self, request: AsyncRequest) -> AsyncState:
        """How far it is. A request not yet known to Marketing Cloud is waiting."""
        answer = self._calls.send("GET", f"/data/v1/async/{quote(request.id, safe='')}/status")
        body = answer.json_object()
        status = body.get("status")
        if isinstance(status, dict) and status:
            return _state(status)
        messages = result_issues(body.get("resultMessages"))
        if messages and messages[0].code != "AsyncRequestStatusNotFound":
            raise answer.unexpected(f"cannot tell how the rows are doing: {messages[0].message}")
        return AsyncState("waiting")

    def wait(self, request: AsyncRequest, patience: Patience) -> AsyncState:
        """The state once it is complete. Raises StillRunning."""
        until = time.monotonic() + patience.at_most
        while True:
            state = self.state(request)
            if state.phase == "complete":
                return state
            if time.monotonic() >= until:
                raise StillRunning(
                    f"Marketing Cloud was still writing rows after {patience.at_most:g} seconds.",
                    system="Marketing Cloud",
                    request_id=request.id,
                )
            patience.sleep(patience.between)

    def outcomes(self, request: AsyncRequest) -> list[RowOutcome]:
        """What became of each row of a request that is complete."""
        found: list[RowOutcome] = []
        page = 1
        while len(found) < request.size:
            answer = self._results(request, page)
            items = answer.json_object().get("items")
            if not isinstance(items, list) or not items:
                raise answer.unexpected("did not say what became of every row")
            found += [
                _outcome(request.first + len(found) + offset, item)
                for offset, item in enumerate(items)
            ]
            page += 1
        return found

    def _results(self, request: AsyncRequest, page: int) -> Answer:
        asked = query({"$page": page, "$pageSize": RESULTS_A_PAGE})
        return self._calls.send(
            "GET", f"/data/v1/async/{quote(request.id, safe='')}/results{asked}"
        )


def _request_id(answer: Answer) -> str:
    found = answer.json_object().get("requestId")
    if not isinstance(found, str) or not found:
        raise answer.unexpected("took rows without giving the request a number")
    return found


def _state(status: dict[str, Any]) -> AsyncState:
    if status.get("requestStatus") not in ("Complete", "Error"):
        return AsyncState("waiting")
    failed = status["requestStatus"] == "Error" or status.get("resultStatus") != "OK"
    return AsyncState("complete", has_errors=failed or bool(status.get("hasErrors")))


def _outcome(index: int, item: dict[str, Any]) -> RowOutcome:
    if item.get("status") == "OK":
        return RowOutcome(index, ok=True)
    message = str(item.get("message", ""))
    return RowOutcome(
        index,
        ok=False,
        message=message,
        code=str(item.get("errorCode", "")),
        retryable=_is_passing(message),
    )


def _is_passing(message: str) -> bool:
    """Whether the same row may do better again. Refusals for its contents always give a reason."""
    said = message.strip()
    return not said or said.endswith(DEADLOCK) or _PASSING.search(said) is not None
