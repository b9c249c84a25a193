"""Contacts over REST: only for an audience the gate has cleared."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import Rejected
from connectors.sandbox.running import RunningSandbox
from connectors.sfmc.client import SfmcClient
from integration.records.audience import Audience, NotCleared, cleared_by_the_gate


def cleared(*keys: str) -> Audience:
    return cleared_by_the_gate("email", "marketing", keys, {})


def test_a_known_contact_gets_another_address(client: SfmcClient) -> None:
    assert client.contacts.save("C-1", "ann@new.example.com", cleared("C-1")) is False

    found = client.subscribers.find("C-1")
    assert found is not None
    assert found.email == "ann@new.example.com"


def test_an_unknown_contact_is_made(client: SfmcClient) -> None:
    assert client.contacts.save("C-77", "new@example.com", cleared("C-77")) is True
    assert client.contacts.save("C-77", "new@example.com", cleared("C-77")) is False


def test_nobody_is_written_to_whom_the_gate_did_not_clear(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    cloud.reset_calls()

    with pytest.raises(NotCleared):
        client.contacts.save("C-1", "ann@new.example.com", cleared("C-2"))

    assert not [path for path in cloud.calls() if "contacts" in path]


def test_an_audience_checked_long_ago_has_to_be_checked_again(client: SfmcClient) -> None:
    audience = cleared("C-1")
    object.__setattr__(audience, "checked_at", datetime.now(UTC) - timedelta(hours=1))

    with pytest.raises(NotCleared):
        client.contacts.save("C-1", "ann@new.example.com", audience)


def test_what_marketing_cloud_says_against_it_is_told(client: SfmcClient) -> None:
    with pytest.raises(Rejected):
        client.contacts.save("", "ann@example.com", cleared(""))
