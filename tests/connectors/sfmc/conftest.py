"""A small Marketing Cloud on loopback, and a client of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.addresses import AddressPolicy
from connectors.http import Conduct, Recorder
from connectors.sandbox.running import RunningSandbox, running
from connectors.sfmc.client import SfmcClient
from connectors.sfmc.tokens import Credentials, MemoryTokenStore

WORLD: dict[str, Any] = {
    "name": "small_cloud",
    "sfmc": {
        "packages": [
            {"client_id": "desk", "client_secret": "hush", "mid": 510000001},
            {
                "client_id": "reader",
                "client_secret": "hush",
                "mid": 510000001,
                "scopes": ["data_extensions_read"],
            },
        ],
        "async_seconds": 0.1,
        "data_extensions": [
            {
                "key": "ORDERS",
                "name": "Orders",
                "columns": [
                    {"name": "OrderId", "type": "Text", "length": 20, "primary_key": True},
                    {"name": "Email", "type": "EmailAddress"},
                    {"name": "Total", "type": "Decimal", "length": 18, "scale": 2},
                    {"name": "Is Gift", "type": "Boolean"},
                    {"name": "PlacedAt", "type": "Date"},
                    {"name": "Note", "type": "Text", "length": 100},
                ],
            },
            {
                "key": "KEYLESS",
                "name": "Without a key",
                "columns": [{"name": "Note", "type": "Text", "length": 100}],
                "rows": [{"Note": "x"}],
            },
            {
                "key": "ENTRY",
                "name": "Entry",
                "columns": [
                    {"name": "ContactKey", "type": "Text", "length": 50, "primary_key": True},
                    {"name": "OrderId", "type": "Text", "length": 20, "required": True},
                ],
            },
        ],
        "event_definitions": [
            {"key": "APIEvent-shipped", "data_extension": "ENTRY", "journey": "shipped"}
        ],
        "journeys": [{"key": "shipped", "name": "Shipped", "status": "Published", "version": 1}],
        "lists": [{"id": 7, "name": "Offers"}],
        "subscribers": [
            {"key": "C-1", "email": "ann@example.com"},
            {"key": "C-2", "email": "bob@example.com", "lists": [7]},
        ],
    },
    "prima": {},
}


@pytest.fixture(scope="session")
def _cloud() -> Iterator[RunningSandbox]:
    with running(WORLD) as sandbox:
        yield sandbox


@pytest.fixture
def cloud(_cloud: RunningSandbox) -> RunningSandbox:
    _cloud.reload()
    return _cloud


@pytest.fixture
def tokens() -> MemoryTokenStore:
    return MemoryTokenStore()


@pytest.fixture
def client(cloud: RunningSandbox, tokens: MemoryTokenStore) -> Iterator[SfmcClient]:
    found = client_of(cloud, tokens)
    yield found
    found.close()


def client_of(
    cloud: RunningSandbox,
    tokens: MemoryTokenStore,
    *,
    client_id: str = "desk",
    client_secret: str = "hush",
    recorder: Recorder | None = None,
) -> SfmcClient:
    loopback = AddressPolicy(frozenset({"127.0.0.1"}))
    conduct = Conduct(timeout=(1, 1), recorder=recorder, addresses=loopback)
    credentials = Credentials(cloud.sfmc_auth_url, client_id, client_secret, "510000001")
    return SfmcClient(credentials, tokens, conduct)
