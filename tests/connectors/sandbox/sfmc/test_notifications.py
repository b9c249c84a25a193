"""Notifications: a callback that proves it lives, signed batches, and tries again."""

import base64
import hmac
import json
import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue

import pytest

UNSUBSCRIBE = (
    '<UpdateRequest xmlns="http://exacttarget.com/wsdl/partnerAPI">'
    '<Objects xsi:type="Subscriber"><SubscriberKey>{}</SubscriberKey>'
    "<Status>Unsubscribed</Status></Objects></UpdateRequest>"
)


class Listener:
    """What the desk would be: it answers `status`, and keeps what it got."""

    def __init__(self):
        self.got: Queue[tuple[bytes, str | None]] = Queue()
        self.status = 200
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.got.put((body, self.headers.get("x-sfmc-ens-signature")))
                self.send_response(listener.status)
                self.end_headers()

            def log_message(self, *args):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def next(self, seconds=3):
        return self.got.get(timeout=seconds)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def listener():
    made = Listener()
    yield made
    made.close()


def register(client, listener):
    reply = client.post(
        "platform/v1/ens-callbacks", [{"callbackName": "desk", "url": listener.url}]
    )
    assert reply.status_code == 201
    verification = json.loads(listener.next()[0])
    return reply.json()[0], verification


def subscribe(client, callback):
    body = {
        "callbackId": callback["callbackId"],
        "subscriptionName": "unsubscribes",
        "eventCategoryTypes": ["EngagementEvents.EmailUnsubscribe"],
    }
    return client.post("platform/v1/ens-subscriptions", [body])


@pytest.fixture
def callback(client, listener):
    made, verification = register(client, listener)
    assert client.post("platform/v1/ens-verify", verification).status_code == 200
    assert subscribe(client, made).status_code == 201
    return made


def test_a_callback_proves_that_it_lives_and_is_verified_once(client, listener):
    # when
    made, verification = register(client, listener)
    # then
    assert verification["callbackId"] == made["callbackId"]
    assert subscribe(client, made).status_code == 400
    assert client.post("platform/v1/ens-verify", verification).status_code == 200
    assert client.post("platform/v1/ens-verify", verification).status_code == 404
    listed = client.get("platform/v1/ens-callbacks").json()
    assert [(one["status"], "signatureKey" in one) for one in listed] == [("verified", False)]


def test_a_dead_callback_is_refused(client, listener):
    # given
    listener.status = 500
    # when
    reply = client.post(
        "platform/v1/ens-callbacks", [{"callbackName": "desk", "url": listener.url}]
    )
    # then
    assert reply.status_code == 400
    assert reply.json()["message"].startswith(
        "MCMS_UWH_Runtime_GeneralFailure_probeCallbackLiveness"
    )


def test_an_unsubscribe_arrives_signed_and_without_a_key(client, listener, callback):
    # when
    client.soap("Update", UNSUBSCRIBE.format("C-1"))
    body, signature = listener.next()
    # then
    key = callback["signatureKey"].encode()
    assert signature == base64.b64encode(hmac.new(key, body, sha256).digest()).decode()
    (event,) = json.loads(body)
    assert event["eventCategoryType"] == "EngagementEvents.EmailUnsubscribe"
    assert event["info"]["to"] == "ann@example.com"
    assert event["composite"]["subscriberId"].isdigit()
    assert "C-1" not in body.decode()


def test_what_is_not_acknowledged_comes_again(client, listener, callback):
    # given
    listener.status = 500
    client.soap("Update", UNSUBSCRIBE.format("C-1"))
    first, _ = listener.next()
    # when
    listener.status = 204
    again, _ = listener.next()
    # then
    assert again == first
    with pytest.raises(Empty):
        listener.next(0.3)


def test_duplicates_and_delays_can_be_asked_for(client, listener, callback):
    # given
    client.sandbox.fault("duplicate", copies=2)
    client.sandbox.fault("late", seconds=0.3)
    # when
    client.soap("Update", UNSUBSCRIBE.format("C-1"))
    # then
    with pytest.raises(Empty):
        listener.next(0.2)
    assert listener.next() == listener.next() == listener.next()


def test_an_unused_callback_is_deleted_and_a_used_one_is_not(client, callback):
    # given
    path = f"platform/v1/ens-callbacks/{callback['callbackId']}"
    # then
    assert client.rest("DELETE", path).status_code == 409
    (held,) = client.get(f"platform/v1/ens-subscriptions-by-cb/{callback['callbackId']}").json()
    client.rest("DELETE", f"platform/v1/ens-subscriptions/{held['subscriptionId']}")
    assert client.rest("DELETE", path).status_code == 200
