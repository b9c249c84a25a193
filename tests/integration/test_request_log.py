"""One line for each request, found by its number, with nobody's data in it."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client

from integration.accounts.models import User
from integration.log_lines import in_words

Signed = Callable[[User], Client]


class Written(logging.Handler):
    """Keeps each line as it is written at that moment: JSON."""

    def __init__(self) -> None:
        super().__init__()
        logs: dict[str, Any] = configured.LOGGING
        step = dict(logs["formatters"]["lines"])
        self.setFormatter(step.pop("()")(**step))
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    written = Written()
    logging.getLogger().addHandler(written)
    yield written.lines
    logging.getLogger().removeHandler(written)


def test_a_request_is_told_with_its_number_person_and_time(
    lines: list[dict[str, Any]], operations: User, client_for: Signed
) -> None:
    answer = client_for(operations).get("/search/", {"q": "jane@customer.example"})

    (line,) = lines
    assert line["event"] == "request"
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/search/", 200)
    assert line["person"] == operations.pk
    assert line["milliseconds"] >= 0
    assert "jane" not in json.dumps(line)


def test_an_address_in_a_path_is_masked(
    lines: list[dict[str, Any]], operations: User, client_for: Signed
) -> None:
    client_for(operations).get("/customers/contact/jane.doe@customer.example/")
    assert all("jane.doe@customer.example" not in json.dumps(line) for line in lines)


def test_what_goes_wrong_meanwhile_carries_the_same_number(
    lines: list[dict[str, Any]], operations: User, client_for: Signed
) -> None:
    # given
    client = client_for(operations)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sync_syncrun RENAME TO somewhere_else")

    # when
    answer = client.get("/syncs/")

    # then
    fault, told = lines
    assert "somewhere_else" in fault["exception"] or "sync_syncrun" in fault["exception"]
    assert fault["request"] == told["request"] == answer.headers["X-Request-ID"]
    assert (answer.status_code, told["status"]) == (500, 500)
    assert answer.headers["X-Request-ID"] in answer.content.decode()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "/customers/contact/jane.doe@customer.example/",
            "/customers/contact/j•••@customer.example/",
        ),
        ("Key (email)=(o'neil+x@a.example) is there", "Key (email)=(o•••@a.example) is there"),
        ("postgres://desk@localhost and @all", "postgres://desk@localhost and @all"),
    ],
)
def test_addresses_in_any_line_are_masked(words: str, told: str) -> None:
    assert in_words(words) == told


@pytest.mark.parametrize(
    ("behind", "given", "kept"),
    [
        (True, "proxy-0815-4711", True),
        (True, "short", False),
        (True, "with spaces and more", False),
        (False, "proxy-0815-4711", False),
    ],
)
def test_the_number_of_our_own_proxy_alone_is_kept(
    client: Client, db: None, settings, behind: bool, given: str, kept: bool
) -> None:
    settings.BEHIND_PROXY = behind
    answer = client.get("/sign-in/", headers={"x-request-id": given})
    assert (answer.headers["X-Request-ID"] == given) is kept


def test_files_of_the_pages_are_not_told(
    lines: list[dict[str, Any]], client: Client, db: None
) -> None:
    answer = client.get("/static/desk/desk.css")
    answer.close()
    assert lines == []
