"""Contacts enter journeys: one event, or a batch; and what became of them."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc import data_extensions, event_definitions, journeys, people, rows
from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud, create_tables, new_id, number, text_of
from connectors.sandbox.sfmc.cloud import rows as found_rows
from connectors.sandbox.sfmc.errors import Refused, answer, missing, standard
from connectors.sandbox.sfmc.routes import Route
from connectors.sandbox.sfmc.rows import RowRefused

MOST_MEMBERS = 100
# Only troubleshooting uses it, so it tells of the last days unless asked.
TOLD_DAYS = 30
TABLES = """
CREATE TABLE IF NOT EXISTS entries (
    instance TEXT PRIMARY KEY, request TEXT, contact TEXT COLLATE NOCASE,
    definition TEXT COLLATE NOCASE, data TEXT, at TEXT, done REAL, error TEXT
);
CREATE INDEX IF NOT EXISTS entries_by_time ON entries (at)
"""


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)


def enter(cloud: Cloud, call: Call) -> Response:
    """POST /interaction/v1/events"""
    body = call.object()
    key = _text(body, "eventdefinitionkey", "EventDefinitionKey")
    contact = _text(body, "contactkey", "ContactKey")
    with cloud.store.write() as db:
        definition = event_definitions.by_key(db, key)
        if definition is None:
            raise event_definitions.unknown(key)
        instance = _enter(db, cloud, definition, contact, body.get("data"), "")
    return answer({"eventInstanceId": instance}, 201)


def enter_batch(cloud: Cloud, call: Call) -> Response:
    """POST /interaction/v1/async/events: every member answered in its place."""
    body = call.object()
    key = _text(body, "eventdefinitionkey", "eventDefinitionKey")
    members = body.get("members")
    if not isinstance(members, list) or not 0 < len(members) <= MOST_MEMBERS:
        raise standard(f"members must be an array of 1 to {MOST_MEMBERS}.", 10006)
    request = new_id()
    with cloud.store.write() as db:
        definition = event_definitions.by_key(db, key)
        if definition is None:
            raise event_definitions.unknown(key)
        outcome = [_member(db, cloud, definition, member, request) for member in members]
    failed = sum("errorcode" in one for one in outcome)
    return answer(
        {
            "requestId": request,
            "count": len(outcome) - failed,
            "notQueuedCount": failed,
            "members": outcome,
        },
        202,
    )


def status(cloud: Cloud, call: Call) -> Response:
    """GET /interaction/v1/async/events/status"""
    page, size = call.page(most=500, default=50)
    now = cloud.seconds()
    where, values = _conditions(cloud, call)
    with cloud.store.read() as db:
        count = number(db, f"SELECT count(*) FROM entries WHERE {where}", *values)  # noqa: S608
        found = found_rows(
            db,
            f"SELECT * FROM entries WHERE {where} ORDER BY at DESC LIMIT ? OFFSET ?",  # noqa: S608
            *values,
            size,
            (page - 1) * size,
        )
    items = [_as_json(one, now) for one in found]
    return answer({"count": count, "page": page, "pageSize": size, "items": items})


def _member(
    db: sqlite3.Connection, cloud: Cloud, definition: sqlite3.Row, member: Any, request: str
) -> dict[str, Any]:
    given = member if isinstance(member, dict) else {}
    body = {str(name).lower(): value for name, value in given.items()}
    contact = str(body.get("contactkey") or "")
    try:
        _text(body, "contactkey", "contactKey")
        instance = _enter(db, cloud, definition, contact, body.get("data"), request)
    except Refused as refused:
        problem = refused.payload
        _keep(db, cloud, (new_id(), request, contact, definition["key"]), {}, problem["message"])
        return {
            "contactKey": contact,
            "errorcode": problem["errorcode"],
            "message": problem["message"],
        }
    return {"contactKey": contact, "eventInstanceId": instance}


def _enter(
    db: sqlite3.Connection,
    cloud: Cloud,
    definition: sqlite3.Row,
    contact: str,
    data: Any,
    request: str,
) -> str:
    given = _data(data)
    person = people.by_key(db, contact)
    if person is not None and person["status"] in {"Held", "Deleted"}:
        raise standard("The contact is inactive.", 10000)
    _store(db, cloud, definition, contact, given)
    if person is None:
        people.add(db, cloud, contact)
    instance = new_id()
    _keep(db, cloud, (instance, request, contact, definition["key"]), given, None)
    for journey in json.loads(definition["journeys"]):
        journeys.enter(db, cloud, journey, contact)
    return instance


def _store(
    db: sqlite3.Connection,
    cloud: Cloud,
    definition: sqlite3.Row,
    contact: str,
    data: Mapping[str, Any],
) -> None:
    """The data becomes a row of the entry data extension, when there is one."""
    extension = data_extensions.by_key(cloud, definition["extension"])
    if extension is None:
        return
    filled = {name: value for name, value in data.items() if extension.column(name)}
    for name in ("ContactKey", "SubscriberKey"):
        if extension.column(name) and not any(name.lower() == one.lower() for one in filled):
            filled[name] = contact
    try:
        if filled:
            rows.upsert(db, extension, rows.checked(extension, filled))
    except RowRefused as refused:
        raise standard(str(refused), 10006) from refused


def _keep(
    db: sqlite3.Connection,
    cloud: Cloud,
    names: tuple[str, str, str, str],
    data: Mapping[str, Any],
    error: str | None,
) -> None:
    done = cloud.seconds() + cloud.async_seconds
    db.execute(
        "INSERT INTO entries VALUES (?,?,?,?,?,?,?,?)",
        (*names, json.dumps(data), cloud.stamp(), done, error),
    )


def _data(data: Any) -> dict[str, Any]:
    """The instance id belongs to the service and is passed over."""
    if data is not None and not isinstance(data, dict):
        raise standard("Data must be a JSON object.", 10000)
    return {
        str(name): value
        for name, value in (data or {}).items()
        if str(name).lower() != "eventinstanceid"
    }


def _text(body: Mapping[str, Any], name: str, shown: str) -> str:
    if not body.get(name):
        raise missing(shown)
    return str(body[name])


def _conditions(cloud: Cloud, call: Call) -> tuple[str, list[Any]]:
    start = call.query.get("startdate") or text_of(cloud.now() - timedelta(days=TOLD_DAYS))
    where, values = ["at >= ?"], [start]
    if end := call.query.get("enddate"):
        where.append("at <= ?")
        values.append(end)
    names = {
        "requestid": "request",
        "contactkey": "contact",
        "eventinstanceid": "instance",
        "eventdefinitionkey": "definition",
    }
    for name, column in names.items():
        if value := call.query.get(name):
            where.append(f"{column} = ?")
            values.append(value)
    states = {
        "errored": "error IS NOT NULL",
        "queued": f"error IS NULL AND done > {cloud.seconds()}",
        "processed": f"error IS NULL AND done <= {cloud.seconds()}",
    }
    kind = call.query.get("type", "").lower()
    if kind:
        if kind not in states:
            raise standard("type must be errored, queued or processed.", 10003)
        where.append(states[kind])
    return " AND ".join(where), values


def _as_json(entry: sqlite3.Row, now: float) -> dict[str, Any]:
    state = "Errored" if entry["error"] else ("Processed" if entry["done"] <= now else "Queued")
    shown = {
        "requestId": entry["request"],
        "contactKey": entry["contact"],
        "eventInstanceId": entry["instance"],
        "eventDefinitionKey": entry["definition"],
        "createdDate": entry["at"],
        "status": state,
    }
    return {**shown, "message": entry["error"]} if entry["error"] else shown


ROUTES = (
    Route("POST", "interaction/v1/events", "journeys_execute", enter),
    Route("POST", "interaction/v1/async/events", "journeys_execute", enter_batch),
    Route("GET", "interaction/v1/async/events/status", "journeys_read", status),
)
