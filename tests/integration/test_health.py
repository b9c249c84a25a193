"""What monitors see, and what people see when the database is away."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from connectors.sync import timetable


@pytest.fixture
def database_away(transactional_db: None) -> Iterator[None]:
    """Nobody listens where the database was."""
    host, port = connection.settings_dict["HOST"], connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict.update(HOST="127.0.0.1", PORT="9")
    yield
    connection.close()
    connection.settings_dict.update(HOST=host, PORT=port)


def test_health_answers_anybody_and_tells_nothing(client: Client, db: None) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_monitor_may_ask_by_any_name_and_without_tls(client: Client, db: None, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    for path in ("/healthz", "/healthz/background"):
        assert client.get(path, headers={"host": "10.0.0.7:8000"}).status_code in (200, 503)
    assert client.get("/sign-in/").status_code == 301


def test_health_is_only_to_be_read(client: Client, db: None) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.usefixtures("database_away")
@pytest.mark.parametrize("path", ["/healthz", "/healthz/background"])
def test_health_says_that_the_database_is_away(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (503, b"degraded")


@pytest.mark.usefixtures("database_away")
def test_people_are_told_that_the_database_is_away_and_when_to_come_again() -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "x" * 32
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    page = answer.content.decode()
    assert "Not available at the moment" in page
    assert answer.headers["X-Request-ID"] in page


def test_a_monitor_sees_that_the_background_work_goes_on(client: Client, db: None) -> None:
    timetable.synchronise()
    Schedule.objects.update(next_run=timezone.now())
    assert client.get("/healthz/background").content == b"ok"


def test_a_monitor_sees_which_background_work_stands_still(client: Client, db: None) -> None:
    # given
    timetable.synchronise()
    Schedule.objects.update(next_run=timezone.now())
    Schedule.objects.filter(cluster="consent").update(
        next_run=timezone.now() - timedelta(minutes=4)
    )
    OrmQ.objects.create(key="desk", payload="x", lock=timezone.now() - timedelta(minutes=21))

    # then
    answer = client.get("/healthz/background")
    assert answer.status_code == 503
    assert answer.content == b"standing still: consent, desk"
