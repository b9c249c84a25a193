"""Rows written at once: the upsert, the prefix that stays on error, and the refusals."""

import pytest

ROWSET = "hub/v1/dataevents/key:ORDERS/rowset"


def order(number, **values):
    return {"keys": {"OrderId": number}, "values": values or {"Status": "new"}}


def statuses(client):
    return {row["keys"]["orderid"]: row["values"]["status"] for row in client.rows("ORDERS")}


def test_a_rowset_is_echoed_and_read_back_as_strings(client):
    # given
    rows = [
        order(
            "1001",
            Status="shipped",
            Total=12.5,
            IsGift=False,
            Lines=3,
            PlacedAt="2026-03-01T15:04:05Z",
            Email="ann@example.com",
        )
    ]
    # when
    reply = client.post(ROWSET, rows)
    # then
    assert (reply.status_code, reply.json()) == (200, rows)
    assert client.rows("ORDERS") == [
        {
            "keys": {"orderid": "1001"},
            "values": {
                "email": "ann@example.com",
                "phone": "",
                "status": "shipped",
                "total": "12.5000",
                "lines": "3",
                "isgift": "False",
                "placedat": "3/1/2026 9:04:05 AM",
            },
        }
    ]


def test_a_second_rowset_changes_only_what_it_names(client):
    # given
    client.post(ROWSET, [order("1", Status="new", Lines=2)])
    # when
    client.post(ROWSET, [{"keys": {"orderid": "1"}, "values": {"STATUS": "sent"}}])
    # then
    (row,) = client.rows("ORDERS")
    assert (row["values"]["status"], row["values"]["lines"]) == ("sent", "2")


def test_rows_before_the_first_bad_one_stay_and_the_rest_do_not(client):
    # given
    rows = [order("1"), order("2", Email="nonsense"), order("3"), order("4", Email="nonsense")]
    # when
    reply = client.post(ROWSET, rows)
    # then
    assert reply.status_code == 400
    assert reply.json() == {
        "message": (
            "Unable to save rows for data extension ID 3f2b8a54-0f0e-4e7b-9d56-4a6e0a4c7a11"
        ),
        "errorcode": 10006,
        "documentation": "",
        "additionalErrors": [
            {
                "message": (
                    "Email: The value for column [Email] is not a valid email address. "
                    "Parse error [InvalidEmailAddress]"
                ),
                "errorcode": 10000,
                "documentation": "",
            }
        ],
    }
    assert statuses(client) == {"1": "new"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"Status": "x" * 11},
            "Status: The value for column [Status] exceeds the column's maximum length.",
        ),
        (
            {"Phone": "call me"},
            (
                "Phone: The value for column [Phone] is not a valid phone number. "
                "Parse error [InvalidPhoneNumber]"
            ),
        ),
        (
            {"Lines": "1.5"},
            (
                "Lines: The value for column [Lines] is not a valid number. "
                "Parse error [InvalidNumber]"
            ),
        ),
        ({"Nobody": "knows"}, "At least one existing field is required in the values property"),
    ],
)
def test_a_bad_value_is_named(client, values, message):
    # when
    reply = client.post(ROWSET, [order("1", **values)])
    # then
    assert [error["message"] for error in reply.json()["additionalErrors"]] == [message]


@pytest.mark.parametrize(
    ("path", "keys", "message", "errorcode"),
    [
        ("key:ORDERS", {"Number": "1"}, "Primary key 'Number' does not exist.", 10000),
        ("key:VISITS", {"Page": "1"}, "Primary key 'Page' does not exist.", 10000),
        ("ORDERS", {"OrderId": "1"}, "Parameter ORDERS is invalid.", 10001),
        ("key:NONE", {"OrderId": "1"}, "Parameter NONE is invalid.", 10001),
    ],
)
def test_a_wrong_key_is_refused(client, path, keys, message, errorcode):
    # when
    reply = client.post(
        f"hub/v1/dataevents/{path}/rowset", [{"keys": keys, "values": {"Status": "new"}}]
    )
    # then
    assert reply.status_code == 400
    assert reply.json() == {"message": message, "errorcode": errorcode, "documentation": ""}


def test_rows_are_deleted_by_key(client):
    # given
    client.post(ROWSET, [order("1"), order("2")])
    # when
    reply = client.post(f"{ROWSET}/delete", [{"keys": {"OrderId": "1"}}])
    # then
    assert reply.status_code == 200
    assert statuses(client) == {"2": "new"}


def test_a_single_row_is_written_by_the_key_in_its_path(client):
    # when
    reply = client.rest(
        "PUT", "hub/v1/dataevents/key:orders/rows/OrderId:7", {"values": {"Status": "new"}}
    )
    # then
    assert reply.json() == {"keys": {"OrderId": "7"}, "values": {"Status": "new"}}
    assert statuses(client) == {"7": "new"}


def test_a_column_is_counted_up(client):
    # given
    path = "hub/v1/dataevents/key:ORDERS/rows/OrderId:7/column/Lines/increment"
    client.rest("PUT", path)
    # when
    reply = client.rest("PUT", f"{path}?step=4")
    # then
    assert reply.json() == {"keys": {"OrderId": "7"}, "values": {"Lines": "5"}}


@pytest.mark.parametrize("additional", [True, False])
def test_the_save_fails_on_request(client, additional):
    # given
    client.sandbox.fault("rows_10006", additional=additional)
    # when
    reply = client.post(ROWSET, [order("1")])
    # then
    assert reply.json()["errorcode"] == 10006
    assert ("additionalErrors" in reply.json()) is additional
    assert client.post(ROWSET, [order("1")]).status_code == 200


def test_null_is_accepted_unless_the_switch_is_on(client):
    # given
    rows = [order("1", Status=None, Lines=1)]
    # then
    assert client.post(ROWSET, rows).status_code == 200
    # when
    client.sandbox.fault("refuse_null")
    # then
    assert client.post(ROWSET, rows).status_code == 400


def test_odd_paths_of_real_clients_are_understood(client):
    # given
    client.post("/hub//V1/dataEvents/KEY:orders/rowset/", [order("1")])
    # when
    reply = client.get("data/v1/customobjectdata/key/orders/rowset/?%24pagesize=1?&$PAGE=1")
    # then
    assert (reply.json()["count"], reply.json()["pageSize"]) == (1, 1)
