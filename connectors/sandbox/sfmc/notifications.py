"""The Event Notification Service: callbacks that prove they live, and subscriptions to events."""

import base64
import json
import secrets
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from werkzeug.wrappers import Response

from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud, new_id, number, row, rows
from connectors.sandbox.sfmc.errors import Refused, answer, missing, not_found, standard
from connectors.sandbox.sfmc.routes import Route

LIVENESS_SECONDS = 30
VERIFY_SECONDS = 4 * 3600
SMALLEST_BATCH, LARGEST_BATCH = 100, 1000
MOST_SUBSCRIPTIONS = 200
EVENT_TYPES = frozenset(
    {
        *(
            f"TransactionalSendEvents.{name}"
            for name in (
                "EmailSent",
                "EmailNotSent",
                "EmailBounced",
                "SmsSent",
                "SmsNotSent",
                "SmsTransient",
                "SmsBounced",
                "SmsDelivered",
            )
        ),
        "EngagementEvents.EmailOpen",
        "EngagementEvents.EmailClick",
        "EngagementEvents.EmailUnsubscribe",
        "SendEvents.AutomationInstanceStarted",
        "SendEvents.AutomationInstanceErrored",
    }
)
UNCHANGED = Refused(304, "")


def create_callbacks(cloud: Cloud, call: Call) -> Response:
    """POST /platform/v1/ens-callbacks: an array; every URL must answer while we wait."""
    made = []
    for wanted in _objects(call):
        name, url = _text(wanted, "callbackName"), _checked_url(_text(wanted, "url"))
        batch = _batch(wanted.get("maxBatchSize", LARGEST_BATCH))
        with cloud.store.read() as db:
            if row(db, "SELECT 1 FROM callbacks WHERE url = ? OR name = ?", url, name):
                raise UNCHANGED
        number_of, verification = new_id(), secrets.token_urlsafe(24)
        _probe(url, {"callbackId": number_of, "verificationKey": verification})
        signature_key = base64.b64encode(secrets.token_bytes(48)).decode()
        with cloud.store.write() as db:
            db.execute(
                "INSERT INTO callbacks (id,name,url,batch,signature_key,verification_key,"
                "verify_by,status) VALUES (?,?,?,?,?,?,?,'unverified')",
                (
                    number_of,
                    name,
                    url,
                    batch,
                    signature_key,
                    verification,
                    cloud.seconds() + VERIFY_SECONDS,
                ),
            )
        made.append(
            {
                "callbackName": name,
                "callbackId": number_of,
                "url": url,
                "signatureKey": signature_key,
                "maxBatchSize": batch,
            }
        )
    return answer(made, 201)


def verify(cloud: Cloud, call: Call) -> Response:
    """POST /platform/v1/ens-verify: the very object that was posted to the callback, once."""
    body = call.object()
    with cloud.store.write() as db:
        found = row(
            db,
            "SELECT * FROM callbacks WHERE id = ? AND verification_key = ? AND verify_by > ?",
            str(body.get("callbackid")),
            str(body.get("verificationkey")),
            cloud.seconds(),
        )
        if found is None:
            raise not_found("The callback or its verification key was not found.")
        db.execute(
            "UPDATE callbacks SET status='verified', verification_key=NULL WHERE id=?",
            (found["id"],),
        )
    return answer({})


def regenerate(cloud: Cloud, call: Call) -> Response:
    """PUT /platform/v1/ens-regenerate: a new signature key."""
    body = call.json()
    wanted = body[0] if isinstance(body, list) and body else body
    if not isinstance(wanted, dict):
        raise missing("callbackId")
    key = base64.b64encode(secrets.token_bytes(48)).decode()
    with cloud.store.write() as db:
        found = _callback(db, _text(wanted, "callbackId"))
        db.execute("UPDATE callbacks SET signature_key=? WHERE id=?", (key, found["id"]))
    return answer({"callbackId": found["id"], "signatureKey": key})


def list_callbacks(cloud: Cloud, call: Call) -> Response:
    with cloud.store.read() as db:
        return answer([_callback_json(one) for one in rows(db, "SELECT * FROM callbacks")])


def read_callback(cloud: Cloud, call: Call) -> Response:
    with cloud.store.read() as db:
        return answer(_callback_json(_callback(db, call.names["id"])))


