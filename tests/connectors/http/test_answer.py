"""What an answer means."""

from datetime import UTC, datetime

import pytest
import time_machine

from connectors.answer import Answer, error_for, retry_after
from connectors.errors import (
    Forbidden,
    NotAuthorised,
    NotFound,
    Rejected,
    RemoteError,
    ServerFailed,
    Throttled,
    TimedOut,
    TransientError,
    UnexpectedShape,
)


def answered(status: int, body: bytes = b"", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer("Prima", "GET", "/items", status, named, body, "R-1")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, UnexpectedShape),
        (400, Rejected),
        (401, NotAuthorised),
        (403, Forbidden),
        (404, NotFound),
        (408, TimedOut),
        (409, Rejected),
        (422, Rejected),
        (429, Throttled),
        (500, ServerFailed),
        (502, ServerFailed),
        (503, ServerFailed),
    ],
)
def test_each_status_has_its_error(status: int, error: type[RemoteError]) -> None:
    assert type(error_for(answered(status))) is error


def test_an_error_says_where_it_came_from() -> None:
    error = error_for(answered(503, b'{"access_token":"hush","a":1}'))
    assert (error.system, error.method, error.path) == ("Prima", "GET", "/items")
    assert (error.status, error.request_id) == (503, "R-1")
    assert error.body == '{"access_token":"…","a":1}'
    assert str(error) == "Prima failed with an error of its own (503). (GET /items)"


def test_after_a_failure_of_the_server_the_outcome_is_unknown() -> None:
    error = error_for(answered(500))
    assert isinstance(error, TransientError)
    assert error.outcome_unknown


def test_being_throttled_has_no_effect() -> None:
    error = error_for(answered(429))
    assert isinstance(error, Throttled)
    assert not error.outcome_unknown
    assert error.retry_after is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        (" 0 ", 0.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC), tick=False):
        assert retry_after({"Retry-After": header}) == seconds


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1", b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_an_unexpected_shape(body: bytes) -> None:
    with pytest.raises(UnexpectedShape, match=r"Prima answered with text/html that is not JSON"):
        answered(200, body, Content_Type="text/html; charset=utf-8").json()


def test_a_list_is_not_an_object() -> None:
    with pytest.raises(UnexpectedShape, match="not an object"):
        answered(200, b"[]").json_object()
