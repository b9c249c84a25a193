"""Journeys: listed, read, published and stopped."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud, create_tables, new_id, number, row, rows
from connectors.sandbox.sfmc.errors import answer, not_found, standard, unresolved
from connectors.sandbox.sfmc.routes import Route

LARGEST_PAGE = 50
NEVER = "0001-01-01T00:00:00"
STATUSES = (
    "Draft",
    "Published",
    "ScheduledToPublish",
    "Stopped",
    "Unpublished",
    "Deleted",
    "Sent",
    "ScheduledToSend",
)
ENTRY_MODES = ("MultipleEntries", "OnceAndDone", "SingleEntryAcrossAllVersions", "NotSet")
ORDERS = {"modifieddate": "modified", "name": "name", "performance": "modified"}
TABLES = """
CREATE TABLE IF NOT EXISTS journeys (
    id TEXT PRIMARY KEY, key TEXT COLLATE NOCASE, version INTEGER, name TEXT, description TEXT,
    status TEXT, entry_mode TEXT, definition TEXT, created TEXT, modified TEXT, published TEXT,
    UNIQUE (key, version)
);
CREATE TABLE IF NOT EXISTS publications (id TEXT PRIMARY KEY, journey TEXT, done REAL);
CREATE TABLE IF NOT EXISTS memberships (
    id TEXT PRIMARY KEY, contact TEXT COLLATE NOCASE, journey TEXT COLLATE NOCASE,
    version INTEGER, entered TEXT, exit_asked REAL, leaves REAL
);
CREATE INDEX IF NOT EXISTS memberships_by_contact ON memberships (contact, journey);
CREATE INDEX IF NOT EXISTS memberships_by_journey ON memberships (journey, version)
"""


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)


def add(db: sqlite3.Connection, cloud: Cloud, wanted: Mapping[str, Any]) -> None:
    """A journey as scenarios describe it."""
    status = str(wanted.get("status", "Published"))
    if status not in STATUSES:
        raise ValueError(f"The journey {wanted['key']} has the unknown status {status}.")
    known = row(db, "SELECT definition FROM journeys WHERE key = ?", str(wanted["key"]))
    now = cloud.stamp()
    db.execute(
        "INSERT INTO journeys VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            str(wanted.get("id") or new_id()).lower(),
            str(wanted["key"]),
            int(wanted.get("version", 1)),
            str(wanted.get("name") or wanted["key"]),
            str(wanted.get("description", "")),
            status,
            str(wanted.get("entry_mode", "MultipleEntries")),
            known[0] if known else new_id(),
            now,
            now,
            NEVER if status == "Draft" else now,
        ),
    )


def newest(db: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    return row(db, "SELECT * FROM journeys WHERE key = ? ORDER BY version DESC LIMIT 1", key)


def running(db: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    """The version that takes contacts in."""
    return row(
        db,
        "SELECT * FROM journeys WHERE key = ? AND status = 'Published'"
        " ORDER BY version DESC LIMIT 1",
        key,
    )


def enter(db: sqlite3.Connection, cloud: Cloud, key: str, contact: str) -> bool:
    """True when the journey takes the contact; a refusal is silent, as it is in the service."""
    journey = running(db, key)
    if journey is None:
        return False
    past = rows(db, "SELECT * FROM memberships WHERE contact=? AND journey=?", contact, key)
    inside = [one for one in past if one["leaves"] is None or one["leaves"] > cloud.seconds()]
    if journey["entry_mode"] == "OnceAndDone" and past:
        return False
    if journey["entry_mode"] == "SingleEntryAcrossAllVersions" and inside:
        return False
    db.execute(
        "INSERT INTO memberships VALUES (?,?,?,?,?,NULL,NULL)",
        (new_id(), contact, journey["key"], journey["version"], cloud.stamp()),
    )
    return True


def search(cloud: Cloud, call: Call) -> Response:
    """GET /interaction/v1/interactions"""
    page, size = call.page(LARGEST_PAGE)
    where, values = _conditions(call)
    order = _order(call)
    with cloud.store.read() as db:
        count = number(db, f"SELECT count(*) FROM journeys j WHERE {where}", *values)  # noqa: S608
        found = rows(
            db,
            f"SELECT * FROM journeys j WHERE {where} ORDER BY {order}, key, version"  # noqa: S608
            " LIMIT ? OFFSET ?",
            *values,
            size,
            (page - 1) * size,
        )
        items = [_as_json(db, cloud, one) for one in found]
    if fault := cloud.fault("wrong_count", call):
        count = fault.number_of("count", len(items))
    return answer({"count": count, "page": page, "pageSize": size, "links": {}, "items": items})


def read(cloud: Cloud, call: Call) -> Response:
    with cloud.store.read() as db:
        return answer(_as_json(db, cloud, _found(db, call)))


def publish(cloud: Cloud, call: Call) -> Response:
    """POST /interaction/v1/interactions/publishAsync/{id}?versionNumber=n"""
    with cloud.store.write() as db:
        journey = _found(db, call)
        if journey["status"] in {"Stopped", "Deleted"}:
            raise standard("The journey version cannot be published.", 10006)
        now, status = cloud.stamp(), new_id()
        db.execute(
            "UPDATE journeys SET status='Published', modified=?, published=? WHERE id=?",
            (now, now, journey["id"]),
        )
        done = cloud.seconds() + cloud.async_seconds
        db.execute("INSERT INTO publications VALUES (?,?,?)", (status, journey["id"], done))
    url = f"/interaction/v1/interactions/publishStatus/{status}"
    return answer({"statusUrl": url, "statusId": status})


def publish_status(cloud: Cloud, call: Call) -> Response:
    with cloud.store.read() as db:
        found = row(db, "SELECT * FROM publications WHERE id = ?", call.names["id"].lower())
    if found is None:
        raise not_found()
    state = "PublishCompleted" if cloud.seconds() >= found["done"] else "PublishInProcess"
    return answer({"status": state, "errors": [], "warnings": []})


def stop(cloud: Cloud, call: Call) -> Response:
    """POST /interaction/v1/interactions/stop/{id}?versionNumber=n: everybody leaves."""
    with cloud.store.write() as db:
        journey = _found(db, call)
        now = cloud.seconds()
        db.execute(
            "UPDATE journeys SET status='Stopped', modified=? WHERE id=?",
            (cloud.stamp(), journey["id"]),
        )
        db.execute(
            "UPDATE memberships SET leaves=? WHERE journey=? AND version=? AND leaves IS NULL",
            (now, journey["key"], journey["version"]),
        )
    return answer({})


def _found(db: sqlite3.Connection, call: Call) -> sqlite3.Row:
    reference = call.names.get("id") or f"key:{call.names['key']}"
    if reference.lower().startswith("key:"):
        found = newest(db, reference[4:])
    else:
        low = reference.lower()
        found = row(
            db,
            "SELECT * FROM journeys WHERE id = ? OR definition = ? ORDER BY id = ? DESC,"
            " version DESC",
            *(low, low, low),
        )
    version = call.whole_number("versionnumber", 0)
    if found is not None and version:
        found = row(db, "SELECT * FROM journeys WHERE key=? AND version=?", found["key"], version)
    if found is None:
        raise not_found("The interaction was not found.")
    return found


def _conditions(call: Call) -> tuple[str, list[Any]]:
    where, values = ["1=1"], list[Any]()
    if call.query.get("mostrecentversiononly", "true").lower() != "false":
        where.append("version = (SELECT max(version) FROM journeys o WHERE o.key = j.key)")
    if status := call.query.get("status"):
        where.append("status = ? COLLATE NOCASE")
        values.append(status)
    if words := call.query.get("nameordescription"):
        where.append("(name LIKE ? OR description LIKE ?)")
        values += [f"%{words}%"] * 2
    if version := call.whole_number("versionnumber", 0):
        where.append("version = ?")
        values.append(version)
    if call.query.get("definitiontype", "").lower() == "transactional":
        where.append("1=0")
    return " AND ".join(where), values


def _order(call: Call) -> str:
    text = call.query.get("$orderby", "ModifiedDate DESC").replace("+", " ").lower()
    name, _, direction = text.strip().partition(" ")
    if name not in ORDERS or direction.strip() not in {"", "asc", "desc"}:
        raise unresolved("$orderBy")
    return f"{ORDERS[name]} {direction.strip()}"


def _as_json(db: sqlite3.Connection, cloud: Cloud, journey: sqlite3.Row) -> dict[str, Any]:
    of = (journey["key"], journey["version"])
    total = "SELECT count(*) FROM memberships WHERE journey=? AND version=?"
    now = number(db, f"{total} AND (leaves IS NULL OR leaves > ?)", *of, cloud.seconds())
    return {
        "id": journey["id"],
        "key": journey["key"],
        "name": journey["name"],
        "version": journey["version"],
        "workflowApiVersion": 1.0,
        "status": journey["status"],
        "createdDate": journey["created"],
        "modifiedDate": journey["modified"],
        "lastPublishedDate": journey["published"],
        "description": journey["description"],
        "activities": [],
        "triggers": _triggers(db, journey["key"]),
        "goals": [],
        "exits": [],
        "stats": {
            "currentPopulation": now,
            "cumulativePopulation": number(db, total, *of),
            "metGoal": 0,
            "metExitCriteria": 0,
            "goalPerformance": 0.0,
        },
        "entryMode": journey["entry_mode"],
        "definitionType": "Multistep",
        "channel": "",
        "defaults": {"email": [], "properties": {}},
        "metaData": {},
        "executionMode": "Production",
        "categoryId": 1,
        "definitionId": journey["definition"],
        "scheduledStatus": "Draft",
    }


def _triggers(db: sqlite3.Connection, key: str) -> list[dict[str, Any]]:
    found = rows(
        db,
        "SELECT d.* FROM event_definitions d, json_each(d.journeys) j WHERE lower(j.value) = ?",
        key.lower(),
    )
    return [
        {
            "id": one["id"],
            "key": "TRIGGER",
            "name": one["name"],
            "type": one["type"],
            "metaData": {
                "eventDefinitionId": one["id"],
                "eventDefinitionKey": one["key"],
            },
        }
        for one in found
    ]


BASE = "interaction/v1/interactions"
ROUTES = (
    Route("GET", BASE, "journeys_read", search),
    Route("GET", f"{BASE}/key:{{key}}", "journeys_read", read),
    Route("GET", f"{BASE}/{{id}}", "journeys_read", read),
    Route("POST", f"{BASE}/publishasync/{{id}}", "journeys_execute", publish),
    Route("GET", f"{BASE}/publishstatus/{{id}}", "journeys_read", publish_status),
    Route("POST", f"{BASE}/stop/{{id}}", "journeys_execute", stop),
)
