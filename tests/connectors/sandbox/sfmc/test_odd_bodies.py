"""Whatever is sent to whatever address, the answer is one that a client can read."""

import pytest

from connectors.sandbox.sfmc.app import ALL_ROUTES

BODIES: list[object] = [
    None,
    [],
    {},
    "text",
    [1],
    [{}],
    {"items": [1]},
    {"items": {"a": 1}},
    {"members": [1, None, {}], "eventDefinitionKey": "APIEvent-1"},
    {"ContactKeyList": [None, {}]},
    {"ContactKey": {"a": 1}, "EventDefinitionKey": ["x"], "Data": [1]},
    [{"keys": {"OrderId": {"a": 1}}, "values": {"Status": [1]}}],
    [
        {
            "keys": {"OrderId": "1"},
            "values": {"Total": "1e999", "PlacedAt": "0001-01-01T00:00+14:00"},
        }
    ],
    [{"ContactKey": "a", "DefinitionKey": "welcome", "Versions": ["x"]}],
    {"request": 5, "conditionSet": []},
    {"request": {"attributes": [{"key": "a"}]}, "conditionSet": {"conditions": [5]}},
    {"contactKey": "x", "attributeSets": [{"name": "Email Addresses", "items": [{"values": [5]}]}]},
    {"channelAddressList": [None], "maximumCount": "x"},
    {"values": [{}, None]},
    [{"callbackName": "a", "url": "http://["}],
    {"name": "x", "categoryId": 1, "fields": [5], "schema": {"fields": [5]}},
]
QUERIES = [
    "",
    "$page=99999999999999999999&$pageSize=0",
    "$filter=%00&$orderBy=%F0&$top=99999999999999999999",
    "versionNumber=99999999999999999999&status=%00&$search=%25",
]
ADDRESSES = sorted({(route.method, route.path) for route in ALL_ROUTES})


def filled(path, word):
    parts = [part.partition("{")[0] + word if "{" in part else part for part in path.split("/")]
    return "/".join(parts)


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_every_address_answers_in_json_and_without_an_accident(client, method, path):
    # given
    queries, bodies = (QUERIES, [None]) if method == "GET" else ([""], BODIES)
    # then
    for word in ("ORDERS", "key:ORDERS", "OrderId:1", "%F0%9F%98%80'%22"):
        for query in queries:
            for body in bodies:
                reply = client.rest(method, f"{filled(path, word)}?{query}", body)
                assert reply.status_code < 500, (path, query, body)
                assert reply.status_code == 304 or reply.json() is not None
