"""Transactional messages: definitions, sends to one or many, and what became of each."""

import json
import sqlite3
from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc import event_queue, people
from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud, create_tables, new_id, row, rows
from connectors.sandbox.sfmc.errors import answer, missing, not_found, standard
from connectors.sandbox.sfmc.routes import Route
from connectors.sandbox.sfmc.values import EMAIL

LONGEST_KEY = 100
KEY_SECONDS = 2 * 86_400
MOST_RECIPIENTS, MOST_WITH_ATTRIBUTES = 2000, 500
SENT, QUEUED, NOT_SENT = "EmailSent", "EmailQueued", "EmailNotSent"
UNSUBSCRIBED_CODE, HELD_CODE = 1, 2
SOME_FAILED, INVALID, TOO_MANY, NO_RECIPIENTS = 109001, 109106, 109101, 109102
TABLES = """
CREATE TABLE IF NOT EXISTS send_definitions (
    key TEXT PRIMARY KEY COLLATE NOCASE, name TEXT, status TEXT, body TEXT, created TEXT,
    modified TEXT
);
CREATE TABLE IF NOT EXISTS messages (
    key TEXT PRIMARY KEY, request TEXT, definition TEXT, contact TEXT, email TEXT, at TEXT,
    seconds REAL, outcome TEXT, code INTEGER, number INTEGER
)
"""


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)


def list_definitions(cloud: Cloud, call: Call) -> Response:
    """Its `count` is the size of the page, not the total: an old fault that clients know."""
    page, size = call.page(most=500, default=50)
    with cloud.store.read() as db:
        found = rows(
            db,
            "SELECT * FROM send_definitions WHERE status <> 'deleted' ORDER BY key"
            " LIMIT ? OFFSET ?",
            size,
            (page - 1) * size,
        )
    count = len(found)
    if fault := cloud.fault("wrong_count", call):
        count = fault.number_of("count", count)
    items = [_definition_json(one) for one in found]
    return answer(
        {
            "requestId": new_id(),
            "definitions": items,
            "count": count,
            "page": page,
            "pageSize": size,
        }
    )


def create_definition(cloud: Cloud, call: Call) -> Response:
    body = call.json()
    if not isinstance(body, dict):
        raise standard("The request body must be a JSON object.", 10000)
    for name in ("definitionKey", "name"):
        if not body.get(name):
            raise missing(name)
    status = str(body.get("status") or "active").lower()
    if status not in {"active", "inactive"}:
        raise standard("status must be active or inactive.", 10006)
    key, now = str(body["definitionKey"]), cloud.stamp()
    with cloud.store.write() as db:
        if row(db, "SELECT 1 FROM send_definitions WHERE key = ?", key):
            raise standard(f"The definition {key} already exists.", 10006)
        db.execute(
            "INSERT INTO send_definitions VALUES (?,?,?,?,?,?)",
            (key, str(body["name"]), status, json.dumps(body), now, now),
        )
    return answer({"requestId": new_id(), **_definition_json(_definition(cloud, key))}, 201)


def read_definition(cloud: Cloud, call: Call) -> Response:
    found = _definition(cloud, call.names["key"])
    return answer({"requestId": new_id(), **_definition_json(found)})


def send_one(cloud: Cloud, call: Call) -> Response:
    """POST /messaging/v1/email/messages/{messageKey}"""
    body = call.object()
    key = call.names["key"]
    if len(key) > LONGEST_KEY:
        raise standard(f"messageKey is longer than {LONGEST_KEY}.", 10006)
    definition = _definition(cloud, str(body.get("definitionkey")))
    recipient = body.get("recipient")
    problem = _problem(recipient)
    if problem:
        raise standard(problem, INVALID)
    request = new_id()
    with cloud.store.write() as db:
        _refuse_known(cloud, db, key)
        _send(cloud, db, definition, dict(recipient or {}), (key, request))
    responses = [{"messageKey": key}]
    return answer({"requestId": request, "errorcode": 0, "responses": responses}, 202)


def send_many(cloud: Cloud, call: Call) -> Response:
    """POST /messaging/v1/email/messages/: 202, also when some are refused."""
    body = call.object()
    definition = _definition(cloud, str(body.get("definitionkey")))
    recipients = body.get("recipients")
    if not isinstance(recipients, list) or not recipients:
        raise standard("There are no recipients.", NO_RECIPIENTS)
    loaded = any(isinstance(one, dict) and one.get("attributes") for one in recipients)
    if len(recipients) > (MOST_WITH_ATTRIBUTES if loaded else MOST_RECIPIENTS):
        raise standard("There are too many recipients.", TOO_MANY)
    request, responses = new_id(), list[dict[str, Any]]()
    with cloud.store.write() as db:
        for one in recipients:
            recipient = one if isinstance(one, dict) else {}
            key = str(recipient.get("messageKey") or new_id())
            problem = _problem(recipient) or _known(cloud, db, key)
            if problem:
                responses.append({"messageKey": key, "errorcode": INVALID, "message": problem})
            else:
                _send(cloud, db, definition, recipient, (key, request))
                responses.append({"messageKey": key})
    failed = sum("errorcode" in one for one in responses)
    answered: dict[str, Any] = {"requestId": request, "errorcode": 0, "responses": responses}
    if failed:
        answered["errorcode"] = SOME_FAILED
        answered["message"] = (
            f"MCMS_UTM_ResponsesHasErrors: {failed} subscribers failed to queue "
            f"out of {len(responses)}"
        )
    return answer(answered, 202)


