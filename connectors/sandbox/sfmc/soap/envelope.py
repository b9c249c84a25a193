"""Reading a SOAP request by local names only, and writing XML."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connectors.sandbox.sfmc.soap.faults import Faulted, unreadable

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Request:
    """The message (the first element of the body), the token and the message id, if any."""

    message: Element
    token: str
    message_id: str


def parse(body: bytes) -> Request:
    """Prefixes do not matter, nor whether the header comes first."""
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as problem:
        raise Faulted(unreadable(str(problem))) from problem
    part = child(root, "Body")
    message = next(iter(part), None) if part is not None else None
    if message is None:
        raise Faulted(unreadable("The body is empty."))
    header = child(root, "Header")
    token = message_id = ""
    for element in header if header is not None else ():
        text = "".join(element.itertext()).strip()
        if local(element) == "fueloauth":
            token = text
        elif local(element) == "MessageID":
            message_id = text
    return Request(message, token, message_id)


def local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def children(element: Element | None, name: str) -> Iterator[Element]:
    return (one for one in (element if element is not None else ()) if local(one) == name)


def child(element: Element | None, *path: str) -> Element | None:
    found = element
    for name in path:
        found = next(children(found, name), None)
    return found


def text(element: Element | None, *path: str) -> str | None:
    """The text below, or None when there is no such element (or it is nil)."""
    found = child(element, *path) if path else element
    if found is None or found.get(XSI_NIL) == "true":
        return None
    return (found.text or "").strip()


def whole(words: str | None) -> int | None:
    """A whole number above nought that fits, or None."""
    if not words or not words.isdecimal() or len(words) > MOST_DIGITS:
        return None
    return int(words) or None


def type_of(element: Element) -> str:
    """`xsi:type` without its prefix."""
    return (element.get(XSI_TYPE) or "").rpartition(":")[2]


def tag(name: str, content: object = "", **attributes: str) -> str:
    """An element around XML that is there already."""
    marks = "".join(f' xsi:{key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{marks}>{content}</{name}>" if content != "" else f"<{name}{marks} />"


def leaf(name: str, value: object) -> str:
    """An element around text; nil for None."""
    if value is None:
        return tag(name, nil="true")
    if isinstance(value, bool):
        return tag(name, "true" if value else "false")
    return tag(name, escape(clean(str(value))))


def optional(name: str, value: object) -> str:
    """As `leaf`, but nothing at all for None."""
    return "" if value is None else leaf(name, value)


def clean(words: str) -> str:
    """Without what XML cannot carry."""
    return "".join(one for one in words if one >= " " or one in "\t\n\r")
