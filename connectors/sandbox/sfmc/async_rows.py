"""Rows written later: a request is taken, waits, runs, and keeps a result for every row."""

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc import data_extensions, rows
from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud, create_tables, new_id, row, text_of
from connectors.sandbox.sfmc.data_extensions import DataExtension
from connectors.sandbox.sfmc.errors import Refused, answer, not_found
from connectors.sandbox.sfmc.routes import Route
from connectors.sandbox.sfmc.rows import RowRefused, Rules
from connectors.sandbox.sfmc.rowsets import check_keys, entries_of

LARGEST_BODY = int(5.9 * 1024 * 1024)
MOST_ROWS = 32_000
# Parts of the whole duration at which a request is known at all, begins, and is done.
KNOWN, STARTED = 0.2, 0.5
DEADLOCK = (
    "Transaction (Process ID 87) was deadlocked on lock resources with another process and has "
    "been chosen as the deadlock victim. Rerun the transaction."
)
NO_KEYS = "This Data Extension does not have any primary keys defined."
TABLES = """
CREATE TABLE IF NOT EXISTS async_requests (
    id TEXT PRIMARY KEY, verb TEXT, extension TEXT, items TEXT, options TEXT,
    called REAL, known REAL, started REAL, done REAL, results TEXT
);
CREATE INDEX IF NOT EXISTS async_waiting ON async_requests (done) WHERE results IS NULL;
"""


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)


def insert_rows(cloud: Cloud, call: Call) -> Response:
    return _take(cloud, call, "insert")


def upsert_rows(cloud: Cloud, call: Call) -> Response:
    return _take(cloud, call, "upsert")


def status(cloud: Cloud, call: Call) -> Response:
    settle(cloud)
    asked = call.names["id"]
    found = _request(cloud, asked)
    if found is None or found["known"] > cloud.seconds():
        return answer({"requestId": new_id(), "resultMessages": [_unknown(asked)]})
    return answer({"status": _status(cloud, found), "requestId": new_id()})


def results(cloud: Cloud, call: Call) -> Response:
    settle(cloud)
    found = _request(cloud, call.names["id"])
    if found is None:
        raise not_found()
    page, size = call.page(most=32_000, default=50)
    items = json.loads(found["results"] or "[]")
    shown = items[(page - 1) * size : page * size]
    return answer(
        {
            "page": page,
            "pageSize": size,
            "count": len(items),
            "requestId": found["id"],
            "items": shown,
        }
    )


def write_later(cloud: Cloud, call: Call) -> Response:
    """POST /hub/v1/dataeventsasync/…/rowset: taken, and never heard of again."""
    extension = data_extensions.required(cloud, call.names["de"])
    entries = entries_of(call)
    check_keys(extension, entries)
    deleting = call.segments[-1].lower() == "delete"
    items = [{**entry["keys"], **({} if deleting else entry["values"])} for entry in entries]
    _queue(cloud, extension, "delete" if deleting else "upsert", items, {})
    return answer({})


def settle(cloud: Cloud) -> None:
    """Carry out every request that is due by now."""
    if cloud.next_due is None or cloud.seconds() < cloud.next_due:
        return
    with cloud.store.write() as db:
        due = db.execute(
            "SELECT * FROM async_requests WHERE results IS NULL AND done <= ? ORDER BY called",
            (cloud.seconds(),),
        ).fetchall()
        for request in due:
            outcome = _carry_out(cloud, db, request)
            db.execute(
                "UPDATE async_requests SET results = ?, items = NULL WHERE id = ?",
                (json.dumps(outcome), request["id"]),
            )
        cloud.next_due = next_due(db)


def next_due(db: sqlite3.Connection) -> float | None:
    found = row(db, "SELECT min(done) FROM async_requests WHERE results IS NULL")
    return found[0] if found else None


def _take(cloud: Cloud, call: Call, verb: str) -> Response:
    extension = data_extensions.by_reference(cloud, call.names["de"])
    if extension is None:
        raise _refused("CustomObjectNotFound", _unresolved(call.names["de"]))
    items = call.object().get("items") if len(call.body) <= LARGEST_BODY else None
    if not isinstance(items, list) or not items or len(items) > MOST_ROWS:
        raise _refused(
            "InvalidRequest",
            f"The request must have an items array of 1 to {MOST_ROWS} rows within 5.9 MB.",
        )
    if not all(_flat(item) for item in items):
        raise _refused(
            "DeserializationFailed",
            "Unable to deserialize the request: items must be flat name and value pairs.",
        )
    options: dict[str, Any] = {"refuse_null": cloud.fault("refuse_null", call) is not None}
    if fault := cloud.fault("deadlock_row", call):
        options["deadlock"] = fault.number_of("row", 0)
    return answer(
        {"requestId": _queue(cloud, extension, verb, items, options), "resultMessages": []}, 202
    )


