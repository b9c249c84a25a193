"""Contacts in and out of journeys, over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from connectors.errors import Rejected
from connectors.sandbox.running import RunningSandbox
from connectors.sfmc.client import SfmcClient
from connectors.sfmc.journeys import Entry, Exit, ExitState, Membership
from integration.records.audience import GOOD_FOR, Audience, NotCleared, cleared_by_the_gate

EVENT = "APIEvent-shipped"


def entry(key: str) -> Entry:
    return Entry(key, {"ContactKey": key, "OrderId": "1001"})


def cleared(*keys: str) -> Audience:
    return cleared_by_the_gate("email", "marketing", keys, {})


def test_a_contact_enters_and_is_a_member(client: SfmcClient) -> None:
    event_id = client.journeys.enter(EVENT, entry("C-1"), cleared("C-1"))

    assert len(event_id) == 36
    assert client.journeys.memberships(["C-1", "C-9"]) == [Membership("C-1", "shipped", 1)]


def test_who_was_not_cleared_is_not_let_in_nor_anybody_with_them(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    with pytest.raises(NotCleared):
        client.journeys.enter_many(EVENT, [entry("C-1"), entry("C-2")], cleared("C-1"))
    with pytest.raises(NotCleared):
        client.journeys.enter(EVENT, entry("C-2"), cleared("C-1"))

    assert client.journeys.memberships(["C-1", "C-2"]) == []


def test_an_audience_that_was_checked_long_ago_is_not_let_in(client: SfmcClient) -> None:
    audience = cleared("C-1")
    later = audience.checked_at + GOOD_FOR + timedelta(seconds=1)

    with time_machine.travel(later), pytest.raises(NotCleared):
        audience.require(["C-1"])


def test_nobody_but_the_gate_makes_an_audience() -> None:
    with pytest.raises(NotCleared):
        Audience("email", "marketing", frozenset({"C-1"}), {}, datetime.now(UTC))


def test_an_unknown_event_is_refused_with_a_reason(client: SfmcClient) -> None:
    with pytest.raises(Rejected) as caught:
        client.journeys.enter("APIEvent-nothing", entry("C-1"), cleared("C-1"))
    assert caught.value.issues[0].message


def test_missing_data_is_refused(client: SfmcClient) -> None:
    with pytest.raises(Rejected):
        client.journeys.enter(EVENT, Entry("C-1", {"ContactKey": "C-1"}), cleared("C-1"))
    assert client.journeys.memberships(["C-1"]) == []


def test_many_contacts_enter_a_hundred_a_call_and_each_is_told(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    entries = [entry(f"C-{number}") for number in range(150)]
    entries[120] = Entry("C-120", {"ContactKey": "C-120"})

    outcomes = client.journeys.enter_many(
        EVENT, entries, cleared(*(one.contact_key for one in entries))
    )

    assert [outcome.contact_key for outcome in outcomes] == [f"C-{n}" for n in range(150)]
    refused = [outcome for outcome in outcomes if not outcome.event_id]
    assert [outcome.contact_key for outcome in refused] == ["C-120"]
    assert refused[0].message
    assert cloud.calls()["POST /sfmc/rest/interaction/v1/async/events"] == 2


def test_a_contact_is_taken_out_and_the_exit_is_confirmed(
    cloud: RunningSandbox, client: SfmcClient
) -> None:
    client.journeys.enter(EVENT, entry("C-1"), cleared("C-1"))
    out = [Exit("C-1", "shipped")]

    assert client.journeys.exit(out) == []
    before = client.journeys.exit_states(out)
    cloud.advance_clock(600)
    after = client.journeys.exit_states(out)

    assert [state.is_done for state in before] == [False]
    assert after == [ExitState("C-1", "shipped", 1, "Exit process Completed.")]
    assert client.journeys.memberships(["C-1"]) == []


def test_an_exit_from_an_unknown_journey_is_told(client: SfmcClient) -> None:
    [refused] = client.journeys.exit([Exit("C-1", "nothing", (1,))])
    assert (refused.contact_key, refused.journey_key) == ("C-1", "nothing")
    assert "Invalid Interaction Name" in refused.message
