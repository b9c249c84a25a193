"""Rows read in pages: filters, orders, tokens, and what is absent."""

from urllib.parse import quote

import pytest

BASE = "data/v1/customobjectdata/key/ORDERS/rowset"


@pytest.fixture
def orders(client):
    rows: list[dict[str, object]] = [
        {"OrderId": f"{n:02d}", "Status": status, "Total": str(n / 4), "PlacedAt": f"2026-03-0{n}"}
        for n, status in enumerate(["new", "sent", "new", "lost", "it's"], start=1)
    ]
    rows.append({"OrderId": "06", "Lines": 7, "IsGift": True})
    client.rest("PUT", "data/v1/async/dataextensions/key:ORDERS/rows", {"items": rows})
    client.sandbox.advance_clock(1)
    return client


def numbers(client, query):
    reply = client.get(f"{BASE}?{query}")
    assert reply.status_code == 200, reply.text
    return [int(row["keys"]["orderid"]) for row in reply.json().get("items", [])]


def test_nothing_found_has_no_items_at_all(client):
    # when
    body = client.get(BASE).json()
    # then
    assert "items" not in body
    assert (body["count"], body["pageSize"], body["page"]) == (0, 2500, 1)


def test_pages_go_on_by_token_relative_to_data(orders):
    # given
    first = orders.get(f"{BASE}?$pageSize=4&$filter=OrderId%20neq%20'99'").json()
    # when
    second = orders.get(f"data{first['links']['next']}").json()
    # then
    token = first["requestToken"]
    assert first["links"] == {
        "self": f"/v1/customobjectdata/token/{token}/rowset?$page=1",
        "next": f"/v1/customobjectdata/token/{token}/rowset?$page=2",
    }
    assert (first["count"], len(first["items"]), len(second["items"])) == (6, 4, 2)
    assert "next" not in second["links"]
    assert numbers(orders, "$pageSize=4&$page=2") == [5, 6]


def test_a_request_token_of_the_past_is_refused(orders):
    # given
    first = orders.get(f"{BASE}?$pageSize=4").json()
    # when
    orders.sandbox.advance_clock(31 * 60)
    orders.sign_in()
    # then
    assert orders.get(f"data{first['links']['next']}").status_code == 404


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Status eq 'new'", [1, 3]),
        ("status EQ 'NEW'", [1, 3]),
        ("Status neq 'new'", [2, 4, 5]),
        ("Status ne 'new'", [2, 4, 5]),
        ("Total gt '0.5'", [3, 4, 5]),
        ("Total gte '0.5'", [2, 3, 4, 5]),
        ("Total lt 0.5", [1]),
        ("PlacedAt lte '2026-03-02T06:00:00Z'", [1, 2]),
        ("PlacedAt gt '3/2/2026 1:00:00 AM'", [3, 4, 5]),
        ("Status like 's%'", [2]),
        ("Status in ('sent','lost')", [2, 4]),
        ("Status IS NULL", [6]),
        ("Status IS NOT NULL", [1, 2, 3, 4, 5]),
        ("IsGift eq 'True'", [6]),
        ("Status eq 'it''s'", [5]),
        ("(Status eq 'new' AND Total gt '0.5')", [3]),
        ("(Status eq 'new' OR (Status eq 'sent' AND Total eq '0.5'))", [1, 2, 3]),
        ("Status eq 'sent' or Status eq 'lost' and Total eq '99'", [2]),
    ],
)
def test_filters_find(orders, text, found):
    assert numbers(orders, f"$filter={quote(text)}") == found


@pytest.mark.parametrize(
    "text",
    [
        "Status+eq+'new'",
        "Colour%20eq%20'red'",
        "Status%20eq",
        "Status%20eq%20'new",
        "(Status%20eq%20'new'",
        "Status%20around%20'new'",
        "Total%20gt%20'much'",
        "1=1;%20DROP%20TABLE%20x",
    ],
)
def test_a_filter_that_is_not_understood_is_refused(orders, text):
    # when
    reply = orders.get(f"{BASE}?$filter={text}")
    # then
    assert (reply.status_code, reply.json()["errorcode"]) == (400, 10003)
    assert reply.json()["message"] == "request parameter $filter could not be resolved"


def test_rows_are_ordered_and_fields_chosen(orders):
    assert numbers(orders, "$orderBy=Status%20desc,OrderId%20desc")[:3] == [2, 3, 1]
    assert numbers(orders, "$orderBy=OrderId+DESC&$top=2") == [6, 5]
    (row,) = orders.get(f"{BASE}?$fields=Lines&$filter=Lines%20eq%207").json()["items"]
    assert row == {"keys": {"orderid": "06"}, "values": {"lines": "7"}}


def test_unknown_things_are_refused(orders):
    assert orders.get("data/v1/customobjectdata/key/NONE/rowset").status_code == 404
    assert orders.get("data/v1/customobjectdata/token/none/rowset").status_code == 404
    assert orders.post(BASE, {}).status_code == 404
    assert orders.get(f"{BASE}?$orderBy=Colour").status_code == 400
    assert orders.get(f"{BASE}?$page=two").status_code == 400


def test_without_a_primary_key_keys_are_empty(client):
    # given
    client.post("data/v1/async/dataextensions/key:VISITS/rows", {"items": [{"Page": "home"}]})
    client.sandbox.advance_clock(1)
    # then
    assert client.rows("VISITS") == [{"keys": {}, "values": {"page": "home", "count": ""}}]


def test_a_page_holds_no_more_than_the_most(client):
    # given
    items = [
        {"OrderId": str(n), "Status": "new", "Total": "12.5", "PlacedAt": "2026-03-01", "Lines": n}
        for n in range(5000)
    ]
    reply = client.post("data/v1/async/dataextensions/key:ORDERS/rows", {"items": items})
    client.wait_complete(reply.json()["requestId"])
    # when
    body = client.get(f"{BASE}?$pageSize=9999").json()
    # then
    assert (body["pageSize"], len(body["items"]), body["count"]) == (2500, 2500, 5000)


def test_data_extensions_are_searched_described_and_created(client):
    # given
    fields = [
        {
            "name": "SKU",
            "type": "Text",
            "length": 30,
            "ordinal": 0,
            "isNullable": False,
            "isPrimaryKey": True,
            "isHidden": False,
            "isReadOnly": False,
            "isInheritable": True,
            "isOverridable": True,
            "isTemplateField": False,
            "mustOverride": False,
        }
    ]
    # when
    made = client.post(
        "data/v1/customObjects",
        {"name": "Products", "key": "PRODUCTS", "categoryId": 9, "fields": fields},
    )
    # then
    assert made.status_code == 201
    assert client.get("data/v1/customObjects").status_code == 400
    assert client.get("data/v1/customObjects?$search=prod").json()["count"] == 0
    client.sandbox.advance_clock(9)
    assert client.get("data/v1/customObjects?$search=prod").json()["count"] == 1
    described = client.get(f"data/v1/customObjects/{made.json()['id']}/fields").json()
    assert [(one["name"], one["isPrimaryKey"]) for one in described["fields"]] == [("SKU", True)]
    assert client.get("data/v1/customObjects/none").status_code == 404