def _queue(
    cloud: Cloud,
    extension: DataExtension,
    verb: str,
    items: list[dict[str, Any]],
    options: dict[str, Any],
) -> str:
    called, takes, number = cloud.seconds(), cloud.async_seconds, new_id()
    times = (called, called + takes * KNOWN, called + takes * STARTED, called + takes)
    with cloud.store.write() as db:
        db.execute(
            "INSERT INTO async_requests VALUES (?,?,?,?,?,?,?,?,?,NULL)",
            (number, verb, extension.key, json.dumps(items), json.dumps(options), *times),
        )
    cloud.due_at(called + takes)
    return number


def _carry_out(cloud: Cloud, db: sqlite3.Connection, request: sqlite3.Row) -> list[dict[str, Any]]:
    extension = data_extensions.by_key(cloud, request["extension"])
    items = json.loads(request["items"])
    if extension is None:
        return [_failed("UnexpectedError", "The data extension no longer exists.") for _ in items]
    options = json.loads(request["options"])
    rules = Rules(refuse_null=bool(options.get("refuse_null")))
    found = []
    for place, item in enumerate(items):
        if place == options.get("deadlock"):
            found.append(_failed(2, DEADLOCK))
        else:
            found.append(_write(db, extension, request["verb"], item, rules))
    return found


def _write(
    db: sqlite3.Connection,
    extension: DataExtension,
    verb: str,
    item: dict[str, Any],
    rules: Rules,
) -> dict[str, Any]:
    if verb != "insert" and not extension.keys:
        return _failed("UnexpectedError", NO_KEYS)
    try:
        values = rows.checked(extension, item, rules)
        if verb == "insert":
            rows.insert(db, extension, values)
        elif verb == "delete":
            rows.delete(db, extension, values)
        else:
            rows.upsert(db, extension, values)
    except RowRefused as refused:
        return _failed(2, "; ".join(refused.messages))
    except sqlite3.IntegrityError:
        return _failed("UnexpectedError", rows.taken(extension, values))
    return {"status": "OK"}


def _failed(code: str | int, message: str) -> dict[str, Any]:
    return {"status": "Error", "errorCode": code, "message": message}


def _request(cloud: Cloud, wanted: str) -> sqlite3.Row | None:
    with cloud.store.read() as db:
        return row(db, "SELECT * FROM async_requests WHERE id = ?", wanted.lower())


def _status(cloud: Cloud, found: sqlite3.Row) -> dict[str, Any]:
    now = cloud.seconds()
    state: dict[str, Any] = {"callDateTime": _text(found["called"])}
    if now >= found["started"]:
        state["pickupDateTime"] = _text(found["started"])
    if found["results"] is None:
        state.update(hasErrors=False, resultStatus="OK")
        state["requestStatus"] = "Executing" if now >= found["started"] else "Pending"
    else:
        failed = any(item["status"] != "OK" for item in json.loads(found["results"]))
        state["completionDateTime"] = _text(found["done"])
        state.update(hasErrors=failed, resultStatus="Has Errors" if failed else "OK")
        state["requestStatus"] = "Complete"
    state["requestId"] = found["id"]
    return state


def _text(seconds: float) -> str:
    return text_of(datetime.fromtimestamp(seconds, UTC))


def _unknown(asked: str) -> dict[str, str]:
    return {
        "resultType": "Operational",
        "resultClass": "Error",
        "resultCode": "AsyncRequestStatusNotFound",
        "message": (
            f"Unable to locate an Async Request Status Record for the provided RequestId: {asked}"
        ),
    }


def _unresolved(reference: str) -> str:
    by_key = reference.lower().startswith("key:")
    number, key = ("", reference[4:]) if by_key else (reference, "")
    return (
        "Failed to resolve the Custom Object from the provided ObjectReferenceIdentifier "
        f"[Id: {number}, Key: {key}]."
    )


def _refused(code: str, message: str) -> Refused:
    problem = {
        "resultType": "Validation",
        "resultClass": "Error",
        "resultCode": code,
        "message": message,
    }
    return Refused(400, {"requestId": new_id(), "resultMessages": [problem]})


def _flat(item: Any) -> bool:
    return isinstance(item, dict) and not any(isinstance(v, dict | list) for v in item.values())


WRITE, READ = "data_extensions_write", "data_extensions_read"
ASYNC = "data/v1/async"
EVENTS = "hub/v1/dataeventsasync/{de}/rowset"
ROUTES = (
    Route("POST", f"{ASYNC}/dataextensions/{{de}}/rows", WRITE, insert_rows),
    Route("PUT", f"{ASYNC}/dataextensions/{{de}}/rows", WRITE, upsert_rows),
    Route("GET", f"{ASYNC}/{{id}}/status", READ, status),
    Route("GET", f"{ASYNC}/{{id}}/results", READ, results),
    Route("POST", EVENTS, WRITE, write_later),
    Route("POST", f"{EVENTS}/delete", WRITE, write_later),
)
