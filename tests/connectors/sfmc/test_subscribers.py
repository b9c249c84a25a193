"""Subscribers and their consent, over SOAP."""

from datetime import timedelta

import pytest

from connectors.errors import (
    NotAuthorised,
    Rejected,
    ServerFailed,
    TimedOut,
    UnexpectedShape,
)
from connectors.sandbox.running import RunningSandbox
from connectors.sfmc.client import SfmcClient
from connectors.sfmc.subscribers import SaveOutcome, Subscriber

TOKEN = "POST /sfmc/auth/v2/token"


def found(client: SfmcClient, key: str) -> Subscriber:
    subscriber = client.subscribers.find(key)
    assert subscriber is not None
    return subscriber


def test_a_subscriber_is_found_by_key_and_by_number(client: SfmcClient) -> None:
    ann = found(client, "C-1")
    assert (ann.key, ann.email, ann.status) == ("C-1", "ann@example.com", "Active")
    assert ann.unsubscribed_at is None
    assert client.subscribers.find_by_id(ann.id) == ann


def test_nobody_is_found_under_an_unused_key(client: SfmcClient) -> None:
    assert client.subscribers.find("C-9 & <x>") is None


def test_saving_adds_the_new_and_changes_the_others(client: SfmcClient) -> None:
    outcomes = client.subscribers.save(
        [
            Subscriber("C-1", "ann@new.example.com", attributes={"First Name": "Änn & <b>"}),
            Subscriber("C-3", "cat@example.com", status="Active"),
        ]
    )

    assert [(outcome.key, outcome.ok) for outcome in outcomes] == [("C-1", True), ("C-3", True)]
    assert found(client, "C-1").email == "ann@new.example.com"
    assert found(client, "C-3").status == "Active"


def test_creating_a_known_subscriber_is_refused_for_that_one_alone(client: SfmcClient) -> None:
    taken, made = client.subscribers.create(
        [Subscriber("C-1", "ann@example.com"), Subscriber("C-3", "cat@example.com")]
    )
    assert taken == SaveOutcome("C-1", False, "The subscriber is already on the list", "12014")
    assert made.ok
    assert found(client, "C-3").email == "cat@example.com"


def test_updating_an_unknown_subscriber_is_refused(client: SfmcClient) -> None:
    [outcome] = client.subscribers.update([Subscriber("C-9", "", status="Active")])
    assert not outcome.ok
    assert outcome.code
    assert client.subscribers.find("C-9") is None


def test_an_invalid_address_is_refused_for_that_one_alone(client: SfmcClient) -> None:
    bad, good = client.subscribers.save(
        [Subscriber("C-4", "nonsense"), Subscriber("C-5", "eve@example.com")]
    )
    assert (bad.ok, bad.code) == (False, "12000")
    assert good.ok


def test_an_unsubscription_shows_in_the_status_and_as_an_event(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    now = cloud.server.front.clock.now()
    before, minute = now - timedelta(minutes=1), timedelta(minutes=1)

    client.subscribers.log_unsubscribe("C-1", email="ann@example.com", reason="Told the shop")

    ann = found(client, "C-1")
    assert ann.status == "Unsubscribed"
    assert ann.unsubscribed_at is not None
    assert abs(now - ann.unsubscribed_at) < minute
    [event] = client.subscribers.unsub_events_since(before)
    assert (event.subscriber_key, event.is_master) == ("C-1", True)
    assert abs(now - event.occurred_at) < minute
    assert list(client.subscribers.unsub_events_since(now + timedelta(hours=1))) == []
    assert [one.key for one in client.subscribers.unsubscribed_since(before)] == ["C-1"]
    assert [one.key for one in client.subscribers.with_status("Unsubscribed")] == ["C-1"]


def test_unsubscribing_twice_is_no_error(client: SfmcClient) -> None:
    client.subscribers.log_unsubscribe("C-1")
    client.subscribers.log_unsubscribe("C-1")
    assert found(client, "C-1").status == "Unsubscribed"


def test_unsubscribing_a_stranger_is_refused(client: SfmcClient) -> None:
    with pytest.raises(Rejected):
        client.subscribers.log_unsubscribe("C-9")


def test_one_list_is_left_without_touching_the_account_wide_status(client: SfmcClient) -> None:
    [outcome] = client.subscribers.update([Subscriber("C-2", "", lists={"7": "Unsubscribed"})])
    assert outcome.ok
    assert found(client, "C-2").status == "Active"


def test_more_subscribers_than_a_page_holds_are_all_found(client: SfmcClient) -> None:
    many = [Subscriber(f"M-{n:04d}", f"m{n}@example.com") for n in range(2_600)]
    assert all(outcome.ok for outcome in client.subscribers.save(many))

    keys = [one.key for one in client.subscribers.with_status("Active")]

    assert len(keys) == 2_602
    assert len(set(keys)) == 2_602


def test_an_expired_token_is_renewed_and_the_message_sent_again(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    found(client, "C-1")
    cloud.fault("expired_token", path="service.asmx")
    assert found(client, "C-1").email == "ann@example.com"
    assert cloud.calls()[TOKEN] == 2


def test_a_token_refused_again_and_again_is_renewed_only_once(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    cloud.fault("expired_token", path="service.asmx", times=None)
    with pytest.raises(NotAuthorised):
        client.subscribers.find("C-1")
    assert cloud.calls()[TOKEN] == 2


def test_throttling_which_looks_like_a_failure_is_worth_another_try(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    cloud.fault("throttle", path="service.asmx")
    with pytest.raises(ServerFailed):
        client.subscribers.find("C-1")
    assert found(client, "C-1").status == "Active"


def test_html_with_a_success_is_an_unexpected_shape(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    cloud.fault("wrong_shape", path="service.asmx")
    with pytest.raises(UnexpectedShape):
        client.subscribers.find("C-1")


def test_no_answer_in_time_has_an_unknown_outcome(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    found(client, "C-1")
    cloud.fault("timeout_after", path="service.asmx")
    with pytest.raises(TimedOut) as caught:
        client.subscribers.log_unsubscribe("C-1")
    assert caught.value.outcome_unknown
    assert found(client, "C-1").status == "Unsubscribed"
