"""Calls through the session, against the sandbox with its faults."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.addresses import AddressPolicy
from connectors.errors import (
    CircuitOpen,
    ConnectionLost,
    MisconfiguredError,
    NotAuthorised,
    RemoteError,
    ServerFailed,
    Throttled,
    TimedOut,
    TransientError,
    UnexpectedShape,
    Unreachable,
)
from connectors.exchange import Exchange
from connectors.http import Conduct, HttpSession, query
from connectors.sandbox.running import RunningSandbox, running

LOOPBACK = AddressPolicy(frozenset({"127.0.0.1"}))
TARGET = "/prima/v1/main/capabilities"


@dataclass
class Log:
    """Pace, breaker and recorder in one, keeping what it was told and in which order."""

    told: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    is_open: bool = False

    def wait(self, calls: int = 1) -> None:
        self.told.append("wait" if calls == 1 else f"wait for {calls}")

    def before(self) -> None:
        self.told.append("before")
        if self.is_open:
            raise CircuitOpen("Prima is being left alone for a while.")

    def success(self) -> None:
        self.told.append("success")

    def failure(self, error: TransientError) -> None:
        self.told.append(type(error).__name__)

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)


@pytest.fixture(scope="module")
def _sandbox() -> Iterator[RunningSandbox]:
    with running("empty") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox: RunningSandbox) -> RunningSandbox:
    _sandbox.reload()
    return _sandbox


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def session(sandbox: RunningSandbox, log: Log) -> Iterator[HttpSession]:
    conduct = Conduct(timeout=(0.5, 0.5), pace=log, breaker=log, recorder=log, addresses=LOOPBACK)
    session = HttpSession("Prima", sandbox.base_url, conduct)
    yield session
    session.close()


def get(session: HttpSession, target: str = "/__control__/health") -> object:
    return session.send("GET", target, headers={}).json()


def test_a_good_answer_comes_back_and_is_recorded(session: HttpSession, log: Log) -> None:
    found = get(session)

    assert found == {"status": "ok", "systems": ["sfmc", "prima"]}
    assert log.told == ["before", "wait", "success"]
    [exchange] = log.exchanges
    assert (exchange.system, exchange.method, exchange.path, exchange.status) == (
        "Prima",
        "GET",
        "/__control__/health",
        200,
    )
    assert exchange.response_body == '{"status": "ok", "systems": ["sfmc", "prima"]}'
    assert exchange.error == ""
    assert 0 < exchange.seconds < 1


def test_a_call_that_does_the_work_of_many_weighs_as_much(session: HttpSession, log: Log) -> None:
    session.send("GET", "/__control__/health", headers={}, weight=7)

    assert log.told == ["before", "wait for 7", "success"]
    assert [exchange.weight for exchange in log.exchanges] == [7]


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ({"kind": "timeout_before"}, TimedOut, "Prima did not answer within 0.5 seconds."),
        ({"kind": "timeout_after"}, TimedOut, "Prima did not answer within 0.5 seconds."),
        (
            {"kind": "reset"},
            ConnectionLost,
            "Prima broke the connection off before it had answered.",
        ),
        ({"kind": "throttle", "retry_after": 7}, Throttled, "Prima asked to slow down."),
        ({"kind": "throttle_silent"}, Throttled, "Prima asked to slow down."),
        (
            {"kind": "server_error", "status": 503},
            ServerFailed,
            "Prima failed with an error of its own (503).",
        ),
    ],
)
def test_a_fault_becomes_an_error_that_says_what_happened(
    sandbox: RunningSandbox,
    session: HttpSession,
    log: Log,
    fault: dict[str, Any],
    error: type[RemoteError],
    message: str,
) -> None:
    sandbox.fault(**fault)

    with pytest.raises(error) as caught:
        get(session, TARGET)

    assert caught.value.message == message
    assert caught.value.path == TARGET
    assert log.told == ["before", "wait", error.__name__]
    assert [exchange.error for exchange in log.exchanges] == [message]


def test_how_long_to_wait_is_read_from_the_answer(
    sandbox: RunningSandbox, session: HttpSession
) -> None:
    sandbox.fault("throttle", retry_after=7)
    with pytest.raises(Throttled) as caught:
        get(session, TARGET)
    assert caught.value.retry_after == 7.0


def test_html_in_place_of_json_is_an_unexpected_shape(
    sandbox: RunningSandbox, session: HttpSession
) -> None:
    sandbox.fault("wrong_shape", html=True)
    with pytest.raises(UnexpectedShape, match="text/html"):
        get(session, TARGET)


def test_a_refused_sign_in_is_no_failure_of_the_connection(session: HttpSession, log: Log) -> None:
    with pytest.raises(NotAuthorised):
        get(session, TARGET)
    assert log.told == ["before", "wait", "success"]


def test_after_every_failure_the_next_call_is_sound(
    sandbox: RunningSandbox, session: HttpSession
) -> None:
    for kind in ("reset", "server_error", "timeout_before"):
        sandbox.fault(kind)
        with pytest.raises(TransientError):
            get(session, TARGET)
        assert session.send("GET", "/__control__/health", headers={}).status == 200


def test_an_open_circuit_sends_nothing(
    sandbox: RunningSandbox, session: HttpSession, log: Log
) -> None:
    log.is_open = True
    with pytest.raises(CircuitOpen):
        get(session, TARGET)
    assert sandbox.calls() == {}
    assert log.told == ["before"]


def test_nothing_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    session = HttpSession("Prima", f"http://127.0.0.1:{port}", Conduct(addresses=LOOPBACK))
    with pytest.raises(Unreachable, match=r"Prima cannot be reached\."):
        get(session)


def test_a_body_beyond_the_limit_is_not_read_to_its_end(sandbox: RunningSandbox) -> None:
    conduct = Conduct(addresses=LOOPBACK, max_body=10)
    session = HttpSession("Prima", sandbox.base_url, conduct)
    with pytest.raises(UnexpectedShape, match="more data than can be right"):
        get(session)


def test_a_host_without_tls_is_not_called_for_being_mistaken_for_one(
    sandbox: RunningSandbox,
) -> None:
    url = sandbox.base_url.replace("http://", "https://")
    session = HttpSession("Prima", url, Conduct(addresses=LOOPBACK))
    with pytest.raises(MisconfiguredError, match="The secure connection to Prima cannot be"):
        get(session)


def test_a_host_that_is_not_allowed_is_never_called(sandbox: RunningSandbox) -> None:
    with pytest.raises(MisconfiguredError, match="must begin with https://"):
        HttpSession("Prima", sandbox.base_url, Conduct())


def test_a_connection_that_arrives_inside_is_closed_before_anything_is_sent(
    sandbox: RunningSandbox,
) -> None:
    url = sandbox.base_url.replace("http://127.0.0.1", "https://localhost")
    with pytest.raises(MisconfiguredError, match=r"localhost leads to .+ inside a private network"):
        get(HttpSession("Prima", url, Conduct(timeout=(0.5, 0.5))))
    assert sandbox.calls() == {}


def test_a_query_keeps_its_dollars_and_has_no_plus() -> None:
    assert query({}) == ""
    assert query({"$filter": "a eq 'b+c'", "$page": 2}) == "?$filter=a%20eq%20%27b%2Bc%27&$page=2"
