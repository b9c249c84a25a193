"""Contacts enter journeys, are found there, and are taken out."""

import time

EVENTS = "interaction/v1/events"


def event(contact, **data):
    return {"ContactKey": contact, "EventDefinitionKey": "APIEvent-1", "Data": data}


def memberships(client, *keys):
    body = {"ContactKeyList": list(keys)}
    return client.post("interaction/v1/interactions/contactMembership", body).json()["results"]


def test_an_event_makes_the_contact_a_member_and_its_data_a_row(client):
    # when
    reply = client.post(EVENTS, event("C-42", Email="dee@example.com", OrderId="1001"))
    # then
    assert reply.status_code == 201
    assert list(reply.json()) == ["eventInstanceId"]
    assert memberships(client, "C-42", "nobody") == {
        "contactMemberships": [{"contactKey": "C-42", "definitionKey": "welcome", "version": 2}],
        "contactsNotFound": ["nobody"],
    }
    assert client.rows("WELCOME_ENTRY") == [
        {
            "keys": {"contactkey": "C-42"},
            "values": {"email": "dee@example.com", "orderid": "1001"},
        }
    ]


def test_an_unknown_event_definition_answers_400(client):
    # when
    reply = client.post(EVENTS, {"contactKey": "C-1", "eventDefinitionKey": "nope", "data": {}})
    # then
    assert (reply.status_code, reply.json()["errorcode"]) == (400, 30003)
    assert client.get("interaction/v1/eventDefinitions/key:nope").status_code == 400


def test_data_that_does_not_fit_is_refused(client):
    # when
    reply = client.post(EVENTS, event("C-42", Email="nonsense"))
    # then
    assert (reply.status_code, reply.json()["errorcode"]) == (400, 10006)
    assert memberships(client, "C-42")["contactMemberships"] == []


def test_a_batch_answers_every_member_in_its_place(client):
    # when
    reply = client.post(
        "interaction/v1/async/events",
        {
            "eventDefinitionKey": "APIEvent-1",
            "members": [
                {"contactKey": "C-1", "data": {"Email": "ann@example.com"}},
                {"contactKey": "C-2", "data": {"Email": "nonsense"}},
            ],
        },
    )
    # then
    body = reply.json()
    assert (reply.status_code, body["count"], body["notQueuedCount"]) == (202, 1, 1)
    assert "eventInstanceId" in body["members"][0]
    assert body["members"][1]["errorcode"] == 10006
    errored = client.get(
        f"interaction/v1/async/events/status?type=errored&requestId={body['requestId']}"
    )
    assert [item["contactKey"] for item in errored.json()["items"]] == ["C-2"]


def test_more_than_a_hundred_members_are_refused(client):
    # when
    members = [{"contactKey": "C-1", "data": {}}] * 101
    reply = client.post(
        "interaction/v1/async/events", {"eventDefinitionKey": "APIEvent-1", "members": members}
    )
    # then
    assert reply.status_code == 400


def test_leaving_a_journey_takes_a_moment(client):
    # given
    client.post(EVENTS, event("C-42", Email="dee@example.com"))
    asked = [{"ContactKey": "C-42", "DefinitionKey": "welcome"}]
    # when
    reply = client.post("interaction/v1/interactions/contactexit", asked)
    # then
    assert (reply.status_code, reply.json()) == (202, {"errors": []})
    status = "interaction/v1/interactions/contactexit/status"
    (first,) = client.post(status, asked).json()
    assert first["status"][0]["message"] == "Exit request received for processing"
    # when
    client.sandbox.advance_clock(5)
    # then
    (last,) = client.post(status, asked).json()
    assert last["status"][0]["message"] == "Exit process Completed."
    assert memberships(client, "C-42")["contactMemberships"] == []


def test_leaving_an_unknown_journey_is_told_in_the_answer(client):
    # when
    asked = [{"ContactKey": "C-42", "DefinitionKey": "bad", "Versions": [1]}]
    reply = client.post("interaction/v1/interactions/contactexit", asked)
    # then
    message = "Exit request Ignored - Invalid Interaction Name."
    assert reply.json() == {
        "errors": [
            {
                "contactKey": "C-42",
                "definitionKey": "bad",
                "status": [{"version": 1, "message": message}],
            }
        ]
    }


def test_journeys_are_listed_fifty_at_most(client):
    # when
    body = client.get(
        "interaction/v1/interactions/?$pageSize=500&$orderBy=ModifiedDate DESC"
    ).json()
    # then
    assert (body["count"], body["page"], body["pageSize"]) == (2, 1, 50)
    assert [item["key"] for item in body["items"]] == ["old", "welcome"]
    assert client.get("interaction/v1/interactions?status=Stopped").json()["count"] == 1


def test_a_stopped_journey_takes_nobody_in_and_says_nothing(client):
    # given
    journey = client.get("interaction/v1/interactions/key:welcome").json()
    client.post(f"interaction/v1/interactions/stop/{journey['id']}?versionNumber=2")
    # when
    reply = client.post(EVENTS, event("C-42", Email="dee@example.com"))
    # then
    assert reply.status_code == 201
    assert memberships(client, "C-42")["contactMemberships"] == []


def test_publishing_is_followed_by_its_status(client):
    # given
    journey = client.get("interaction/v1/interactions/key:welcome").json()
    # when
    started = client.post(f"interaction/v1/interactions/publishAsync/{journey['id']}").json()
    time.sleep(0.35)
    status = client.get(f"interaction/v1/interactions/publishStatus/{started['statusId']}").json()
    # then
    assert status == {"status": "PublishCompleted", "errors": [], "warnings": []}


def test_event_definitions_are_created_read_and_deleted(client):
    # when
    reply = client.post(
        "interaction/v1/eventDefinitions",
        {
            "name": "Back in stock",
            "eventDefinitionKey": "APIEvent-stock",
            "type": "APIEvent",
            "schema": {"fields": [{"name": "SKU", "dataType": "Text", "isPrimaryKey": True}]},
        },
    )
    # then
    assert (reply.status_code, reply.json()["mode"]) == (201, "Production")
    assert client.get("interaction/v1/eventDefinitions").json()["count"] == 2
    assert client.rest("DELETE", "interaction/v1/eventDefinitions/key:apievent-STOCK").ok
    assert client.get("interaction/v1/eventDefinitions").json()["count"] == 1
