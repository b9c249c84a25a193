"""Faults switched on over the control endpoint, as a client meets them."""

import time

import pytest
import requests

from tests.connectors.sandbox.client import Client

ROWSET = "hub/v1/dataevents/key:ORDERS/rowset"
ROWS = [{"keys": {"OrderId": "1"}, "values": {"Status": "new"}}]


def control(client: Client, method: str, noun: str, /, **body: object) -> requests.Response:
    url = f"{client.sandbox.base_url}/__control__/{noun}"
    return requests.request(method, url, json=body or None, timeout=5)


def test_a_fault_is_switched_on_listed_and_cleared(client):
    # when
    made = control(client, "POST", "faults", kind="throttle", path="rowset", times=2)
    # then
    assert made.status_code == 201
    (listed,) = control(client, "GET", "faults").json()["faults"]
    assert (listed["kind"], listed["times"], listed["struck"]) == ("throttle", 2, 0)
    assert control(client, "DELETE", "faults").json() == {"faults": []}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "earthquake"}, "Unknown kind 'earthquake'."),
        ({"kind": "slow", "times": 0}, "times is a whole number"),
        ({"kind": "slow", "path": "("}, "not a regular expression"),
        ({"kind": "slow", "after": "soon"}, "A number is expected"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_in_words(client, fault, words):
    # when
    reply = control(client, "POST", "faults", **fault)
    # then
    assert reply.status_code == 400
    assert words in reply.json()["message"]


def test_throttling_says_when_to_come_back_or_does_not(client):
    # given
    control(client, "POST", "faults", kind="throttle")
    control(client, "POST", "faults", kind="throttle_silent")
    # when
    first, second, third = (client.post(ROWSET, ROWS) for _ in range(3))
    # then
    assert (first.status_code, first.headers["Retry-After"]) == (429, "5")
    assert (first.json()["errorcode"], first.json()["retryAfter"]) == (50100, 5)
    assert (second.status_code, second.json()["errorcode"]) == (429, 50200)
    assert "Retry-After" not in second.headers
    assert third.status_code == 200


def test_a_fault_strikes_only_where_when_and_as_often_as_asked(client):
    # given
    client.sandbox.fault("server_error", status=503, path="rowset", method="post", after=1, times=2)
    # when
    seen = [client.post(ROWSET, ROWS).status_code for _ in range(4)]
    # then
    assert seen == [200, 503, 503, 200]
    assert client.get("platform/v1/tokenContext").status_code == 200


def test_a_time_out_before_leaves_no_effect(client):
    # given
    client.sandbox.fault("timeout_before", seconds=0.1)
    # when
    with pytest.raises(requests.ConnectionError):
        client.post(ROWSET, ROWS)
    # then
    assert client.rows("ORDERS") == []


def test_a_time_out_after_has_its_effect(client):
    # given
    client.sandbox.fault("timeout_after", seconds=30)
    # when
    start = time.monotonic()
    with pytest.raises(requests.Timeout):
        client.session.post(f"{client.sandbox.sfmc_rest_url}{ROWSET}", json=ROWS, timeout=0.3)
    # then
    assert time.monotonic() - start < 2
    assert len(client.rows("ORDERS")) == 1


@pytest.mark.parametrize(("when", "rows"), [("before", 0), ("after", 1)])
def test_a_connection_is_reset_before_or_after_the_effect(client, when, rows):
    # given
    client.sandbox.fault("reset", when=when, path="rowset$", method="POST")
    # when
    with pytest.raises(requests.ConnectionError) as problem:
        client.post(ROWSET, ROWS)
    # then
    assert "Connection reset" in str(problem.value)
    assert len(client.rows("ORDERS")) == rows


def test_a_slow_answer_is_still_the_right_one(client):
    # given
    client.sandbox.fault("slow", seconds=0.2)
    # when
    start = time.monotonic()
    reply = client.post(ROWSET, ROWS)
    # then
    assert reply.status_code == 200
    assert time.monotonic() - start >= 0.2


@pytest.mark.parametrize(
    ("options", "text"), [({}, '["unexpected"]'), ({"html": True}, "<html>"), ({"body": "{"}, "{")]
)
def test_an_answer_of_the_wrong_shape(client, options, text):
    # given
    client.sandbox.fault("wrong_shape", **options)
    # then
    assert client.post(ROWSET, ROWS).text.startswith(text)


def test_a_fault_may_strike_by_chance(client):
    # given
    client.sandbox.fault("server_error", times=None, probability=0.5)
    # when
    seen = {client.get("platform/v1/tokenContext").status_code for _ in range(30)}
    # then
    assert seen == {200, 500}


def test_calls_are_counted_until_reset(client):
    # given
    control(client, "POST", "reset")
    # when
    client.post(ROWSET, ROWS)
    client.post(ROWSET, ROWS)
    # then
    assert control(client, "GET", "calls").json() == {
        "total": 2,
        "calls": {f"POST /sfmc/rest/{ROWSET}": 2},
    }


def test_reset_can_load_the_scenario_again(client):
    # given
    client.post(ROWSET, ROWS)
    # when
    control(client, "POST", "reset", data=True)
    # then
    client.sign_in()
    assert client.rows("ORDERS") == []


def test_the_clock_is_moved_forward_only(client):
    assert control(client, "POST", "clock", advance=60).status_code == 200
    assert control(client, "POST", "clock", advance=-60).status_code == 400
    assert "now" in control(client, "GET", "clock").json()


def test_an_unknown_control_is_not_found(client):
    assert control(client, "GET", "volcano").status_code == 404
