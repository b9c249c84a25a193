"""A small world, served for the whole session and reloaded before every test."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.sandbox.running import RunningSandbox, running
from tests.connectors.sandbox.client import Client

CLIENT_ID, CLIENT_SECRET, MID = "desk", "open-sesame", 510001234
WORLD: dict[str, Any] = {
    "name": "small",
    "sfmc": {
        "async_seconds": 0.3,
        "packages": [
            {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "mid": MID},
            {
                "client_id": "reader",
                "client_secret": "read-only",
                "mid": MID,
                "scopes": ["data_extensions_read", "list_and_subscribers_read"],
            },
        ],
        "data_extensions": [
            {
                "key": "ORDERS",
                "name": "Campaign orders",
                "id": "3f2b8a54-0f0e-4e7b-9d56-4a6e0a4c7a11",
                "columns": [
                    {"name": "OrderId", "type": "Text", "length": 20, "primary_key": True},
                    {"name": "Email", "type": "EmailAddress"},
                    {"name": "Phone", "type": "Phone"},
                    {"name": "Status", "type": "Text", "length": 10},
                    {"name": "Total", "type": "Decimal", "length": 18, "scale": 4},
                    {"name": "Lines", "type": "Number"},
                    {"name": "IsGift", "type": "Boolean"},
                    {"name": "PlacedAt", "type": "Date"},
                ],
            },
            {
                "key": "VISITS",
                "name": "Visits",
                "columns": [{"name": "Page", "type": "Text"}, {"name": "Count", "type": "Number"}],
            },
            {
                "key": "WELCOME_ENTRY",
                "name": "Welcome entry",
                "columns": [
                    {"name": "ContactKey", "type": "Text", "length": 50, "primary_key": True},
                    {"name": "Email", "type": "EmailAddress", "required": True},
                    {"name": "OrderId", "type": "Text"},
                ],
            },
        ],
        "event_definitions": [
            {"key": "APIEvent-1", "data_extension": "WELCOME_ENTRY", "journey": "welcome"}
        ],
        "journeys": [
            {"key": "welcome", "name": "Welcome", "status": "Published", "version": 2},
            {"key": "old", "name": "Old one", "status": "Stopped", "version": 1},
        ],
        "lists": [{"id": 123, "name": "Newsletter"}],
        "subscribers": [
            {"key": "C-1", "email": "ann@example.com", "status": "Active", "lists": [123]},
            {"key": "C-2", "email": "bob@example.com", "status": "Unsubscribed"},
        ],
    },
    "prima": {},
}


@pytest.fixture(scope="session")
def served() -> Iterator[RunningSandbox]:
    with running(WORLD) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: RunningSandbox) -> RunningSandbox:
    served.reload()
    return served


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[Client]:
    with Client(sandbox, CLIENT_ID, CLIENT_SECRET) as signed_in:
        yield signed_in