def status(cloud: Cloud, call: Call) -> Response:
    with cloud.store.read() as db:
        found = row(db, "SELECT * FROM messages WHERE key = ?", call.names["key"])
    if found is None:
        raise not_found("The message was not found.")
    waiting = found["outcome"] == SENT and cloud.seconds() < found["seconds"] + cloud.async_seconds
    outcome = QUEUED if waiting else found["outcome"]
    info: dict[str, Any] = {
        "messageKey": found["key"],
        "contactKey": found["contact"],
        "to": found["email"],
    }
    if found["code"]:
        info.update(_why(found["code"]))
    return answer(
        {
            "requestId": found["request"],
            "eventCategoryType": f"TransactionalSendEvents.{outcome}",
            "timestamp": found["at"],
            "compositeId": f"0.0.0.{found['number']}",
            "info": info,
        }
    )


def _send(
    cloud: Cloud,
    db: sqlite3.Connection,
    definition: sqlite3.Row,
    recipient: dict[str, Any],
    names: tuple[str, str],
) -> None:
    """To an unsubscribed or held subscriber nothing goes out, and an event says why."""
    key, request = names
    contact = str(recipient["contactKey"])
    person = people.by_key(db, contact)
    email = str(recipient.get("to") or (person["email"] if person is not None else ""))
    if person is None:
        person = people.add(db, cloud, contact, email=email, status=people.ACTIVE)
    elif person["status"] is None:
        person = people.change(db, person, email=email, status=people.ACTIVE)
    code = {people.UNSUBSCRIBED: UNSUBSCRIBED_CODE, "Held": HELD_CODE}.get(person["status"], 0)
    outcome = NOT_SENT if code else SENT
    db.execute(
        "INSERT OR REPLACE INTO messages VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            key,
            request,
            definition["key"],
            contact,
            email,
            people.central(cloud.now()),
            cloud.seconds(),
            outcome,
            code,
            person["id"],
        ),
    )
    if not code:
        db.execute(
            "INSERT INTO tracking (type,contact,key,at,send,list,batch,master)"
            " VALUES ('Sent',?,?,?,0,0,0,0)",
            (person["id"], contact, people.central(cloud.now())),
        )
    info = {"messageKey": key, "subscriberKey": contact, "to": email}
    if code:
        info.update(_why(code))
    event_queue.put(
        db,
        cloud,
        {
            "eventCategoryType": f"TransactionalSendEvents.{outcome}",
            "timestampUTC": int(cloud.seconds() * 1000),
            "compositeId": f"0.0.0.{person['id']}",
            "definitionKey": definition["key"],
            "definitionId": definition["key"],
            "mid": cloud.mid,
            "eid": cloud.mid,
            "composite": {
                "jobId": "0",
                "listId": "0",
                "batchId": "0",
                "subscriberId": str(person["id"]),
            },
            "info": info,
        },
    )


def _why(code: int) -> dict[str, Any]:
    words = "Subscriber is unsubscribed" if code == UNSUBSCRIBED_CODE else "Subscriber is held"
    return {"reason": words, "statusCode": code, "statusMessage": words}


def _problem(recipient: Any) -> str | None:
    if not isinstance(recipient, dict) or not recipient.get("contactKey"):
        return "MCMS_UTM_Validation_MissingRequiredField_contactKey: Invalid subscriber"
    if not EMAIL.fullmatch(str(recipient.get("to") or "")):
        return "MCMS_UTM_Validation_MissingRequiredField_to: Invalid subscriber"
    return None


def _known(cloud: Cloud, db: sqlite3.Connection, key: str) -> str | None:
    since = cloud.seconds() - KEY_SECONDS
    if row(db, "SELECT 1 FROM messages WHERE key = ? AND seconds > ?", key, since):
        return f"The messageKey {key} has been used."
    return None


def _refuse_known(cloud: Cloud, db: sqlite3.Connection, key: str) -> None:
    if words := _known(cloud, db, key):
        raise standard(words, 10006)


def _definition(cloud: Cloud, key: str) -> sqlite3.Row:
    with cloud.store.read() as db:
        found = row(db, "SELECT * FROM send_definitions WHERE key = ? AND status <> 'deleted'", key)
    if found is None:
        raise standard(f"The definition {key} was not found.", 30003)
    return found


def _definition_json(found: sqlite3.Row) -> dict[str, Any]:
    return {
        **json.loads(found["body"]),
        "definitionKey": found["key"],
        "status": found["status"],
        "createdDate": found["created"],
        "modifiedDate": found["modified"],
    }


EMAIL_BASE = "messaging/v1/email"
ROUTES = (
    Route("GET", f"{EMAIL_BASE}/definitions", "email_read", list_definitions),
    Route("POST", f"{EMAIL_BASE}/definitions", "email_write", create_definition),
    Route("GET", f"{EMAIL_BASE}/definitions/{{key}}", "email_read", read_definition),
    Route("POST", f"{EMAIL_BASE}/messages", "email_send", send_many),
    Route("POST", f"{EMAIL_BASE}/messages/{{key}}", "email_send", send_one),
    Route("GET", f"{EMAIL_BASE}/messages/{{key}}", "email_read", status),
)
