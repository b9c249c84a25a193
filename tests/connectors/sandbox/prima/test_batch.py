"""Many calls in one, each with its own answer."""

from connectors.sandbox.running import running
from tests.connectors.sandbox.prima.world import Client, order, scenario


def operation(number, body, key=""):
    return {
        "id": str(number),
        "method": "POST",
        "path": "/sales-orders",
        "headers": {"idempotency-key": key or f"b-{number}"},
        "body": body,
    }


def run(prima, operations, **members):
    return prima.send("POST", "/batch", {"operations": operations, **members})


def count(prima):
    return len(prima.get("/sales-orders").json()["items"])


def test_operations_are_answered_one_by_one(prima):
    bad = order("O-2", customer={"account_code": "NOBODY"})
    read = {"id": "3", "method": "GET", "path": "/sales-orders/by-external/sfmc/O-1?x=1"}

    results = run(prima, [operation(1, order("O-1")), operation(2, bad), read]).json()["results"]

    assert [(each["id"], each["status"]) for each in results] == [
        ("1", 201),
        ("2", 422),
        ("3", 200),
    ]
    assert results[0]["body"]["order_number"] == "SO-000001"
    assert results[1]["body"]["errors"][0]["code"] == "customer.not_found"
    assert results[2]["body"]["order_number"] == "SO-000001"


def test_an_atomic_batch_takes_everything_back(prima):
    bad = order("O-2", customer={"account_code": "NOBODY"})

    results = run(
        prima,
        [operation(1, order("O-1")), operation(2, bad), operation(3, order("O-3"))],
        atomic=True,
    ).json()["results"]

    assert [each["status"] for each in results] == [424, 422, 424]
    assert count(prima) == 0
    assert prima.place(order("O-1"), "b-1").status_code == 201


def test_an_atomic_batch_without_fault_takes_effect(prima):
    results = run(
        prima, [operation(1, order("O-1")), operation(2, order("O-2"))], atomic=True
    ).json()["results"]

    assert [each["status"] for each in results] == [201, 201]
    assert count(prima) == 2


def test_the_same_batch_again_books_nothing_more(prima):
    operations = [operation(number, order(f"O-{number}")) for number in range(5)]
    run(prima, operations)

    results = run(prima, operations).json()["results"]

    assert {each["status"] for each in results} == {200}
    assert results[0]["headers"]["Idempotent-Replay"] == "true"
    assert count(prima) == 5


def test_a_hundred_operations_are_taken_at_most(prima):
    read = {"method": "GET", "path": "/health"}

    assert len(run(prima, [read] * 100).json()["results"]) == 100
    assert run(prima, [read] * 101).json()["errors"][0]["limit"] == "100"


def test_each_operation_counts_as_a_call():
    read = {"method": "GET", "path": "/health"}

    with running(scenario(limits={"calls_per_second": 5})) as sandbox, Client(sandbox) as prima:
        results = run(prima, [read] * 8).json()["results"]

    assert [each["status"] for each in results] == [200] * 5 + [429] * 3
    assert results[-1]["headers"]["Retry-After"] == "1"


def test_what_is_no_batch_is_refused(prima):
    assert run(prima, []).status_code == 422
    assert run(prima, [{"method": "PUT", "path": "/x"}]).status_code == 422
    assert run(prima, [{"method": "POST", "path": "/batch", "body": {}}]).status_code == 422


def test_a_body_over_five_megabytes_is_refused(prima):
    answer = run(prima, [operation(1, {"notes": "x" * (5 * 1024 * 1024)})])

    assert answer.status_code == 413
