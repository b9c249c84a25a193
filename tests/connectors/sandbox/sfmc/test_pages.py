"""The training pages: what is held, escaped and paged, and an unsubscribe as a person would."""

import requests

from tests.connectors.sandbox.client import Client


def page(client: Client, path: str = "") -> str:
    reply = requests.get(f"{client.sandbox.base_url}/sfmc/{path}", timeout=5)
    assert reply.headers["Content-Type"].startswith("text/html")
    return reply.text


def test_data_extensions_are_listed_with_their_rows(client):
    # given
    rows = [{"keys": {"OrderId": "<b>1</b>"}, "values": {"Status": "new"}}]
    client.post("hub/v1/dataevents/key:ORDERS/rowset", rows)
    # then
    assert '<a href="/sfmc/rows/ORDERS">Campaign orders</a>' in page(client)
    shown = page(client, "rows/ORDERS")
    assert "<td>&lt;b&gt;1&lt;/b&gt;</td>" in shown
    assert "Page 1 of 1." in shown


def test_subscribers_and_journeys_are_listed(client):
    assert "ann@example.com" in page(client, "subscribers")
    assert "<td>welcome</td>" in page(client, "journeys")
    assert "There is nothing here yet." in page(client, "unsubscribes")


def test_a_person_unsubscribes_from_the_page(client):
    # when
    requests.post(
        f"{client.sandbox.base_url}/sfmc/pages/unsubscribe", data={"key": "C-1"}, timeout=5
    )
    # then
    assert "Followed the link" in page(client, "unsubscribes")
    assert 'aria-label="Unsubscribe C-1"' not in page(client, "subscribers")


def test_other_paths_are_still_those_of_the_interface(client):
    reply = requests.get(f"{client.sandbox.base_url}/sfmc/rows/NONE", timeout=5)
    assert (reply.status_code, reply.json()["errorcode"]) == (404, 404)
