"""Faults as Prima shows them, and what is true behind them."""

import threading
import time

import pytest
import requests

from tests.connectors.sandbox.prima.world import Client, order

ORDERS = "/sales-orders$"


def found(prima, ref):
    return prima.get(f"/sales-orders/by-external/sfmc/{ref}").status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "retry_after"),
    [
        ({"kind": "throttle", "retry_after": 7}, 429, "7"),
        ({"kind": "throttle_silent"}, 429, None),
        ({"kind": "server_error"}, 500, None),
        ({"kind": "server_error", "status": 503}, 503, None),
        ({"kind": "expired_token"}, 401, None),
    ],
)
def test_a_fault_has_primas_own_shape_and_no_effect(sandbox, prima, fault, status, retry_after):
    sandbox.fault(**fault, path=ORDERS)

    answer = prima.place(order("O-1"))

    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == retry_after
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    assert answer.json()["retryable"] is (status != 401)
    assert not found(prima, "O-1")
    assert prima.place(order("O-1")).status_code == 201


def test_a_server_error_after_the_effect_leaves_the_order(sandbox, prima):
    body = order("O-1")
    sandbox.fault("server_error", path=ORDERS, when="after", status=502)

    failed, again = prima.place(body), prima.place(body)

    assert failed.status_code == 502
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")


@pytest.mark.parametrize(
    ("fault", "booked"),
    [
        ({"kind": "timeout_before", "seconds": 0.2}, False),
        ({"kind": "timeout_after", "seconds": 0.2}, True),
        ({"kind": "reset"}, False),
        ({"kind": "reset", "when": "after"}, True),
    ],
)
def test_without_an_answer_only_asking_tells_what_happened(sandbox, prima, fault, booked):
    sandbox.fault(**fault, path=ORDERS)

    with pytest.raises(requests.ConnectionError):
        prima.place(order("O-1"))

    assert found(prima, "O-1") is booked


def test_a_wrong_shape_is_none_of_the_contract(sandbox, prima):
    sandbox.fault("wrong_shape", path="/capabilities")

    assert "contract_version" not in prima.get("/capabilities").json()
    assert "contract_version" in prima.get("/capabilities").json()


def test_a_slow_answer_is_a_good_one(sandbox, prima):
    sandbox.fault("slow", path="/health", seconds=0.1)

    answer = prima.get("/health")

    assert answer.ok
    assert answer.elapsed.total_seconds() >= 0.1


def test_signing_in_is_throttled_in_the_same_shape(sandbox):
    sandbox.fault("throttle", path="/oauth2/token", retry_after=3)

    answer = requests.post(f"{sandbox.base_url}/prima/oauth2/token", json={}, timeout=5)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")


def test_the_same_key_while_it_is_worked_on_is_told_so(sandbox, prima):
    body, first = order("O-1"), []
    store = sandbox.server.front.apps["prima"].store

    def place():
        with Client(sandbox) as other:
            first.append(other.place(body, "key-1").status_code)

    working = threading.Thread(target=place)
    with store.write():
        working.start()
        time.sleep(0.3)
        answer = prima.place(body, "key-1")
    working.join()

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:prima:problem:request-in-flight"
    assert answer.json()["retryable"] is True
    assert first == [201]
