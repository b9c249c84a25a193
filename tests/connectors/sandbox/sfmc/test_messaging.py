"""Transactional messages: sent once, refused in part, and never to somebody unsubscribed."""

import pytest

MESSAGES = "messaging/v1/email/messages"


@pytest.fixture
def definition(client):
    body = {"definitionKey": "order-conf", "name": "Order confirmation"}
    assert client.post("messaging/v1/email/definitions", body).status_code == 201


def send(client, key, contact="C-1", to="ann@example.com"):
    body = {"definitionKey": "order-conf", "recipient": {"contactKey": contact, "to": to}}
    return client.post(f"{MESSAGES}/{key}", body)


def outcome(client, key):
    return client.get(f"{MESSAGES}/{key}").json()


def test_a_message_is_queued_and_then_sent(client, definition):
    # when
    reply = send(client, "k1")
    # then
    assert reply.status_code == 202
    assert (reply.json()["errorcode"], reply.json()["responses"]) == (0, [{"messageKey": "k1"}])
    assert outcome(client, "k1")["eventCategoryType"] == "TransactionalSendEvents.EmailQueued"
    client.sandbox.advance_clock(1)
    assert outcome(client, "k1")["eventCategoryType"] == "TransactionalSendEvents.EmailSent"


def test_a_message_key_is_used_once(client, definition):
    # given
    send(client, "k1")
    # then
    assert send(client, "k1").status_code == 400


def test_nothing_is_sent_to_the_unsubscribed(client, definition):
    # when
    send(client, "k1", contact="C-2", to="bob@example.com")
    # then
    body = outcome(client, "k1")
    assert body["eventCategoryType"] == "TransactionalSendEvents.EmailNotSent"
    assert body["info"]["statusCode"] == 1


def test_a_batch_with_a_bad_recipient_is_still_taken(client, definition):
    # when
    reply = client.post(
        f"{MESSAGES}/",
        {
            "definitionKey": "order-conf",
            "recipients": [
                {"contactKey": "C-1", "to": "ann@example.com", "messageKey": "a"},
                {"contactKey": "C-2", "messageKey": "b"},
            ],
        },
    )
    # then
    body = reply.json()
    assert (reply.status_code, body["errorcode"]) == (202, 109001)
    assert body["message"] == (
        "MCMS_UTM_ResponsesHasErrors: 1 subscribers failed to queue out of 2"
    )
    assert body["responses"][1]["errorcode"] == 109106


def test_the_count_of_definitions_is_that_of_the_page(client, definition):
    # given
    client.post("messaging/v1/email/definitions", {"definitionKey": "other", "name": "Other"})
    # then
    assert client.get("messaging/v1/email/definitions?$pageSize=1").json()["count"] == 1
    client.sandbox.fault("wrong_count", count=99)
    assert client.get("messaging/v1/email/definitions").json()["count"] == 99
