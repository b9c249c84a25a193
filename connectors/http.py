"""The one way out: a session that calls a remote system and sorts what may go wrong.

It keeps connections open, follows no redirects, and never tries twice: only its caller knows
whether that is safe. Urllib3 is used without requests on top, because that alone is a third of
the time of a call.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import quote, urlencode, urlsplit

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.exceptions import HTTPError

from connectors.addresses import AddressPolicy
from connectors.answer import Answer, error_for
from connectors.connection import GuardedHTTPConnection, GuardedHTTPSConnection, error_from
from connectors.errors import RemoteError, TransientError
from connectors.exchange import Exchange, kept

POOL_SIZE = 10
PIECE = 65_536


class Pace(Protocol):
    """Holds calls back to the rate that the system can bear."""

    def wait(self, calls: int = 1) -> None:
        """Returns when a call may go out that weighs as much as so many."""


class Breaker(Protocol):
    """Stops calling a system that is down. Any answer that is not transient counts as success."""

    def before(self) -> None:
        """Raises CircuitOpen when no call may go out now."""

    def success(self) -> None: ...

    def failure(self, error: TransientError) -> None: ...


class Recorder(Protocol):
    """Keeps what was said."""

    def record(self, exchange: Exchange) -> None: ...


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a system is called. Timeouts are seconds to connect and seconds without any byte."""

    timeout: tuple[float, float] = (5.0, 30.0)
    pace: Pace | None = None
    breaker: Breaker | None = None
    recorder: Recorder | None = None
    addresses: AddressPolicy = field(default_factory=AddressPolicy)
    ca_file: str = ""
    max_body: int = 32_000_000


class HttpSession:
    """Calls below `base_url`. `problem` reads the system's own way of saying no.

    Safe to share between threads. Raises MisconfiguredError for an address that is not allowed.
    """

    def __init__(
        self,
        system: str,
        base_url: str,
        conduct: Conduct | None = None,
        *,
        problem: Callable[[Answer], RemoteError] = error_for,
    ) -> None:
        self.system = system
        self.conduct = conduct or Conduct()
        self._problem = problem
        self._prefix = urlsplit(base_url).path.rstrip("/")
        self._pool = _pool(base_url, self.conduct)

    def send(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        weight: int = 1,
    ) -> Answer:
        """The answer, when its status is 2xx. `target` is a path and query, already quoted.

        `weight` is how many calls it counts as. Raises the errors of `connectors.errors`.
        """
        conduct = self.conduct
        if conduct.breaker is not None:
            conduct.breaker.before()
        if conduct.pace is not None:
            conduct.pace.wait(weight)
        path = self._prefix + target
        record = _Record(self.system, method, path, body, weight)
        failure: TransientError | None = None
        try:
            record.answer = answer = self._call(method, path, headers, body)
            if answer.status >= 300:
                raise self._problem(answer)
        except RemoteError as error:
            error.system, error.method, error.path = self.system, method, path
            record.error = error.message
            failure = error if isinstance(error, TransientError) else None
            raise
        finally:
            self._judge(failure)
            if conduct.recorder is not None:
                conduct.recorder.record(record.exchange())
        return answer

    def close(self) -> None:
        self._pool.close()

    def _judge(self, failure: TransientError | None) -> None:
        """Tells the breaker, whatever happened: it may be waiting for this very call."""
        breaker = self.conduct.breaker
        if breaker is None:
            return
        if failure is None:
            breaker.success()
        else:
            breaker.failure(failure)

    def _call(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        try:
            response = self._pool.urlopen(
                method,
                path,
                body=body,
                headers=headers,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            content = self._content(response)
        except (HTTPError, OSError) as error:
            raise error_from(error, self.system, self.conduct.timeout) from error
        found = response.headers
        answer = Answer(
            self.system,
            method,
            path,
            response.status,
            found,
            content,
            found.get("X-Request-Id", ""),
        )
        if len(content) > self.conduct.max_body:
            raise answer.unexpected("answered with more data than can be right")
        return answer

    def _content(self, response: BaseHTTPResponse) -> bytes:
        """The body; of one that is too long, enough to know."""
        most = self.conduct.max_body
        pieces, length = [], 0
        while length <= most and (piece := response.read(PIECE)):
            pieces.append(piece)
            length += len(piece)
        if length > most:
            response.close()
        response.release_conn()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


@dataclass(slots=True)
class _Record:
    """A call while it lasts."""

    system: str
    method: str
    path: str
    body: bytes | None
    weight: int = 1
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=time.perf_counter)
    answer: Answer | None = None
    error: str = ""

    def exchange(self) -> Exchange:
        answer = self.answer
        return Exchange(
            system=self.system,
            method=self.method,
            path=self.path,
            status=answer.status if answer else None,
            started_at=self.started_at,
            seconds=time.perf_counter() - self.started,
            request_body=kept(self.body),
            response_body=kept(answer.body) if answer else "",
            request_id=answer.request_id if answer else "",
            error=self.error,
            weight=self.weight,
        )


def query(parameters: Mapping[str, str | int]) -> str:
    """A query string with its question mark; spaces become %20 and $ stays."""
    return f"?{urlencode(parameters, quote_via=quote, safe='$')}" if parameters else ""


def _pool(base_url: str, conduct: Conduct) -> HTTPConnectionPool:
    host = conduct.addresses.check_text(base_url)
    parts = urlsplit(base_url)
    connect, read = conduct.timeout
    timeout = Timeout(connect=connect, read=read)
    if parts.scheme == "http":
        plain = HTTPConnectionPool(
            host, parts.port, timeout=timeout, maxsize=POOL_SIZE, addresses=conduct.addresses
        )
        plain.ConnectionCls = GuardedHTTPConnection
        return plain
    secure = HTTPSConnectionPool(
        host,
        parts.port,
        timeout=timeout,
        maxsize=POOL_SIZE,
        ssl_context=ssl.create_default_context(cafile=conduct.ca_file or None),
        addresses=conduct.addresses,
    )
    secure.ConnectionCls = GuardedHTTPSConnection
    return secure