def update_callbacks(cloud: Cloud, call: Call) -> Response:
    changed = []
    with cloud.store.write() as db:
        for wanted in _objects(call):
            found = _callback(db, _text(wanted, "callbackId"))
            db.execute(
                "UPDATE callbacks SET name=?, batch=? WHERE id=?",
                (
                    str(wanted.get("callbackName") or found["name"]),
                    _batch(wanted.get("maxBatchSize", found["batch"])),
                    found["id"],
                ),
            )
            changed.append(_callback_json(_callback(db, found["id"])))
    return answer(changed)


def delete_callback(cloud: Cloud, call: Call) -> Response:
    with cloud.store.write() as db:
        found = _callback(db, call.names["id"])
        if number(db, "SELECT count(*) FROM subscriptions WHERE callback=?", found["id"]):
            raise standard("The callback still has subscriptions.", 30003, 409)
        db.execute("DELETE FROM callbacks WHERE id = ?", (found["id"],))
        db.execute("DELETE FROM notifications WHERE callback = ?", (found["id"],))
    return answer({})


def create_subscriptions(cloud: Cloud, call: Call) -> Response:
    """POST /platform/v1/ens-subscriptions: an array; the callback must be verified."""
    made = []
    with cloud.store.write() as db:
        for wanted in _objects(call):
            callback = _callback(db, _text(wanted, "callbackId"))
            if callback["status"] != "verified":
                raise standard("The callback is not verified.", 30003)
            name, types, filters = _subscription(wanted)
            if row(db, "SELECT 1 FROM subscriptions WHERE name = ?", name):
                raise UNCHANGED
            held = number(db, "SELECT count(*) FROM subscriptions WHERE callback=?", callback["id"])
            if held >= MOST_SUBSCRIPTIONS:
                raise standard(f"A callback has {MOST_SUBSCRIPTIONS} subscriptions at most.", 30003)
            subscription = new_id()
            db.execute(
                "INSERT INTO subscriptions VALUES (?,?,?,?,?,'active')",
                (subscription, callback["id"], name, json.dumps(types), json.dumps(filters)),
            )
            made.append(_subscription_json(db, subscription))
    return answer(made, 201)


def read_subscription(cloud: Cloud, call: Call) -> Response:
    with cloud.store.read() as db:
        return answer(_subscription_json(db, call.names["id"]))


def subscriptions_of(cloud: Cloud, call: Call) -> Response:
    with cloud.store.read() as db:
        callback = _callback(db, call.names["id"])
        found = rows(db, "SELECT id FROM subscriptions WHERE callback = ?", callback["id"])
        return answer([_subscription_json(db, one["id"]) for one in found])


def update_subscriptions(cloud: Cloud, call: Call) -> Response:
    """PUT: what is named changes. A paused subscription loses its events for good."""
    changed = []
    with cloud.store.write() as db:
        for wanted in _objects(call):
            known = _subscription_json(db, _text(wanted, "subscriptionId"))
            name, types, filters = _subscription({**known, **wanted})
            status = str(wanted.get("status") or known["status"])
            if status not in {"active", "paused"}:
                raise standard("status must be active or paused.", 10006)
            db.execute(
                "UPDATE subscriptions SET name=?, types=?, filters=?, status=? WHERE id=?",
                (name, json.dumps(types), json.dumps(filters), status, known["subscriptionId"]),
            )
            changed.append(_subscription_json(db, known["subscriptionId"]))
    return answer(changed)


def delete_subscription(cloud: Cloud, call: Call) -> Response:
    with cloud.store.write() as db:
        known = _subscription_json(db, call.names["id"])
        db.execute("DELETE FROM subscriptions WHERE id = ?", (known["subscriptionId"],))
    return answer({})


def _probe(url: str, verification: dict[str, str]) -> None:
    """The callback gets its verification object, unsigned, and must say 200."""
    try:
        reply = requests.post(url, json=verification, timeout=LIVENESS_SECONDS)
        found = f"status {reply.status_code}"
        alive = reply.status_code == 200
    except requests.RequestException as problem:
        alive, found = False, type(problem).__name__
    if not alive:
        raise standard(
            f"MCMS_UWH_Runtime_GeneralFailure_probeCallbackLiveness: {url} gave {found}", 30003
        )


