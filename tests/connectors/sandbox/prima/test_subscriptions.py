"""Webhooks: signed hints that something changed, and where to read on."""

import hashlib
import hmac
import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from connectors.sandbox.running import running
from tests.connectors.sandbox.prima.world import Client, order, scenario


class Listener(HTTPServer):
    """Takes notes; answers them with `statuses`, then with 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taker)
        self.notes: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()
        self.statuses: list[int] = []


class Taker(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.notes.put((dict(self.headers), body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def listener():
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def subscribe(prima, listener, **members):
    url = f"http://127.0.0.1:{listener.server_port}/hook"
    body = {"url": url, "resources": ["sales-orders"], "secret": "shh", **members}
    return prima.post("/subscriptions", body)


def test_a_note_is_signed_and_leads_to_the_change(prima, listener):
    subscribe(prima, listener)

    prima.place(order("O-1"))
    headers, body = listener.notes.get(timeout=5)

    signed = f"{headers['Prima-Webhook-Id']}.{headers['Prima-Webhook-Timestamp']}.".encode() + body
    digest = hmac.new(b"shh", signed, hashlib.sha256).hexdigest()
    assert headers["Prima-Webhook-Signature"] == f"v1={digest}"
    note = json.loads(body)
    assert set(note) == {"company", "resource", "cursor"}
    page = prima.get(f"/sales-orders/changes?cursor={note['cursor']}").json()
    assert [e["data"]["external_ref"]["ref"] for e in page["items"]] == ["O-1"]


def test_a_note_that_is_not_taken_is_sent_again(prima, listener):
    listener.statuses.append(503)
    subscribe(prima, listener)

    prima.place(order("O-1"))

    first, second = listener.notes.get(timeout=5), listener.notes.get(timeout=5)
    assert first[0]["Prima-Webhook-Id"] == second[0]["Prima-Webhook-Id"]


def test_other_resources_send_no_note(prima, listener):
    subscribe(prima, listener, resources=["items"])

    prima.place(order("O-1"))
    prima.control("PATCH", "items/MUG", {"brand": "Pot"})

    assert json.loads(listener.notes.get(timeout=5)[1])["resource"] == "items"
    assert listener.notes.empty()


def test_secrets_are_not_shown_and_subscriptions_end(prima, listener):
    made = subscribe(prima, listener).json()

    listed = prima.get("/subscriptions").json()["items"]
    ended = prima.send("DELETE", f"/subscriptions/{made['id']}")

    assert [each["id"] for each in listed] == [made["id"]]
    assert "secret" not in made | listed[0]
    assert ended.status_code == 204
    assert prima.get("/subscriptions").json()["items"] == []
    assert prima.send("DELETE", f"/subscriptions/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    "change", [{"url": "ftp://x"}, {"resources": []}, {"resources": ["gossip"]}, {"secret": ""}]
)
def test_a_subscription_prima_cannot_serve_is_refused(prima, listener, change):
    assert subscribe(prima, listener, **change).status_code == 422


def test_a_note_may_be_lost_and_the_next_one_leads_to_both_changes(sandbox, prima, listener):
    subscribe(prima, listener)
    sandbox.fault("lost_notes", path="/sales-orders")

    prima.place(order("O-1"))
    with pytest.raises(queue.Empty):
        listener.notes.get(timeout=0.5)
    prima.place(order("O-2"))

    assert json.loads(listener.notes.get(timeout=5)[1])["resource"] == "sales-orders"


def test_a_prima_that_sends_no_notes_says_so():
    without = {**scenario()["prima"], "capabilities": {"resources": {"subscriptions": []}}}
    with running({**scenario(), "prima": without}) as other, Client(other) as prima:
        answers = [
            prima.get("/subscriptions"),
            prima.post(
                "/subscriptions", {"url": "http://x", "resources": ["items"], "secret": "s"}
            ),
            prima.send("DELETE", "/subscriptions/1"),
        ]

    assert {answer.status_code for answer in answers} == {501}
