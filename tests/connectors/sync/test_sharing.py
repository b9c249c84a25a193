"""Pace, breaker and token are one for all workers."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection as database

from connectors.errors import CircuitOpen, ServerFailed, Throttled
from connectors.sfmc.tokens import Token
from connectors.sync import backoff, limits
from connectors.sync.breaker import OPENS_AFTER, SharedBreaker
from connectors.sync.limits import SharedPace
from connectors.sync.models import Connection
from connectors.sync.tokens import DatabaseTokenStore


@pytest.fixture
def prima(transactional_db: None) -> Connection:
    return Connection.objects.create(
        system="prima", base_url="https://p.example/prima/v1/main", client_id="c"
    )


def together(number: int, work: Callable[[], None]) -> None:
    """The work in so many threads at once, each with a database connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            database.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def pace_of(row: Connection) -> SharedPace:
    return SharedPace(row.pk, row.calls_per_second, threading.Event())


def breaker_of(row: Connection) -> SharedBreaker:
    return SharedBreaker(row.pk, "Prima", pace_of(row))


def opened(row: Connection) -> SharedBreaker:
    breaker = breaker_of(row)
    for _ in range(OPENS_AFTER):
        breaker.before()
        breaker.failure(ServerFailed("It failed."))
    return breaker


def test_three_workers_together_keep_to_the_rate(prima: Connection):
    # given
    Connection.objects.update(calls_per_second=40)
    prima.refresh_from_db()
    went: list[float] = []

    def work() -> None:
        pace = pace_of(prima)
        for _ in range(20):
            pace.wait()
            went.append(time.monotonic())

    # when
    begun = time.monotonic()
    together(3, work)

    # then: 60 calls at 40 a second take a second and a half, less the small burst allowed
    assert len(went) == 60
    assert max(went) - begun >= 1.2


def test_a_call_that_weighs_much_waits_for_as_many_turns(prima: Connection):
    Connection.objects.update(calls_per_second=20)
    prima.refresh_from_db()
    begun = time.monotonic()

    # One after the other by several workers: 30 calls at 20 a second, less the small burst.
    together(3, lambda: pace_of(prima).wait(10))

    assert time.monotonic() - begun >= 1.0
    prima.refresh_from_db()
    assert prima.tokens <= 0.5


def test_one_worker_asked_to_slow_down_holds_all_back(prima: Connection):
    # given
    breaker_of(prima).failure(Throttled("Slow down.", retry_after=0.6))

    # when
    begun = time.monotonic()
    pace_of(prima).wait()

    # then
    assert time.monotonic() - begun >= 0.5


def test_a_long_rest_is_not_sat_out_in_a_worker(prima: Connection):
    limits.hold(prima.pk, 900)
    with pytest.raises(CircuitOpen) as told:
        pace_of(prima).wait()
    assert told.value.retry_after == pytest.approx(900, abs=5)


def test_a_fast_connection_costs_few_statements(prima: Connection, django_assert_num_queries):
    Connection.objects.update(calls_per_second=100_000)
    prima.refresh_from_db()
    pace = pace_of(prima)
    with django_assert_num_queries(4):
        for _ in range(200):
            pace.wait()


def test_failures_in_a_row_open_the_circuit_for_every_worker(prima: Connection):
    opened(prima)
    with pytest.raises(CircuitOpen) as told:
        breaker_of(prima).before()
    assert told.value.retry_after == pytest.approx(20, abs=1)


def test_after_the_rest_one_probe_goes_out_and_its_success_closes_the_circuit(prima: Connection):
    # given
    opened(prima)
    Connection.objects.update(open_until=datetime.now(UTC) - timedelta(seconds=1))
    went: list[SharedBreaker] = []

    def work() -> None:
        breaker = breaker_of(prima)
        try:
            breaker.before()
        except CircuitOpen:
            return
        went.append(breaker)

    # when
    together(6, work)

    # then
    assert len(went) == 1
    went[0].success()
    breaker_of(prima).before()
    prima.refresh_from_db()
    assert (prima.failures, prima.open_until) == (0, None)


def test_a_probe_that_fails_opens_the_circuit_for_longer(prima: Connection):
    # given
    opened(prima)
    Connection.objects.update(open_until=datetime.now(UTC) - timedelta(seconds=1))
    probe = breaker_of(prima)
    probe.before()

    # when
    probe.failure(ServerFailed("It failed."))

    # then
    prima.refresh_from_db()
    assert prima.open_until is not None
    assert prima.open_until > datetime.now(UTC) + timedelta(seconds=35)


def test_a_success_between_failures_counts_anew(prima: Connection):
    breaker = breaker_of(prima)
    for _ in range(OPENS_AFTER * 2):
        breaker.before()
        breaker.failure(ServerFailed("It failed."))
        breaker.success()
    breaker.before()


def test_workers_who_all_miss_the_token_ask_for_it_once(prima: Connection):
    # given
    asked: list[int] = []
    got: list[str] = []

    def fetch() -> Token:
        asked.append(1)
        time.sleep(0.2)
        now = datetime.now(UTC)
        life = timedelta(minutes=10)
        return Token(f"token {len(asked)}", "r", "s", frozenset({"a"}), now + life, now + life * 2)

    # when
    together(5, lambda: got.append(DatabaseTokenStore(prima.pk).renew(fetch, stale=None).value))

    # then
    assert (len(asked), set(got), len(got)) == (1, {"token 1"}, 5)
    kept = DatabaseTokenStore(prima.pk).get()
    assert kept is not None
    assert (kept.value, kept.rest_url, kept.scopes) == ("token 1", "r", frozenset({"a"}))

    # when it is refused
    together(
        3, lambda: got.append(DatabaseTokenStore(prima.pk).renew(fetch, stale="token 1").value)
    )

    # then
    assert len(asked) == 2


def test_the_token_is_not_readable_in_the_database(prima: Connection):
    Connection.objects.update(access_token="very-secret-token")
    with database.cursor() as cursor:
        cursor.execute("SELECT access_token FROM sync_connection")
        assert "very-secret" not in cursor.fetchone()[0]


def test_waits_grow_are_spread_and_never_shorter_than_asked():
    first = [backoff.delay(1).total_seconds() for _ in range(300)]
    tenth = [backoff.delay(10).total_seconds() for _ in range(300)]
    assert max(first) <= 15
    assert len(set(first)) > 100
    assert 1_000 < max(tenth) <= 3_600
    assert min(backoff.delay(1, at_least=30).total_seconds() for _ in range(50)) >= 30
    assert backoff.delay(100_000).total_seconds() <= 3_600
