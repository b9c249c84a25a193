"""Marketing permission: events are only added; the state of each channel and purpose follows.

An opt-out or objection applies on arrival unless an evidenced opt-in is later than it. An opt-in
applies only with evidence (method, wording version, evidence reference) and when it is later than
the state it would change. What does not apply is kept as an event all the same.

A state carries the latest restriction of each kind that was ever told, whether it acts or not: a
state alone would hide a no behind a yes that came after it.
"""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.sandbox.prima import idempotency, records
from connectors.sandbox.prima.call import Call, Reply, Route
from connectors.sandbox.prima.customer_shape import EXTERNAL_KEY
from connectors.sandbox.prima.installation import Company
from connectors.sandbox.prima.problem import Issue, Refused, invalid, not_found
from connectors.sandbox.prima.records import Record
from connectors.sandbox.prima.shapes import Choice, Findings, Members, Text, Time

RESOURCE, EVENTS = "consents", "consent-events"
CHANNELS = ("email", "sms", "phone", "mobile", "post", "third_party")
STATES = {
    "opt_in": "opted_in",
    "opt_out": "opted_out",
    "objection": "objected",
    "expire": "expired",
    "bounce": "bounced",
}
_LONG = "sales_orders.notes.text"
EVENT = Members(
    {
        "event_id": Text("customers.external_keys.key", required=True),
        "subject": Members(
            {
                "account_code": Text("customers.account_code"),
                "external_key": EXTERNAL_KEY,
                "email": Text("customers.email", personal=True),
            },
            required=True,
        ),
        "channel": Choice(CHANNELS, required=True),
        "purpose": Text("customers.external_keys.key"),
        "action": Choice(tuple(STATES), required=True),
        "occurred_at": Time("time", required=True),
        "recorded_at": Time("time"),
        "source": Text("customers.external_keys.key"),
        "method": Text("customers.external_keys.key"),
        "wording_version": Text("customers.external_keys.key"),
        "evidence_ref": Text(_LONG),
        "actor": Text("customers.external_keys.key"),
    }
)
_EVIDENCE = ("method", "wording_version", "evidence_ref")


def add(call: Call) -> Reply:
    body = call.body()
    found = Findings(call.company.capabilities)
    EVENT.check(body, "#", found)
    if found.issues:
        raise invalid(found.issues, "The event")
    print_ = idempotency.content_hash(body)
    with call.prima.store.write() as db:
        earlier = records.by_id(db, call.at(EVENTS), body["event_id"])
        if earlier:
            return _again(earlier, print_)
        event = record(db, call.company, body, call.prima.now())
    return Reply(201, event)


def record(db: sqlite3.Connection, company: Company, body: Mapping[str, Any], now: str) -> Record:
    """Keep the event and let it act. Refused when nobody is meant."""
    subject, account = _subject(db, company, body["subject"])
    purpose = body.get("purpose") or "marketing"
    state_id = f"{subject}|{body['channel']}|{purpose}"
    current = records.by_id(db, company.at(RESOURCE), state_id)
    reason = _why_not(current, body)
    event = {
        **body,
        "id": body["event_id"],
        "purpose": purpose,
        "account_code": account,
        "recorded_at": body.get("recorded_at") or now,
        "applied": not reason,
        "reason": reason,
        "content_hash": idempotency.content_hash(body),
    }
    stored = records.put(db, company.at(EVENTS), event, code=None, now=now)
    if not reason or body["action"] != "opt_in":
        state = {
            **(current if reason and current else _state(state_id, account, event)),
            "restrictions": _restrictions(current, body),
        }
        records.put(db, company.at(RESOURCE), state, code=None, now=now)
    return stored


def _state(state_id: str, account: str | None, event: Mapping[str, Any]) -> Record:
    return {
        "id": state_id,
        "account_code": account,
        "email": event["subject"].get("email"),
        "channel": event["channel"],
        "purpose": event["purpose"],
        "state": STATES[event["action"]],
        "since": event["occurred_at"],
        "source": event.get("source") or "",
        "event_id": event["event_id"],
        **{name: event.get(name) or "" for name in (*_EVIDENCE, "actor")},
    }


def _restrictions(current: Record | None, body: Mapping[str, Any]) -> list[Record]:
    """The latest of each kind, this one counted."""
    latest = {one["state"]: one for one in (current or {}).get("restrictions", ())}
    if body["action"] != "opt_in":
        told = {
            "state": STATES[body["action"]],
            "since": body["occurred_at"],
            "event_id": body["event_id"],
            "source": body.get("source") or "",
            "actor": body.get("actor") or "",
        }
        known = latest.get(told["state"])
        if known is None or _moment(known["since"]) <= _moment(told["since"]):
            latest[told["state"]] = told
    return [latest[state] for state in sorted(latest)]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def by_account(call: Call) -> Reply:
    with call.prima.store.read() as db:
        if records.by_code(db, call.at("customers"), call.args["code"]) is None:
            raise not_found("There is no such account.", "customer.not_found")
        rows = db.execute(
            "SELECT data, version FROM records WHERE company = ? AND resource = ?"
            " AND id >= ? AND id < ? AND deleted = 0 ORDER BY id",
            (*call.at(RESOURCE), f"{call.args['code']}|", f"{call.args['code']}}}"),
        ).fetchall()
    return Reply(200, {"items": [records.loaded(row) for row in rows]})


def _again(earlier: Record, print_: str) -> Reply:
    if earlier["content_hash"] == print_:
        return Reply(200, earlier, idempotency.REPLAYED)
    raise Refused(
        409,
        "duplicate-event",
        "Another event has this id",
        "The event is kept with other contents.",
        [Issue("#/event_id", "external_ref.duplicate", "Taken.", value=earlier["id"])],
        {"existing_content_hash": earlier["content_hash"], "content_hash": print_},
    )


def _subject(
    db: sqlite3.Connection, company: Company, subject: Mapping[str, Any]
) -> tuple[str, str | None]:
    """(what the state is kept under, the account if there is one)."""
    where, external = company.at("customers"), subject.get("external_key")
    if code := subject.get("account_code"):
        customer = records.by_code(db, where, code)
    elif external:
        customer = records.by_external(db, where, external["system"], external["key"])
    elif email := subject.get("email"):
        return f"email:{email.strip().lower()}", None
    else:
        raise invalid([Issue("#/subject", "field.required", "Nobody is named.")], "The event")
    if customer is None:
        reason = "Prima has no such account."
        raise invalid([Issue("#/subject", "customer.not_found", reason)], "The event")
    return customer["account_code"], customer["account_code"]


def _why_not(current: Record | None, body: Mapping[str, Any]) -> str:
    """Why the event changes nothing; empty when it does."""
    happened = _moment(body["occurred_at"])
    since = _moment(current["since"]) if current else None
    if body["action"] == "opt_in":
        if not all(body.get(name) for name in _EVIDENCE):
            return "An opt-in needs its method, wording version and evidence."
        if since and happened <= since:
            return "A state that is as recent stands against it."
    elif since and current and current["state"] == "opted_in" and happened < since:
        return "The person opted in later, with evidence."
    return ""


ROUTES = (
    Route("POST", "/consent-events", add),
    Route("GET", "/consents/by-account/<path:code>", by_account),
)
