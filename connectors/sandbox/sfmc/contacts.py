"""Contacts over REST: made, changed, found and deleted. Consent is not here: SOAP has it."""

import json
import sqlite3
from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc import people
from connectors.sandbox.sfmc.call import Call, objects
from connectors.sandbox.sfmc.cloud import Cloud, create_tables, new_id, row, rows
from connectors.sandbox.sfmc.errors import answer, missing, not_found, standard
from connectors.sandbox.sfmc.routes import Route
from connectors.sandbox.sfmc.values import CENTRAL

SETS = (
    "Email Addresses",
    "MobileConnect Demographics",
    "MobilePush Demographics",
    "LINE",
)
EMAIL_SET, EMAIL_NAME = "Email Addresses", "Email Address"
MOST_ADDRESSES = 1000
PROCESSING, COMPLETED = 1, 5
TABLES = """
CREATE TABLE IF NOT EXISTS contact_deletions (
    number INTEGER PRIMARY KEY, contacts TEXT, at TEXT, done REAL
)
"""


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)


def create(cloud: Cloud, call: Call) -> Response:
    return _save(cloud, call, new=True)


def update(cloud: Cloud, call: Call) -> Response:
    return _save(cloud, call, new=False)


def keys_of_addresses(cloud: Cloud, call: Call) -> Response:
    """POST /contacts/v1/addresses/email/search: an address may have several keys."""
    body = call.object()
    addresses = body.get("channeladdresslist")
    if not isinstance(addresses, list):
        raise missing("channelAddressList")
    most = body.get("maximumcount", 1)
    if not isinstance(most, int) or not 0 < most < MOST_ADDRESSES:
        raise standard("maximumCount must be a small whole number.", 10000)
    found = []
    with cloud.store.read() as db:
        for address in map(str, addresses):
            listed = rows(
                db, "SELECT * FROM contacts WHERE email = ? ORDER BY id LIMIT ?", address, most
            )
            keys = [{"contactKey": one["key"], "createDate": one["created"]} for one in listed]
            found.append({"channelAddress": address, "contactKeyDetails": keys})
    return answer({"channelAddressResponseEntities": found, **_messages(cloud)})


def delete(cloud: Cloud, call: Call) -> Response:
    """POST …/actions/delete: begun now, done later; one at a time."""
    values = call.object().get("values")
    if not isinstance(values, list) or not values:
        raise missing("values")
    by_key = call.query.get("type", "ids").lower() == "keys"
    with cloud.store.write() as db:
        finish_deletions(cloud, db)
        if row(db, "SELECT 1 FROM contact_deletions WHERE done > ?", cloud.seconds()):
            raise standard("Another delete operation is in progress.", 10006)
        find = people.by_key if by_key else people.by_number
        found = [one for value in values if (one := find(db, str(value))) is not None]
        cursor = db.execute(
            "INSERT INTO contact_deletions (contacts, at, done) VALUES (?,?,?)",
            (
                json.dumps([one["id"] for one in found]),
                people.central(cloud.now()),
                cloud.seconds() + cloud.async_seconds,
            ),
        )
    return answer(
        {
            "operationInitiated": True,
            "operationID": cursor.lastrowid,
            **_messages(cloud),
            "hasErrors": False,
        }
    )


def delete_requests(cloud: Cloud, call: Call) -> Response:
    page, size = call.page(most=500, default=50)
    with cloud.store.write() as db:
        finish_deletions(cloud, db)
        found = rows(db, "SELECT * FROM contact_deletions ORDER BY number")
    now = cloud.seconds()
    listed = [
        {
            "operationID": one["number"],
            "status": COMPLETED if one["done"] <= now else PROCESSING,
            "requestedDate": one["at"],
            "contactCount": len(json.loads(one["contacts"])),
        }
        for one in found
    ]
    wanted = call.whole_number("statusid", 0)
    listed = [one for one in listed if not wanted or one["status"] == wanted]
    return answer(
        {
            "startDateUtc": call.query.get("startdateutc", ""),
            "endDateUtc": call.query.get("enddateutc", ""),
            "statusAsOfDateUtc": cloud.stamp(),
            "pageNumber": page,
            "pageSize": size,
            "totalCount": len(listed),
            "operations": listed[(page - 1) * size : page * size],
        }
    )


def retry_delete(cloud: Cloud, call: Call) -> Response:
    asked = call.names["id"]
    with cloud.store.read() as db:
        found = asked.isdecimal() and row(
            db, "SELECT 1 FROM contact_deletions WHERE number = ?", int(asked)
        )
    if not found:
        raise not_found("The operation was not found.")
    initiated = {"operationInitiated": True, "operationID": int(asked), "hasErrors": False}
    return answer({**initiated, **_messages(cloud)})


