"""Tokens: one for all, renewed in time, and once more when refused."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import NotAuthorised, Throttled
from connectors.exchange import Exchange
from connectors.sandbox.running import RunningSandbox
from connectors.sfmc.client import SfmcClient
from connectors.sfmc.tokens import MemoryTokenStore, Token
from tests.connectors.sfmc.conftest import client_of


@dataclass
class Log:
    exchanges: list[Exchange] = field(default_factory=list)

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)


TOKEN = "POST /sfmc/auth/v2/token"


def token(value: str, *, renew_in: float) -> Token:
    now = datetime.now(UTC)
    return Token(
        value,
        "https://rest.example.com/",
        "https://soap.example.com/",
        frozenset(),
        now + timedelta(seconds=renew_in),
        now + timedelta(seconds=renew_in + 300),
    )


@pytest.fixture
def fetches() -> list[str]:
    return []


def fetching(fetches: list[str], *, renew_in: float = 100):
    def fetch() -> Token:
        fetches.append("asked")
        return token(f"T-{len(fetches)}", renew_in=renew_in)

    return fetch


def test_one_token_serves_many_calls_and_both_services(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    for _ in range(5):
        list(client.data_extensions.read_rows("ORDERS"))
    client.subscribers.find("C-1")
    assert cloud.calls()[TOKEN] == 1


def test_the_context_of_the_token_shows_that_the_sign_in_works(client: SfmcClient) -> None:
    assert client.who_am_i()["organization"]["id"] == 510000001


def test_many_threads_at_once_ask_for_one_token(cloud: RunningSandbox, client: SfmcClient) -> None:
    with ThreadPoolExecutor(8) as threads:
        counts = list(
            threads.map(
                lambda _: [page.count for page in client.data_extensions.read_rows("ORDERS")],
                range(16),
            )
        )
    assert counts == [[0]] * 16
    assert cloud.calls()[TOKEN] == 1


def test_a_token_is_renewed_five_minutes_before_it_expires(
    client: SfmcClient, tokens: MemoryTokenStore
) -> None:
    client.who_am_i()
    kept = tokens.get()
    assert kept is not None
    assert kept.expires_at - kept.renew_at == timedelta(minutes=5)
    assert kept.is_fresh(kept.renew_at - timedelta(seconds=1))
    assert not kept.is_fresh(kept.renew_at)


def test_a_refused_token_is_renewed_and_the_call_succeeds(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    client.who_am_i()
    cloud.fault("expired_token", path="rowset")

    [page] = client.data_extensions.read_rows("ORDERS")

    assert page.count == 0
    assert cloud.calls()[TOKEN] == 2


def test_a_token_that_is_refused_again_and_again_is_renewed_only_once(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    cloud.fault("expired_token", path="rowset", times=None)
    with pytest.raises(NotAuthorised):
        list(client.data_extensions.read_rows("ORDERS"))
    assert cloud.calls()[TOKEN] == 2


def test_a_wrong_secret_is_asked_about_once(
    cloud: RunningSandbox, tokens: MemoryTokenStore
) -> None:
    client = client_of(cloud, tokens, client_secret="wrong")
    with pytest.raises(NotAuthorised):
        client.who_am_i()
    assert cloud.calls()[TOKEN] == 1
    assert tokens.get() is None


def test_being_throttled_at_the_sign_in_is_worth_another_try(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    cloud.fault("throttle", path="v2/token", retry_after=3)
    with pytest.raises(Throttled):
        client.who_am_i()
    assert client.who_am_i()["organization"]["id"] == 510000001


def test_neither_secret_nor_token_is_recorded(
    cloud: RunningSandbox, tokens: MemoryTokenStore
) -> None:
    log = Log()
    client = client_of(cloud, tokens, recorder=log)
    list(client.data_extensions.read_rows("ORDERS"))
    client.subscribers.find("C-1")

    kept = tokens.get()
    assert kept is not None
    assert [exchange.status for exchange in log.exchanges] == [200, 200, 200]
    assert '"client_secret": "…"' in log.exchanges[0].request_body
    assert kept.value not in repr(log.exchanges)
    assert "hush" not in repr(log.exchanges)


def test_the_secret_and_the_token_are_not_shown() -> None:
    shown = repr(token("hush", renew_in=1))
    assert "hush" not in shown


def test_the_store_asks_once_while_the_token_is_fresh(fetches: list[str]) -> None:
    store = MemoryTokenStore()
    fetch = fetching(fetches)
    assert store.renew(fetch, stale=None).value == "T-1"
    assert store.renew(fetch, stale=None).value == "T-1"
    assert store.renew(fetch, stale="T-0").value == "T-1"
    assert fetches == ["asked"]


def test_the_store_asks_again_when_the_token_is_due_or_refused(fetches: list[str]) -> None:
    store = MemoryTokenStore()
    assert store.renew(fetching(fetches, renew_in=-1), stale=None).value == "T-1"
    assert store.renew(fetching(fetches), stale=None).value == "T-2"
    assert store.renew(fetching(fetches), stale="T-2").value == "T-3"
