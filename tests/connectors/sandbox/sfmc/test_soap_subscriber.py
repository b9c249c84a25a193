"""Consent over SOAP: subscribers made, changed and unsubscribed."""

import pytest
from defusedxml.ElementTree import fromstring

NS = "{http://exacttarget.com/wsdl/partnerAPI}"
UPSERT = (
    "<Options><SaveOptions><SaveOption><PropertyName>*</PropertyName>"
    "<SaveAction>UpdateAdd</SaveAction></SaveOption></SaveOptions></Options>"
)
WRONG_NESTING = (
    "<Options><SaveOptions><PropertyName>*</PropertyName>"
    "<SaveAction>UpdateAdd</SaveAction></SaveOptions></Options>"
)


def subscriber(key, email=None, more=""):
    address = f"<EmailAddress>{email}</EmailAddress>" if email else ""
    return (
        f'<Objects xsi:type="Subscriber"><SubscriberKey>{key}</SubscriberKey>{address}{more}'
        "</Objects>"
    )


def save(client, verb, *objects, options=""):
    body = f'<{verb}Request xmlns="{NS[1:-1]}">{options}{"".join(objects)}</{verb}Request>'
    reply = client.soap(verb, body)
    assert reply.status_code == 200
    return fromstring(reply.content).find(f".//{NS}{verb}Response")


def outcome(response):
    return [
        tuple(
            result.findtext(f"{NS}{name}") for name in ("StatusCode", "StatusMessage", "ErrorCode")
        )
        for result in response.findall(f"{NS}Results")
    ]


def state(client, key):
    body = (
        f'<RetrieveRequestMsg xmlns="{NS[1:-1]}"><RetrieveRequest><ObjectType>Subscriber</ObjectType>'
        "<Properties>Status</Properties><Properties>EmailAddress</Properties>"
        '<Properties>UnsubscribedDate</Properties><Filter xsi:type="SimpleFilterPart">'
        f"<Property>SubscriberKey</Property><SimpleOperator>equals</SimpleOperator>"
        f"<Value>{key}</Value></Filter></RetrieveRequest></RetrieveRequestMsg>"
    )
    found = fromstring(client.soap("Retrieve", body).content).find(f".//{NS}Results")
    names = ("EmailAddress", "Status", "UnsubscribedDate")
    return None if found is None else tuple(found.findtext(f"{NS}{name}") for name in names)


def log_unsubscribe(client, **parameters):
    listed = "".join(
        f"<Parameters><Name>{name}</Name><Value>{value}</Value></Parameters>"
        for name, value in parameters.items()
    )
    body = (
        f'<ExecuteRequestMsg xmlns="{NS[1:-1]}"><Requests><Name>LogUnsubEvent</Name>{listed}'
        "</Requests></ExecuteRequestMsg>"
    )
    reply = fromstring(client.soap("Execute", body).content)
    result = reply.find(f".//{NS}Results")
    assert result is not None
    return tuple(
        result.findtext(f"{NS}{name}") for name in ("StatusCode", "StatusMessage", "ErrorCode")
    )


def test_a_new_subscriber_is_active(client):
    # when
    response = save(client, "Create", subscriber("C-9", "eve@example.com"))
    # then
    assert outcome(response) == [("OK", "Created Subscriber.", None)]
    assert [child.tag.removeprefix(NS) for child in response] == [
        "Results",
        "RequestID",
        "OverallStatus",
    ]
    assert [child.tag.removeprefix(NS) for child in response[0]] == [
        "StatusCode",
        "StatusMessage",
        "OrdinalID",
        "NewID",
        "Object",
    ]
    assert state(client, "C-9") == ("eve@example.com", "Active", None)


def test_the_envelope_uses_the_prefix_that_clients_look_up(client):
    # when
    text = client.soap("Retrieve", f'<RetrieveRequestMsg xmlns="{NS[1:-1]}"/>').text
    # then
    assert "<soap:Envelope" in text
    assert "<soap:Body><RetrieveResponseMsg" in text


@pytest.mark.parametrize("options", ["", WRONG_NESTING])
def test_a_second_create_is_refused_with_12014(client, options):
    # when
    response = save(client, "Create", subscriber("C-1", "ann@example.com"), options=options)
    # then
    assert outcome(response) == [("Error", "The subscriber is already on the list", "12014")]
    assert response.findtext(f"{NS}Results/{NS}NewID") == "0"
    assert response.findtext(f"{NS}OverallStatus") == "Error"


