"""Event definitions: the keys by which contacts enter journeys, and the data each must bring."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc import data_extensions
from connectors.sandbox.sfmc.call import Call, member, objects
from connectors.sandbox.sfmc.cloud import Cloud, create_tables, new_id, number, row, rows
from connectors.sandbox.sfmc.data_extensions import DataExtension, column_of
from connectors.sandbox.sfmc.errors import Refused, answer, missing, standard
from connectors.sandbox.sfmc.routes import Route

LARGEST_PAGE = 50
TABLES = """
CREATE TABLE IF NOT EXISTS event_definitions (
    id TEXT PRIMARY KEY, key TEXT UNIQUE COLLATE NOCASE, name TEXT, type TEXT,
    extension TEXT, journeys TEXT, created TEXT, modified TEXT
)
"""


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)


def add(db: sqlite3.Connection, cloud: Cloud, wanted: Mapping[str, Any]) -> sqlite3.Row:
    """An event definition as scenarios describe it."""
    journeys = wanted.get("journey") or []
    now = cloud.stamp()
    db.execute(
        "INSERT INTO event_definitions VALUES (?,?,?,?,?,?,?,?)",
        (
            new_id(),
            str(wanted["key"]),
            str(wanted.get("name") or wanted["key"]),
            str(wanted.get("type") or "APIEvent"),
            str(wanted.get("data_extension") or ""),
            json.dumps([journeys] if isinstance(journeys, str) else list(journeys)),
            now,
            now,
        ),
    )
    return _required(db, str(wanted["key"]))


def by_key(db: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    return row(db, "SELECT * FROM event_definitions WHERE key = ? OR id = ?", key, key.lower())


def unknown(key: str) -> Refused:
    """400, not 404, also when it is only asked for."""
    return standard(f"The event definition {key} was not found.", 30003)


def search(cloud: Cloud, call: Call) -> Response:
    page, size = call.page(LARGEST_PAGE)
    words = f"%{call.query.get('name', '').replace('+', ' ')}%"
    with cloud.store.read() as db:
        count = number(db, "SELECT count(*) FROM event_definitions WHERE name LIKE ?", words)
        found = rows(
            db,
            "SELECT * FROM event_definitions WHERE name LIKE ? ORDER BY modified DESC, key"
            " LIMIT ? OFFSET ?",
            words,
            size,
            (page - 1) * size,
        )
    if fault := cloud.fault("wrong_count", call):
        count = fault.number_of("count", len(found))
    items = [_as_json(cloud, one) for one in found]
    return answer({"count": count, "page": page, "pageSize": size, "links": {}, "items": items})


def read(cloud: Cloud, call: Call) -> Response:
    with cloud.store.read() as db:
        return answer(_as_json(cloud, _required(db, _key(call))))


def create(cloud: Cloud, call: Call) -> Response:
    body = call.object()
    key = str(body.get("eventdefinitionkey") or f"APIEvent-{new_id()}")
    if "." in key:
        raise standard("The event definition key may not contain a period.", 10006)
    if not body.get("name"):
        raise missing("name")
    with cloud.store.write() as db:
        if by_key(db, key):
            raise standard(f"An event definition with the key {key} already exists.", 10006)
        extension = _extension(db, cloud, body, key)
        wanted = {
            "key": key,
            "name": body["name"],
            "type": body.get("type"),
            "data_extension": extension.key if extension else "",
        }
        return answer(_as_json(cloud, add(db, cloud, wanted)), 201)


def update(cloud: Cloud, call: Call) -> Response:
    body = call.object()
    with cloud.store.write() as db:
        found = _required(db, _key(call))
        db.execute(
            "UPDATE event_definitions SET name=?, modified=? WHERE id=?",
            (str(body.get("name") or found["name"]), cloud.stamp(), found["id"]),
        )
        return answer(_as_json(cloud, _required(db, found["key"])))


def delete(cloud: Cloud, call: Call) -> Response:
    with cloud.store.write() as db:
        found = _required(db, _key(call))
        db.execute("DELETE FROM event_definitions WHERE id = ?", (found["id"],))
    return answer({})


def _key(call: Call) -> str:
    return call.names.get("id") or call.names["key"]


def _required(db: sqlite3.Connection, key: str) -> sqlite3.Row:
    found = by_key(db, key)
    if found is None:
        raise unknown(key)
    return found


def _extension(
    db: sqlite3.Connection, cloud: Cloud, body: Mapping[str, Any], key: str
) -> DataExtension | None:
    """The data extension named, or a new one for the schema given."""
    if reference := body.get("dataextensionid"):
        found = data_extensions.by_id(cloud, str(reference))
        if found is None:
            raise standard(f"The data extension {reference} was not found.", 30003)
        return found
    fields = objects(member(body.get("schema"), "schema").get("fields"), "fields")
    if not fields:
        return None
    try:
        columns = [
            column_of(
                place,
                {
                    "name": field.get("name"),
                    "type": field.get("dataType", "Text"),
                    "length": field.get("maxLength"),
                    "primary_key": field.get("isPrimaryKey"),
                    "required": not field.get("isNullable", True),
                },
            )
            for place, field in enumerate(fields)
        ]
        wanted = {"key": key, "name": f"{body['name']} - {key}"}
        return data_extensions.create(db, cloud, wanted, columns)
    except (ValueError, TypeError, sqlite3.IntegrityError) as problem:
        raise standard(f"The schema cannot be used: {problem}", 10006) from problem


def _as_json(cloud: Cloud, found: sqlite3.Row) -> dict[str, Any]:
    extension = data_extensions.by_key(cloud, found["extension"])
    fields = [
        {
            "name": column.name,
            "dataType": column.type,
            "maxLength": str(column.length or ""),
            "isNullable": not column.required,
            "isPrimaryKey": column.primary_key,
            "defaultValue": column.default or "",
        }
        for column in (extension.columns if extension else ())
    ]
    return {
        "id": found["id"],
        "type": found["type"],
        "name": found["name"],
        "description": "",
        "createdDate": found["created"],
        "modifiedDate": found["modified"],
        "mode": "Production",
        "eventDefinitionKey": found["key"],
        "dataExtensionId": extension.id if extension else "",
        "dataExtensionName": extension.name if extension else "",
        "schema": {"fields": fields},
        "sourceApplicationExtensionId": "",
        "filterDefinitionId": "00000000-0000-0000-0000-000000000000",
        "isVisibleInPicker": False,
        "isPlatformObject": False,
        "category": "Event",
        "publishedInteractionCount": len(json.loads(found["journeys"])),
    }


BASE = "interaction/v1/eventdefinitions"
READ, WRITE = "journeys_read", "journeys_write"
ROUTES = (
    Route("GET", BASE, READ, search),
    Route("POST", BASE, WRITE, create),
    Route("GET", f"{BASE}/key:{{key}}", READ, read),
    Route("PUT", f"{BASE}/key:{{key}}", WRITE, update),
    Route("DELETE", f"{BASE}/key:{{key}}", WRITE, delete),
    Route("GET", f"{BASE}/{{id}}", READ, read),
    Route("PUT", f"{BASE}/{{id}}", WRITE, update),
    Route("DELETE", f"{BASE}/{{id}}", WRITE, delete),
)
