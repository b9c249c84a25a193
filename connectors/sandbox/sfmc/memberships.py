"""Which contact is in which journey, and how one is taken out."""

import sqlite3
from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc import journeys, people
from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud, rows
from connectors.sandbox.sfmc.errors import answer, missing, standard
from connectors.sandbox.sfmc.routes import Route

MOST_EXITS = 50
RECEIVED = "Exit request received for processing"
UNDER_WAY = "Exit Request is being Processed."
DONE = "Exit process Completed."
WRONG_NAME = "Exit request Ignored - Invalid Interaction Name."
NOT_INSIDE = "Exit request Ignored - Contact is not in the Interaction."


def find(cloud: Cloud, call: Call) -> Response:
    """POST /interaction/v1/interactions/contactMembership"""
    keys = call.object().get("contactkeylist")
    if not isinstance(keys, list) or not keys:
        raise missing("ContactKeyList")
    found: list[dict[str, Any]] = []
    unknown = []
    with cloud.store.read() as db:
        for key in map(str, keys):
            if people.by_key(db, key) is None:
                unknown.append(key)
            inside = rows(
                db,
                "SELECT DISTINCT journey, version FROM memberships"
                " WHERE contact = ? AND (leaves IS NULL OR leaves > ?)",
                key,
                cloud.seconds(),
            )
            found += [
                {"contactKey": key, "definitionKey": one["journey"], "version": one["version"]}
                for one in inside
            ]
    return answer({"results": {"contactMemberships": found, "contactsNotFound": unknown}})


def take_out(cloud: Cloud, call: Call) -> Response:
    """POST …/contactexit: always 202, with the requests that were passed over."""
    errors = []
    with cloud.store.write() as db:
        for contact, key, versions in _asked(call):
            if journeys.newest(db, key) is None:
                errors.append(_shown(contact, key, _ignored(versions)))
                continue
            now = cloud.seconds()
            for one in _inside(db, contact, key, versions):
                db.execute(
                    "UPDATE memberships SET exit_asked = ?, leaves = ?"
                    " WHERE id = ? AND leaves IS NULL",
                    (now, now + cloud.async_seconds, one["id"]),
                )
    return answer({"errors": errors}, 202)


def exit_status(cloud: Cloud, call: Call) -> Response:
    """POST …/contactexit/status: the same body, a list of how far each is."""
    found = []
    with cloud.store.read() as db:
        for contact, key, versions in _asked(call):
            if journeys.newest(db, key) is None:
                found.append(_shown(contact, key, _ignored(versions)))
                continue
            inside = _inside(db, contact, key, versions)
            states = [_state(cloud, one) for one in inside if one["exit_asked"] is not None]
            version = versions[0] if versions else 1
            found.append(
                _shown(contact, key, states or [{"version": version, "message": NOT_INSIDE}])
            )
    return answer(found)


def _asked(call: Call) -> list[tuple[str, str, list[int]]]:
    body = call.array()
    if not 0 < len(body) <= MOST_EXITS:
        raise standard(f"The request must have 1 to {MOST_EXITS} contacts.", 10006)
    asked = []
    for entry in body:
        given = entry if isinstance(entry, dict) else {}
        fields = {str(name).lower(): value for name, value in given.items()}
        for name, shown in (("contactkey", "ContactKey"), ("definitionkey", "DefinitionKey")):
            if not fields.get(name):
                raise missing(shown)
        versions = fields.get("versions") or []
        if not isinstance(versions, list) or not all(isinstance(one, int) for one in versions):
            raise standard("Versions must be a list of whole numbers.", 10000)
        asked.append((str(fields["contactkey"]), str(fields["definitionkey"]), versions))
    return asked


def _inside(
    db: sqlite3.Connection, contact: str, key: str, versions: list[int]
) -> list[sqlite3.Row]:
    found = rows(db, "SELECT * FROM memberships WHERE contact = ? AND journey = ?", contact, key)
    return [one for one in found if not versions or one["version"] in versions]


def _state(cloud: Cloud, membership: sqlite3.Row) -> dict[str, Any]:
    asked, leaves, now = membership["exit_asked"], membership["leaves"], cloud.seconds()
    begun = RECEIVED if now < (asked + leaves) / 2 else UNDER_WAY
    return {
        "version": membership["version"],
        "message": DONE if now >= leaves else begun,
        "definitionInstanceId": membership["id"],
    }


def _ignored(versions: list[int]) -> list[dict[str, Any]]:
    return [{"version": version, "message": WRONG_NAME} for version in versions or [1]]


def _shown(contact: str, key: str, status: list[dict[str, Any]]) -> dict[str, Any]:
    return {"contactKey": contact, "definitionKey": key, "status": status}


BASE = "interaction/v1/interactions"
ROUTES = (
    Route("POST", f"{BASE}/contactmembership", "journeys_read", find),
    Route("POST", f"{BASE}/contactexit", "journeys_execute", take_out),
    Route("POST", f"{BASE}/contactexit/status", "journeys_execute", exit_status),
)
