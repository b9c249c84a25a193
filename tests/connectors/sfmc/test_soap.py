"""SOAP messages: what is written, and what the answers mean."""

from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from connectors.answer import Answer
from connectors.errors import (
    Forbidden,
    NotAuthorised,
    Rejected,
    RemoteError,
    ServerFailed,
    UnexpectedShape,
)
from connectors.sfmc.soap import children, error_in, fault_in, text, written

FAULT = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    "<soap:Fault><faultcode>q0:Security</faultcode><faultstring>{}</faultstring></soap:Fault>"
    "</soap:Body></soap:Envelope>"
)


def answered(status: int, body: str) -> Answer:
    return Answer("Marketing Cloud", "POST", "/Service.asmx", status, {}, body.encode())


def message_in(body: bytes) -> Element:
    envelope: Element = fromstring(body)
    [content] = children(envelope, "Body")
    return content[0]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("Token Expired", NotAuthorised),
        ("Login Failed", NotAuthorised),
        ("Server was unable to read request. ---&gt; There is an error", UnexpectedShape),
        ("Rate limit exceeded. Please retry later.", ServerFailed),
        ("", ServerFailed),
    ],
)
def test_a_fault_tells_by_its_text_what_it_is(said: str, error: type[RemoteError]) -> None:
    assert type(fault_in(answered(500, FAULT.format(said)))) is error


@pytest.mark.parametrize(
    "body", ["Bad Request", "", "<html>", '<!DOCTYPE a [<!ENTITY b "c">]><a/>']
)
def test_a_failure_that_is_no_fault_goes_by_its_status(body: str) -> None:
    assert type(fault_in(answered(400, body))) is Rejected
    assert type(fault_in(answered(503, body))) is ServerFailed


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("Error: API Permission Failed. Object Type: Subscriber", Forbidden),
        ("Error: Timeout expired. The timeout period elapsed", ServerFailed),
        ("Error: The Request Property(s) X do not match with the fields", Rejected),
        ("Error", Rejected),
    ],
)
def test_an_error_inside_a_success_is_still_an_error(said: str, error: type[RemoteError]) -> None:
    assert type(error_in(said)) is error


def test_a_message_is_written_with_whatever_its_values_hold() -> None:
    body = written(
        "T&<1>", "CreateRequest", {"Objects": [{"@type": "Subscriber", "Key": "a<&>'\"ż"}]}
    )
    message = message_in(body)
    assert message.tag == "{http://exacttarget.com/wsdl/partnerAPI}CreateRequest"
    [subscriber] = children(message, "Objects")
    assert text(subscriber, "Key") == "a<&>'\"ż"
    assert subscriber.get("{http://www.w3.org/2001/XMLSchema-instance}type") == "Subscriber"


@pytest.mark.parametrize("value", ["a\x00b", "\x1b[0m", "\ufffe", "\ud800"])
def test_a_character_that_xml_cannot_hold_is_refused_before_it_is_sent(value: str) -> None:
    with pytest.raises(Rejected) as caught:
        written("T", "CreateRequest", {"Name": value})
    assert [issue.code for issue in caught.value.issues] == ["text.unrepresentable"]
