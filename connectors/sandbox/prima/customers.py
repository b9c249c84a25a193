"""Customer accounts: find, open, change, merge."""

import hashlib
import sqlite3
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from connectors.sandbox.prima import idempotency, matching, records
from connectors.sandbox.prima.call import Call, Reply, Route
from connectors.sandbox.prima.customer_shape import DEFAULTS, NEW, PATCH, issues_of
from connectors.sandbox.prima.preconditions import require_current, tag
from connectors.sandbox.prima.problem import Issue, Refused, invalid, not_found
from connectors.sandbox.prima.records import Record
from connectors.sandbox.prima.shapes import Findings, Members, Text

RESOURCE = "customers"
_MERGE = Members({"into": Text(required=True)})


def document(body: Mapping[str, Any]) -> Record:
    """A complete account from what was sent: defaults, ids and fingerprints filled in."""
    given = {name: value for name, value in body.items() if value is not None}
    customer = {**DEFAULTS, **given}
    customer.setdefault("id", str(uuid4()))
    customer["addresses"] = [_address(each) for each in customer["addresses"]]
    customer["contacts"] = [{"id": str(uuid4()), **each} for each in customer["contacts"]]
    return customer


def store(db: sqlite3.Connection, call: Call, customer: Record) -> Record:
    """Write the account and everything it is found by."""
    where = call.at(RESOURCE)
    stored = records.put(db, where, customer, code=customer["account_code"], now=call.prima.now())
    db.execute(
        "DELETE FROM external_keys WHERE company = ? AND resource = ? AND id = ?",
        (*where, customer["id"]),
    )
    _link(db, call, customer)
    matching.reindex(db, call.company.name, customer)
    return stored


def read(call: Call) -> Reply:
    with call.prima.store.read() as db:
        return _shown(_customer(db, call))


def by_account(call: Call) -> Reply:
    with call.prima.store.read() as db:
        customer = records.by_code(db, call.at(RESOURCE), call.args["code"])
    return _found(customer)


def by_external(call: Call) -> Reply:
    with call.prima.store.read() as db:
        customer = records.by_external(db, call.at(RESOURCE), call.args["system"], call.args["key"])
    return _found(customer)


def create(call: Call) -> Reply:
    body = call.body()
    issues = issues_of(body, NEW, call.company)
    if issues:
        raise invalid(issues, "The account")

    def work(db: sqlite3.Connection) -> Reply:
        customer = document(body)
        customer["account_code"] = body.get("account_code") or _next_code(db, call)
        taken = records.by_code(db, call.at(RESOURCE), customer["account_code"])
        if taken:
            raise _duplicate("account-code", "#/account_code", taken)
        stored = store(db, call, customer)
        location = f"/prima/v1/{call.company.name}/{RESOURCE}/{stored['id']}"
        return Reply(201, stored, {"Location": location, **tag(stored)})

    return idempotency.once(call, work)


def update(call: Call) -> Reply:
    body = call.body()
    with call.prima.store.write() as db:
        customer = _customer(db, call)
        require_current(call, customer)
        issues = issues_of(body, PATCH, call.company)
        if customer["status"] == "merged":
            into = customer["merged_into"]
            issues.append(Issue("#", "customer.not_found", "It was merged.", suggestion=into))
        if issues:
            raise invalid(issues, "The change")
        cleared = {name: DEFAULTS.get(name) for name, value in body.items() if value is None}
        changed = document({**customer, **body, **cleared})
        return _shown(store(db, call, changed))


def merge(call: Call) -> Reply:
    """The account becomes an alias of another: its external keys lead there from now on."""
    body = call.body()
    found = Findings(call.company.capabilities)
    _MERGE.check(body, "#", found)
    if found.issues:
        raise invalid(found.issues)

    def work(db: sqlite3.Connection) -> Reply:
        customer, into = _customer(db, call), _named(db, call, body["into"])
        if into is None or into["status"] == "merged" or into["id"] == customer["id"]:
            raise invalid([Issue("#/into", "customer.not_found", "No account to merge into.")])
        if customer["status"] == "merged":
            raise invalid([Issue("#", "customer.not_found", "It was merged before.")])
        if customer["is_pool"] or into["is_pool"]:
            raise invalid([Issue("#", "customer.pool_account", "Cash accounts are not merged.")])
        keys = [*into["external_keys"], *customer["external_keys"]]
        merged = {"status": "merged", "merged_into": into["account_code"], "external_keys": []}
        store(db, call, {**customer, **merged})
        return _shown(store(db, call, {**into, "external_keys": keys}))

    return idempotency.once(call, work)


def _link(db: sqlite3.Connection, call: Call, customer: Record) -> None:
    where = call.at(RESOURCE)
    for place, key in enumerate(customer["external_keys"]):
        other = records.by_external(db, where, key["system"], key["key"])
        if other and other["id"] != customer["id"]:
            raise _duplicate("external-key", f"#/external_keys/{place}", other)
    unique = {(key["system"], key["key"]): key for key in customer["external_keys"]}
    records.link(db, where, unique.values(), customer["id"])


def _duplicate(what: str, pointer: str, other: Record) -> Refused:
    code = other["account_code"]
    return Refused(
        409,
        f"duplicate-{what}",
        f"Another account has this {what.replace('-', ' ')}",
        f"It belongs to account {code}.",
        [Issue(pointer, "external_ref.duplicate", f"Taken by account {code}.", actual=code)],
        {"existing_account_code": code, "existing_id": other["id"]},
    )


def _address(address: Mapping[str, Any]) -> dict[str, Any]:
    filled = {"id": str(uuid4()), "role": "both", "is_default": False, **address}
    names = ("lines", "city", "county", "postcode", "country")
    words = [str(filled.get(name) or "").casefold() for name in names]
    filled["fingerprint"] = hashlib.sha256("|".join(words).encode()).hexdigest()[:16]
    return filled


def _next_code(db: sqlite3.Connection, call: Call) -> str:
    while True:
        code = f"C{records.counted(db, call.company.name, RESOURCE):06d}"
        if records.by_code(db, call.at(RESOURCE), code) is None:
            return code


def _named(db: sqlite3.Connection, call: Call, name: str) -> Record | None:
    where = call.at(RESOURCE)
    return records.by_code(db, where, name) or records.by_id(db, where, name)


def _customer(db: sqlite3.Connection, call: Call) -> Record:
    customer = records.by_id(db, call.at(RESOURCE), call.args["id"])
    if customer is None:
        raise not_found("There is no such account.", "customer.not_found")
    return customer


def _found(customer: Record | None) -> Reply:
    if customer is None:
        raise not_found("There is no such account.", "customer.not_found")
    return _shown(customer)


def _shown(customer: Record) -> Reply:
    return Reply(200, customer, tag(customer))


ROUTES = (
    Route("POST", "/customers", create),
    Route("GET", "/customers/by-account/<path:code>", by_account),
    Route("GET", "/customers/by-external/<system>/<path:key>", by_external),
    Route("GET", "/customers/<id>", read),
    Route("PATCH", "/customers/<id>", update),
    Route("POST", "/customers/<id>/merge", merge),
)
