"""Rows written later: taken, waited for, and answered row by row."""

import pytest

ROWS = "data/v1/async/dataextensions/key:ORDERS/rows"


def put(client, *items, path=ROWS):
    return client.rest("PUT", path, {"items": list(items)})


def test_a_request_is_taken_waits_and_completes(client):
    # when
    reply = put(client, {"OrderId": "1", "Status": "new"})
    # then
    assert reply.status_code == 202
    assert reply.json()["resultMessages"] == []
    early = client.get(f"data/v1/async/{reply.json()['requestId']}/status").json()
    assert "status" not in early
    assert early["resultMessages"][0]["resultCode"] == "AsyncRequestStatusNotFound"
    # when
    status = client.wait_complete(reply.json()["requestId"])
    # then
    assert (status["hasErrors"], status["resultStatus"]) == (False, "OK")
    assert client.rows("ORDERS")[0]["keys"] == {"orderid": "1"}


def test_pending_and_executing_come_before_complete(client):
    # given
    client.sandbox.server.front.apps["sfmc"].cloud.async_seconds = 100
    number = put(client, {"OrderId": "1", "Status": "new"}).json()["requestId"]
    seen = []
    # when
    for _ in range(3):
        client.sandbox.advance_clock(34)
        seen.append(client.get(f"data/v1/async/{number}/status").json()["status"]["requestStatus"])
    client.sandbox.server.front.apps["sfmc"].cloud.async_seconds = 0.3
    # then
    assert seen == ["Pending", "Executing", "Complete"]


def test_results_are_in_the_order_of_the_rows(client):
    # given
    put(client, {"OrderId": "1", "Status": "new"})
    # when
    reply = client.post(
        ROWS,
        {
            "items": [
                {"OrderId": "1", "Status": "new"},
                {"OrderId": "2", "Email": "nonsense"},
                {"OrderId": "3", "Status": "new"},
            ]
        },
    )
    status = client.wait_complete(reply.json()["requestId"])
    body = client.get(f"data/v1/async/{reply.json()['requestId']}/results").json()
    # then
    assert (status["hasErrors"], status["resultStatus"]) == (True, "Has Errors")
    assert [item["status"] for item in body["items"]] == ["Error", "Error", "OK"]
    assert body["items"][0]["errorCode"] == "UnexpectedError"
    assert body["items"][0]["message"].endswith("The duplicate key value is (1).")
    assert (body["count"], body["page"], body["pageSize"]) == (3, 1, 50)


def test_an_unknown_data_extension_is_refused_in_this_routes_own_shape(client):
    # when
    reply = put(client, {"A": "1"}, path="data/v1/async/dataextensions/key:NONE/rows")
    # then
    assert reply.status_code == 400
    (message,) = reply.json()["resultMessages"]
    assert message == {
        "resultType": "Validation",
        "resultClass": "Error",
        "resultCode": "CustomObjectNotFound",
        "message": (
            "Failed to resolve the Custom Object from the provided "
            "ObjectReferenceIdentifier [Id: , Key: NONE]."
        ),
    }


@pytest.mark.parametrize("items", [[], "text", [{"keys": {"OrderId": "1"}, "values": {}}], None])
def test_items_must_be_flat_rows(client, items):
    assert client.rest("PUT", ROWS, {"items": items}).status_code == 400


def test_more_rows_than_the_limit_are_refused(client):
    assert put(client, *[{"OrderId": "1"}] * 32_001).status_code == 400


def test_a_data_extension_without_a_key_cannot_be_upserted(client):
    # given
    reply = put(client, {"Page": "home"}, path="data/v1/async/dataextensions/key:VISITS/rows")
    client.wait_complete(reply.json()["requestId"])
    # when
    body = client.get(f"data/v1/async/{reply.json()['requestId']}/results").json()
    # then
    assert body["items"][0]["message"] == (
        "This Data Extension does not have any primary keys defined."
    )


def test_a_deadlock_can_be_asked_for(client):
    # given
    client.sandbox.fault("deadlock_row", row=1)
    # when
    reply = put(client, {"OrderId": "1", "Lines": 1}, {"OrderId": "2", "Lines": 1})
    client.wait_complete(reply.json()["requestId"])
    items = client.get(f"data/v1/async/{reply.json()['requestId']}/results").json()["items"]
    # then
    assert [item["status"] for item in items] == ["OK", "Error"]
    assert items[1]["message"].endswith("Rerun the transaction.")


def test_the_other_asynchronous_route_answers_nothing_and_writes_later(client):
    # when
    reply = client.post(
        "hub/v1/dataeventsasync/key:ORDERS/rowset",
        [{"keys": {"OrderId": "1"}, "values": {"Status": "new"}}],
    )
    # then
    assert (reply.status_code, reply.json()) == (200, {})
    assert client.rows("ORDERS") == []
    client.sandbox.advance_clock(1)
    assert len(client.rows("ORDERS")) == 1
