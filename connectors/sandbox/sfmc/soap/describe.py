"""Describe: the properties of an object, for clients that ask before they retrieve."""

from xml.etree.ElementTree import Element

from connectors.sandbox.sfmc.soap.envelope import child, children, leaf, tag, text
from connectors.sandbox.sfmc.soap.objects import OBJECTS, Property, Retrievable
from connectors.sandbox.sfmc.soap.results import described

WRITABLE = frozenset(
    {"EmailAddress", "SubscriberKey", "Status", "EmailTypePreference", "PartnerKey"}
)
TYPES = {"text": "String", "number": "Int32", "flag": "Boolean", "date": "DateTime"}


def describe(message: Element) -> str:
    asked = children(child(message, "DescribeRequests"), "ObjectDefinitionRequest")
    names = [text(one, "ObjectType") or "" for one in asked]
    return described("".join(_definition(name, OBJECTS[name]) for name in names if name in OBJECTS))


def _definition(name: str, known: Retrievable) -> str:
    listed = "".join(tag("Properties", _property(one)) for one in known.properties)
    return tag("ObjectDefinition", leaf("ObjectType", name) + listed)


def _property(one: Property) -> str:
    return (
        leaf("PartnerKey", None)
        + leaf("ObjectID", None)
        + leaf("Name", one.name)
        + leaf("DataType", TYPES[one.kind])
        + leaf("IsUpdatable", one.name in WRITABLE)
        + leaf("IsRetrievable", True)  # noqa: FBT003
        + leaf("IsRequired", one.name == "EmailAddress")
    )
