"""The SOAP side of Marketing Cloud: envelopes, faults, and errors that arrive as a success."""

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connectors.answer import Answer, error_for
from connectors.errors import (
    Forbidden,
    Issue,
    NotAuthorised,
    Rejected,
    RemoteError,
    ServerFailed,
    UnexpectedShape,
)
from connectors.http import HttpSession
from connectors.sfmc.calls import SYSTEM, SignedCalls
from connectors.sfmc.tokens import Token

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
PARTNER = "http://exacttarget.com/wsdl/partnerAPI"
SIGN_IN = "http://exacttarget.com"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
PATH = "/Service.asmx"
PAGE_SIZE = 2_500

Fields = Mapping[str, "str | Fields | Iterable[str | Fields]"]
"""Element names to their text or children; a list repeats the element. `@type` is its xsi:type."""

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

register_namespace("soap", ENVELOPE)
register_namespace("xsi", INSTANCE)


class SoapCalls:
    """Messages to the SOAP service that the token names."""

    def __init__(self, signed: SignedCalls) -> None:
        self._signed = signed
        self._sessions: dict[str, HttpSession] = {}

    def send(self, action: str, message: str, fields: Fields) -> Element:
        """The message element answered: `send("Create", "CreateRequest", {…})`.

        Raises the errors of `connectors.errors`; not for an OverallStatus, see `check_overall`.
        """

        def call(token: Token) -> Element:
            headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action}
            answer = self._session(token.soap_url).send(
                "POST", PATH, headers=headers, body=written(token.value, message, fields)
            )
            return _message(answer)

        return self._signed.with_token(call)

    def retrieve(
        self, object_type: str, properties: Iterable[str], condition: Fields
    ) -> Iterator[Element]:
        """Every matching object, page after page. `condition` is a filter part with its type."""
        request: Fields = {
            "ObjectType": object_type,
            "Properties": list(properties),
            "Filter": condition,
            "Options": {"BatchSize": str(PAGE_SIZE)},
        }
        while True:
            answered = self.send("Retrieve", "RetrieveRequestMsg", {"RetrieveRequest": request})
            status = text(answered, "OverallStatus")
            if status not in ("OK", "MoreDataAvailable"):
                raise error_in(status)
            yield from children(answered, "Results")
            if status == "OK":
                return
            request = {"ObjectType": object_type, "ContinueRequest": text(answered, "RequestID")}

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()

    def _session(self, url: str) -> HttpSession:
        session = self._sessions.get(url)
        if session is None:
            session = HttpSession(SYSTEM, url, self._signed.conduct, problem=fault_in)
            self._sessions[url] = session
        return session


def fault_in(answer: Answer) -> RemoteError:
    """The error for a SOAP fault, which comes with HTTP 500, or another failure."""
    said = _fault_text(answer)
    if said in ("Token Expired", "Login Failed"):
        return answer.locate(NotAuthorised(f"{SYSTEM} did not accept the sign-in: {said}."))
    if said.startswith(("Server was unable to read request", "SOAP Authorization failed")):
        return answer.locate(UnexpectedShape(f"{SYSTEM} could not read the message: {said}"))
    error = error_for(answer)
    if said:
        error.message = f"{error.message} It said: {said}"
    return error


def error_in(overall_status: str) -> RemoteError:
    """The error told by an OverallStatus that came with HTTP 200."""
    said = overall_status.removeprefix("Error:").strip()
    if "permission" in said.lower():
        return Forbidden(f"{SYSTEM} does not allow this sign-in to do that: {said}", SYSTEM)
    if "timeout expired" in said.lower() or "system exception" in said.lower():
        return ServerFailed(f"{SYSTEM} failed with an error of its own: {said}", SYSTEM)
    return Rejected(
        f"{SYSTEM} refused what was sent: {said}", SYSTEM, issues=[Issue(code="", message=said)]
    )


def children(parent: Element, name: str) -> list[Element]:
    """Children by local name: prefixes and namespaces vary."""
    return [child for child in parent if _local(child) == name]


def child(parent: Element, name: str) -> Element | None:
    return next(iter(children(parent, name)), None)


def text(parent: Element, name: str) -> str:
    """The text of a child; empty when it is absent or nil."""
    found = child(parent, name)
    return (found.text or "").strip() if found is not None else ""


def written(token: str, message: str, fields: Fields) -> bytes:
    """The envelope. Raises Rejected for a character that cannot be sent."""
    envelope = Element(f"{{{ENVELOPE}}}Envelope")
    header = SubElement(envelope, f"{{{ENVELOPE}}}Header")
    SubElement(header, f"{{{SIGN_IN}}}fueloauth").text = token
    SubElement(envelope, f"{{{ENVELOPE}}}Body").append(_element(message, fields))
    body: bytes = tostring(envelope, encoding="utf-8", xml_declaration=True)
    return body


def _element(name: str, fields: Fields) -> Element:
    element = Element(f"{{{PARTNER}}}{name}")
    for key, value in fields.items():
        if key == "@type":
            element.set(f"{{{INSTANCE}}}type", str(value))
            continue
        several = [value] if isinstance(value, str | Mapping) else value
        for one in several:
            if isinstance(one, str):
                SubElement(element, f"{{{PARTNER}}}{key}").text = _writable(key, one)
            else:
                element.append(_element(key, one))
    return element


def _writable(name: str, value: str) -> str:
    if _UNWRITABLE.search(value):
        message = f"The {name} holds a character that cannot be sent."
        raise Rejected(message, SYSTEM, issues=[Issue("text.unrepresentable", message)])
    return value


def _message(answer: Answer) -> Element:
    body = child(_parsed(answer), "Body")
    if body is None or len(body) != 1:
        raise answer.unexpected("answered with a message that cannot be read")
    return body[0]


def _fault_text(answer: Answer) -> str:
    try:
        body = child(_parsed(answer), "Body")
    except UnexpectedShape:
        return ""
    fault = child(body, "Fault") if body is not None else None
    return text(fault, "faultstring") if fault is not None else ""


def _parsed(answer: Answer) -> Element:
    try:
        parsed: Element = fromstring(answer.body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise answer.unexpected("answered with a message that cannot be read") from error
    return parsed


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
