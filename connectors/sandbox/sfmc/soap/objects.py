"""The objects that can be retrieved: their properties, in the order the schema gives them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.sfmc.people import central
from connectors.sandbox.sfmc.values import moment

MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Property:
    """`name` may have one level (`Client.ID`); `sql` is where its value is."""

    name: str
    sql: str
    kind: str = "text"

    @property
    def convert(self) -> Callable[[str], Any]:
        return CONVERSIONS[self.kind]


@dataclass(frozen=True, slots=True)
class Retrievable:
    source: str
    scope: str
    properties: tuple[Property, ...]
    order: str
    condition: str = "1=1"

    def find(self, name: str) -> Property | None:
        return next((one for one in self.properties if one.name == name), None)


def _number(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdecimal() and len(text) < MOST_DIGITS else text


def _flag(text: str) -> int:
    return int(text.strip().lower() in {"true", "1"})


def _date(text: str) -> str:
    try:
        return central(moment(text))
    except ValueError:
        return text


CONVERSIONS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "number": _number,
    "flag": _flag,
    "date": _date,
}
PEOPLE, TRACKING = "list_and_subscribers_read", "tracking_events_read"
EXTENSIONS = "data_extensions_read"

SUBSCRIBER = Retrievable(
    source="contacts",
    scope=PEOPLE,
    condition="status IS NOT NULL",
    order="id",
    properties=(
        Property("Client.ID", ":mid", "number"),
        Property("PartnerKey", "NULL"),
        Property("CreatedDate", "created", "date"),
        Property("ID", "id", "number"),
        Property("EmailAddress", "email"),
        Property("SubscriberKey", "key"),
        Property("UnsubscribedDate", "unsubscribed", "date"),
        Property("Status", "status"),
        Property("EmailTypePreference", "email_type"),
    ),
)
LIST = Retrievable(
    source="lists",
    scope=PEOPLE,
    order="id",
    properties=(
        Property("Client.ID", ":mid", "number"),
        Property("PartnerKey", "NULL"),
        Property("CreatedDate", "created", "date"),
        Property("ModifiedDate", "created", "date"),
        Property("ID", "id", "number"),
        Property("ObjectID", "printf('00000000-0000-4000-8000-%012d', id)"),
        Property("CustomerKey", "'list-' || id"),
        Property("ListName", "name"),
        Property("Category", "0", "number"),
        Property("Type", "'Private'"),
        Property("Description", "''"),
        Property("ListClassification", "'ExactTargetList'"),
    ),
)
LIST_SUBSCRIBER = Retrievable(
    source="list_members m JOIN contacts c ON c.id = m.contact",
    scope=PEOPLE,
    order="m.list, c.id",
    properties=(
        Property("Client.ID", ":mid", "number"),
        Property("PartnerKey", "NULL"),
        Property("CreatedDate", "m.created", "date"),
        Property("ModifiedDate", "m.created", "date"),
        Property("ID", "c.id", "number"),
        Property("ObjectID", "NULL"),
        Property("Status", "m.status"),
        Property("ListID", "m.list", "number"),
        Property("SubscriberKey", "c.key"),
        Property("UnsubscribedDate", "m.unsubscribed", "date"),
    ),
)


def tracking(kind: str, *more: Property) -> Retrievable:
    """Events of one type of this business unit."""
    return Retrievable(
        source="tracking",
        scope=TRACKING,
        condition=f"type = '{kind}'",
        order="number",
        properties=(
            Property("Client.ID", ":mid", "number"),
            Property("PartnerKey", "NULL"),
            Property("CreatedDate", "at", "date"),
            Property("ModifiedDate", "at", "date"),
            Property("ID", "number", "number"),
            Property("ObjectID", "NULL"),
            Property("SendID", "send", "number"),
            Property("SubscriberKey", "key"),
            Property("EventDate", "at", "date"),
            Property("EventType", "type"),
            Property("TriggeredSendDefinitionObjectID", "definition"),
            Property("BatchID", "batch", "number"),
            *more,
        ),
    )


DATA_EXTENSION = Retrievable(
    source="data_extensions",
    scope=EXTENSIONS,
    order="number",
    properties=(
        Property("Client.ID", ":mid", "number"),
        Property("PartnerKey", "NULL"),
        Property("CreatedDate", "created", "date"),
        Property("ModifiedDate", "created", "date"),
        Property("ObjectID", "id"),
        Property("CustomerKey", "key"),
        Property("Name", "name"),
        Property("Description", "''"),
        Property("IsSendable", "sendable", "flag"),
        Property("IsTestable", "0", "flag"),
        Property("SendableDataExtensionField.Name", "NULL"),
        Property("SendableSubscriberField.Name", "NULL"),
        Property("CategoryID", "category_id", "number"),
        Property("Status", "NULL"),
    ),
)
DATA_EXTENSION_FIELD = Retrievable(
    source="data_extensions d, json_each(d.columns) f",
    scope=EXTENSIONS,
    order="d.number, f.key",
    properties=(
        Property("Client.ID", ":mid", "number"),
        Property("PartnerKey", "NULL"),
        Property("CreatedDate", "d.created", "date"),
        Property("ModifiedDate", "d.created", "date"),
        Property("ObjectID", "substr(d.id, 1, 32) || printf('%04x', f.key)"),
        Property(
            "CustomerKey", "'[' || d.key || '].[' || (json_extract(f.value, '$.name')) || ']'"
        ),
        Property("Name", "json_extract(f.value, '$.name')"),
        Property(
            "Scale",
            "CASE json_extract(f.value, '$.type') WHEN 'Decimal' THEN json_extract(f.value, '$.scale') END",
        ),
        Property("DefaultValue", "coalesce(json_extract(f.value, '$.default'), '')"),
        Property("MaxLength", "json_extract(f.value, '$.length')", "number"),
        Property("IsRequired", "json_extract(f.value, '$.required')", "flag"),
        Property("Ordinal", "f.key", "number"),
        Property("IsPrimaryKey", "json_extract(f.value, '$.primary_key')", "flag"),
        Property("FieldType", "json_extract(f.value, '$.type')"),
        Property("DataExtension.CustomerKey", "d.key"),
        Property("StorageType", "'Plain'"),
    ),
)
OBJECTS: dict[str, Retrievable] = {
    "Subscriber": SUBSCRIBER,
    "List": LIST,
    "ListSubscriber": LIST_SUBSCRIBER,
    "DataExtension": DATA_EXTENSION,
    "DataExtensionField": DATA_EXTENSION_FIELD,
    "UnsubEvent": tracking(
        "Unsubscribe",
        Property("List.ID", "list", "number"),
        Property("IsMasterUnsubscribed", "master", "flag"),
    ),
    "SentEvent": tracking("Sent"),
    "OpenEvent": tracking("Open"),
    "ClickEvent": tracking("Click"),
    "BounceEvent": tracking("HardBounce"),
}