def read_preferences(cloud: Cloud, call: Call) -> Response:
    """Tracking opt-out only; this is not consent to e-mail."""
    with cloud.store.read() as db:
        found = people.by_key(db, call.names["key"])
    if found is None:
        raise not_found("The contact was not found.")
    preference = {
        "contactID": found["id"],
        "contactKey": found["key"],
        "hasOptedOutTracking": bool(found["opted_out"]),
    }
    return answer({"items": [preference], **_messages(cloud), "hasErrors": False})


def write_preferences(cloud: Cloud, call: Call) -> Response:
    items = call.object().get("items")
    if not isinstance(items, list):
        raise missing("items")
    with cloud.store.write() as db:
        for one in items:
            found = people.by_number(db, one.get("contactID")) if isinstance(one, dict) else None
            if found is not None:
                people.change(db, found, opted_out=int(bool(one.get("hasOptedOutTracking"))))
    return answer({"operationStatus": "OK", **_messages(cloud), "hasErrors": False})


def finish_deletions(cloud: Cloud, db: sqlite3.Connection) -> None:
    """Contacts of finished operations go, with their rows on lists."""
    due = rows(
        db,
        "SELECT * FROM contact_deletions WHERE done <= ? AND contacts <> '[]'",
        cloud.seconds(),
    )
    for one in due:
        for number in json.loads(one["contacts"]):
            person = people.by_number(db, number)
            if person is not None:
                people.remove(db, person)


def _save(cloud: Cloud, call: Call, *, new: bool) -> Response:
    body = call.object()
    key, number = body.get("contactkey"), body.get("contactid")
    if not key and not number:
        raise missing("contactKey")
    sets = _sets(body.get("attributesets"))
    email = sets.get(EMAIL_SET, {}).get(EMAIL_NAME)
    with cloud.store.write() as db:
        found = people.by_key(db, str(key)) if key else people.by_number(db, number)
        if found is None and (not new or not key):
            return _failed(cloud, "ContactNotFound", "The contact was not found.")
        is_new = found is None
        person = people.add(db, cloud, str(key)) if found is None else found
        columns: dict[str, Any] = {"sets": json.dumps({**json.loads(person["sets"]), **sets})}
        if email:
            columns["email"] = str(email)
        person = people.change(db, person, **columns)
    return answer(
        {
            "operationStatus": "OK",
            "rowsAffected": 1,
            "contactKey": person["key"],
            "contactID": person["id"],
            "contactTypeID": 0,
            "isNewContactKey": is_new,
            **_messages(cloud),
            "hasErrors": False,
        }
    )


def _sets(given: Any) -> dict[str, dict[str, Any]]:
    """Attribute sets as name → attribute → value; each at most once."""
    if not given:
        raise missing("attributeSets")
    found: dict[str, dict[str, Any]] = {}
    for one in objects(given, "attributeSets"):
        name = str(one.get("name") or "")
        if not name or name in found:
            raise standard("Every attribute set must have a name, and may come once.", 10006)
        found[name] = {
            str(value.get("name")): value.get("value")
            for item in objects(one.get("items"), "items")
            for value in objects(item.get("values"), "values")
        }
    if not set(found) & set(SETS):
        raise standard(f"One of the attribute sets {', '.join(SETS)} is needed.", 10006)
    return found


def _messages(cloud: Cloud) -> dict[str, Any]:
    service = new_id()
    return {
        "requestServiceMessageID": service,
        "responseDateTime": cloud.now().astimezone(CENTRAL).isoformat(),
        "resultMessages": [],
        "serviceMessageID": service,
    }


def _failed(cloud: Cloud, code: str, words: str) -> Response:
    """An error inside a 200, as this section does it."""
    problem = {"resultType": "Error", "resultClass": "Error", "resultCode": code, "message": words}
    return answer(
        {
            "operationStatus": "Error",
            "rowsAffected": 0,
            **_messages(cloud),
            "hasErrors": True,
            "resultMessages": [problem],
        }
    )


SCOPE = "list_and_subscribers_read"
BASE = "contacts/v1"
ROUTES = (
    Route("POST", f"{BASE}/contacts", SCOPE, create),
    Route("PATCH", f"{BASE}/contacts", SCOPE, update),
    Route("POST", f"{BASE}/addresses/email/search", SCOPE, keys_of_addresses),
    Route("POST", f"{BASE}/contacts/actions/delete", SCOPE, delete),
    Route("GET", f"{BASE}/contacts/analytics/deleterequests", SCOPE, delete_requests),
    Route("POST", f"{BASE}/operations/delete/{{id}}/retry", SCOPE, retry_delete),
    Route("GET", f"{BASE}/contacts/key:{{key}}/preferences", SCOPE, read_preferences),
    Route("POST", f"{BASE}/contacts/preferences", SCOPE, write_preferences),
)