def _checked_url(url: str) -> str:
    """The service itself takes HTTPS without a port only; a local sandbox must take both."""
    try:
        parts = urlsplit(url)
    except ValueError as problem:
        raise standard("The url cannot be read.", 10006) from problem
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise standard("The url must be absolute and have no query string.", 10006)
    return url


def _batch(wanted: Any) -> int:
    if not isinstance(wanted, int) or not SMALLEST_BATCH <= wanted <= LARGEST_BATCH:
        raise standard(f"maxBatchSize must be {SMALLEST_BATCH} to {LARGEST_BATCH}.", 10006)
    return wanted


def _subscription(wanted: dict[str, Any]) -> tuple[str, list[str], list[str]]:
    types, filters = wanted.get("eventCategoryTypes"), wanted.get("filters") or []
    if not isinstance(types, list) or not types or not isinstance(filters, list):
        raise missing("eventCategoryTypes")
    unknown = sorted(set(map(str, types)) - EVENT_TYPES)
    if unknown:
        raise standard(f"Unknown eventCategoryTypes: {', '.join(unknown)}.", 10006)
    return _text(wanted, "subscriptionName"), [str(one) for one in types], [str(f) for f in filters]


def _objects(call: Call) -> list[dict[str, Any]]:
    found = call.array()
    if not found or not all(isinstance(one, dict) for one in found):
        raise standard("The request body must be an array of objects.", 10006)
    return found


def _text(wanted: dict[str, Any], name: str) -> str:
    if not wanted.get(name):
        raise missing(name)
    return str(wanted[name])


def _callback(db: sqlite3.Connection, wanted: str) -> sqlite3.Row:
    found = row(db, "SELECT * FROM callbacks WHERE id = ?", wanted.lower())
    if found is None:
        raise not_found("The callback was not found.")
    return found


def _callback_json(found: sqlite3.Row) -> dict[str, Any]:
    return {
        "callbackId": found["id"],
        "callbackName": found["name"],
        "url": found["url"],
        "maxBatchSize": found["batch"],
        "status": found["status"],
        "statusReason": found["reason"] or "",
    }


def _subscription_json(db: sqlite3.Connection, wanted: str) -> dict[str, Any]:
    found = row(
        db,
        "SELECT s.*, c.name AS callback_name FROM subscriptions s"
        " JOIN callbacks c ON c.id = s.callback WHERE s.id = ?",
        wanted.lower(),
    )
    if found is None:
        raise not_found("The subscription was not found.")
    return {
        "subscriptionId": found["id"],
        "subscriptionName": found["name"],
        "callbackId": found["callback"],
        "callbackName": found["callback_name"],
        "eventCategoryTypes": json.loads(found["types"]),
        "filters": json.loads(found["filters"]),
        "status": found["status"],
        "statusReason": "",
    }


def _routes(
    noun: str, base: str, made: tuple[tuple[str, str, str, Callable[[Cloud, Call], Response]], ...]
) -> tuple[Route, ...]:
    scope = f"event_notification_{noun}"
    return tuple(
        Route(method, f"platform/v1/{base}{tail}", f"{scope}_{verb}", function)
        for method, tail, verb, function in made
    )


ROUTES = (
    *_routes(
        "callback",
        "ens-callbacks",
        (
            ("POST", "", "create", create_callbacks),
            ("GET", "", "read", list_callbacks),
            ("PUT", "", "update", update_callbacks),
            ("GET", "/{id}", "read", read_callback),
            ("DELETE", "/{id}", "delete", delete_callback),
        ),
    ),
    *_routes(
        "subscription",
        "ens-subscriptions",
        (
            ("POST", "", "create", create_subscriptions),
            ("PUT", "", "update", update_subscriptions),
            ("GET", "/{id}", "read", read_subscription),
            ("DELETE", "/{id}", "delete", delete_subscription),
        ),
    ),
    *_routes("callback", "ens-verify", (("POST", "", "update", verify),)),
    *_routes("callback", "ens-regenerate", (("PUT", "", "update", regenerate),)),
    *_routes(
        "subscription", "ens-subscriptions-by-cb", (("GET", "/{id}", "read", subscriptions_of),)
    ),
)