def test_update_add_changes_the_one_that_is_there(client):
    # when
    response = save(
        client,
        "Create",
        subscriber("C-1", "ann@new.example.com"),
        subscriber("C-9", "eve@example.com"),
        options=UPSERT,
    )
    # then
    assert [one[1] for one in outcome(response)] == ["Updated Subscriber.", "Created Subscriber."]
    assert state(client, "C-1") == ("ann@new.example.com", "Active", None)


def test_some_failures_are_has_errors_and_told_by_ordinal(client):
    # when
    response = save(client, "Create", subscriber("C-9", "eve@example.com"), subscriber("C-8", "x"))
    # then
    assert response.findtext(f"{NS}OverallStatus") == "Has Errors"
    assert outcome(response)[1][2] == "12000"
    assert response.findall(f"{NS}Results")[1].findtext(f"{NS}OrdinalID") == "1"


def test_the_status_of_the_account_can_end_and_begin_again(client):
    # when
    save(client, "Update", subscriber("C-1", more="<Status>Unsubscribed</Status>"))
    # then
    _, status, date = state(client, "C-1")
    assert status == "Unsubscribed"
    assert date is not None
    # when
    save(client, "Update", subscriber("C-1", more="<Status>Active</Status>"))
    # then
    assert state(client, "C-1") == ("ann@example.com", "Active", None)


def test_a_list_status_leaves_the_account_alone(client):
    # when
    lists = "<Lists><ID>123</ID><Status>Unsubscribed</Status></Lists>"
    response = save(client, "Update", subscriber("C-1", more=lists))
    # then
    assert outcome(response) == [("OK", "Updated Subscriber.", None)]
    assert state(client, "C-1")[1] == "Active"


@pytest.mark.parametrize("status", ["Bounced", "Deleted"])
def test_a_subscriber_cannot_begin_as(client, status):
    # when
    given = subscriber("C-9", "eve@example.com", f"<Status>{status}</Status>")
    # then
    assert outcome(save(client, "Create", given))[0][2] == "12016"


def test_an_unknown_key_cannot_be_updated(client):
    assert outcome(save(client, "Update", subscriber("nobody")))[0][2] == "12015"


def test_a_subscriber_is_deleted(client):
    # when
    response = save(client, "Delete", subscriber("C-1"))
    # then
    assert outcome(response) == [("OK", "Subscriber deleted", None)]
    assert state(client, "C-1") is None


def test_a_logged_unsubscribe_ends_everything(client):
    # when
    result = log_unsubscribe(client, SubscriberKey="C-1", JobID="", ListID="", BatchID="")
    # then
    assert result == ("OK", "Event posted", None)
    assert state(client, "C-1")[1] == "Unsubscribed"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Colour": "red"}, "402"),
        ({"Reason": "bored"}, "403"),
        ({"SubscriberKey": "nobody"}, "404"),
        ({"SubscriberKey": "C-1", "EmailAddress": "bob@example.com"}, "406"),
    ],
)
def test_a_logged_unsubscribe_needs_one_clear_identity(client, parameters, code):
    assert log_unsubscribe(client, **parameters)[2] == code


def test_an_ended_token_is_a_fault_with_the_known_words(client):
    # given
    client.sandbox.advance_clock(1100)
    # when
    reply = client.soap("Retrieve", f'<RetrieveRequestMsg xmlns="{NS[1:-1]}"/>')
    # then
    assert reply.status_code == 500
    assert "<faultstring>Token Expired</faultstring>" in reply.text
    assert "q0:Security" in reply.text


def test_unreadable_xml_is_a_fault(client):
    # when
    reply = client.soap("Create", "<CreateRequest>")
    # then
    assert reply.status_code == 500
    assert "Server was unable to read request. ---&gt;" in reply.text


def test_throttling_shows_as_500(client):
    # given
    client.sandbox.fault("throttle", path="Service.asmx#Retrieve")
    # then
    assert client.soap("Retrieve", f'<RetrieveRequestMsg xmlns="{NS[1:-1]}"/>').status_code == 500
