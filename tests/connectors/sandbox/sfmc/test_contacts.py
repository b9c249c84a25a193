"""Contacts over REST: saved, searched, deleted."""

CONTACTS = "contacts/v1/contacts"


def contact(key, email):
    value = {"name": "Email Address", "value": email}
    sets = [{"name": "Email Addresses", "items": [{"values": [value]}]}]
    return {"contactKey": key, "attributeSets": sets}


def search(client, key, operator, *items):
    condition = {"attribute": {"key": key}, "operator": operator, "value": {"items": list(items)}}
    body = {
        "request": {"attributes": [{"key": "Contact.Contact Key"}]},
        "conditionSet": {"operator": "And", "conditionSets": [], "conditions": [condition]},
    }
    found = client.post("contacts/v1/attributes/search?$page=1", body).json()
    return [item["values"][0]["value"] for item in found["items"]]


def test_a_contact_is_made_and_changed(client):
    # when
    made = client.post(CONTACTS, contact("C-9", "eve@example.com")).json()
    changed = client.rest("PATCH", CONTACTS, contact("C-9", "eva@example.com")).json()
    # then
    assert (made["operationStatus"], made["isNewContactKey"]) == ("OK", True)
    assert (changed["isNewContactKey"], changed["contactID"]) == (False, made["contactID"])
    assert search(client, "Email Addresses.Email Address", "Equals", "eva@example.com") == ["C-9"]


def test_an_address_may_belong_to_several_keys(client):
    # given
    client.post(CONTACTS, contact("C-9", "ann@example.com"))
    # when
    reply = client.post(
        "contacts/v1/addresses/email/search",
        {"channelAddressList": ["ann@example.com"], "maximumCount": 2},
    ).json()
    # then
    (entity,) = reply["channelAddressResponseEntities"]
    assert [one["contactKey"] for one in entity["contactKeyDetails"]] == ["C-1", "C-9"]


def test_an_unknown_contact_is_an_error_inside_a_200(client):
    # when
    reply = client.rest("PATCH", CONTACTS, contact("nobody", "x@example.com"))
    # then
    assert (reply.status_code, reply.json()["hasErrors"]) == (200, True)


def test_deletion_is_begun_at_once_and_done_later(client):
    # when
    reply = client.post(f"{CONTACTS}/actions/delete?type=keys", {"values": ["C-1"]})
    # then
    assert reply.json()["operationInitiated"] is True
    requests = f"{CONTACTS}/analytics/deleterequests?statusid="
    assert len(client.get(f"{requests}1").json()["operations"]) == 1
    client.sandbox.advance_clock(1)
    assert len(client.get(f"{requests}5").json()["operations"]) == 1
    assert search(client, "Contact.Contact Key", "In", "C-1", "C-2") == ["C-2"]


def test_the_tracking_preference_is_kept(client):
    # given
    number = client.get(f"{CONTACTS}/key:C-1/Preferences").json()["items"][0]["contactID"]
    # when
    body = {"items": [{"contactID": number, "hasOptedOutTracking": True}]}
    client.post(f"{CONTACTS}/preferences", body)
    # then
    item = client.get(f"{CONTACTS}/key:C-1/preferences").json()["items"][0]
    assert item["hasOptedOutTracking"] is True
