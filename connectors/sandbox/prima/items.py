"""Items: find, open a service or non-stock item, block and unblock."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from connectors.sandbox.prima import idempotency, records
from connectors.sandbox.prima.call import Call, Reply, Route
from connectors.sandbox.prima.item_key import MATRIX, SEPARATOR, sku_key
from connectors.sandbox.prima.order_shape import KINDS, VARIANT
from connectors.sandbox.prima.preconditions import require_current, tag
from connectors.sandbox.prima.problem import Issue, Refused, invalid, not_found
from connectors.sandbox.prima.records import Record
from connectors.sandbox.prima.shapes import Choice, Findings, Members, Number, Shape, Text

RESOURCE = "items"
OPEN_TO_CREATE = ("service", "non_stock")
STATUSES = ("active", "blocked", "discontinued")
_DESCRIPTIVE: dict[str, Shape] = {
    "gtin": Text("items.gtin"),
    "uom": Text("items.uom"),
    "pack_size": Number(places=3),
    "price": Number(places=4),
    "currency": Text(),
    "status": Choice(STATUSES),
    "blocked_reason": Text("items.description"),
    "season": Text("items.uom"),
    "brand": Text("items.description"),
}
NEW = Members(
    {
        **_DESCRIPTIVE,
        "sku": Text("items.sku", required=True),
        "variant": VARIANT,
        "description": Text("items.description", required=True),
        "kind": Choice(KINDS, required=True),
        "tax_code": Text("items.tax_code"),
    }
)
PATCH = Members(
    {
        "status": Choice(STATUSES),
        "blocked_reason": Text("items.description"),
        "description": Text("items.description"),
    }
)
DEFAULTS: dict[str, Any] = {
    "kind": "stock",
    "tax_code": "",
    "gtin": "",
    "uom": "EA",
    "pack_size": "1",
    "price": None,
    "currency": "GBP",
    "status": "active",
    "blocked_reason": "",
    "season": "",
    "brand": "",
}


def document(body: Mapping[str, Any]) -> Record:
    """A complete item; its id is its sku_key."""
    given = {name: value for name, value in body.items() if value is not None}
    key = sku_key(given)
    variant = {name: (given.get("variant") or {}).get(name) or "" for name in MATRIX}
    return {**DEFAULTS, **given, "variant": variant, "sku_key": key, "id": key}


def read(call: Call) -> Reply:
    with call.prima.store.read() as db:
        item = _item(db, call)
    return Reply(200, item, tag(item))


def create(call: Call) -> Reply:
    body = call.body()
    issues = _issues(body, call)
    if issues:
        raise invalid(issues, "The item")

    def work(db: sqlite3.Connection) -> Reply:
        item = document(body)
        if records.by_code(db, call.at(RESOURCE), item["id"]):
            raise Refused(
                409,
                "duplicate-sku",
                "Another item has this code",
                issues=[Issue("#/sku", "external_ref.duplicate", "Taken.", value=item["id"])],
                members={"existing_id": item["id"]},
            )
        stored = records.put(db, call.at(RESOURCE), item, code=item["id"], now=call.prima.now())
        location = f"/prima/v1/{call.company.name}/{RESOURCE}/{stored['id']}"
        return Reply(201, stored, {"Location": location, **tag(stored)})

    return idempotency.once(call, work)


def update(call: Call) -> Reply:
    body = call.body()
    found = Findings(call.company.capabilities)
    PATCH.check(body, "#", found)
    if found.issues:
        raise invalid(found.issues, "The change")
    with call.prima.store.write() as db:
        item = _item(db, call)
        require_current(call, item)
        given = {name: value for name, value in body.items() if value is not None}
        changed = {**item, **given}
        stored = records.put(db, call.at(RESOURCE), changed, code=item["id"], now=call.prima.now())
    return Reply(200, stored, tag(stored))


def _issues(body: Mapping[str, Any], call: Call) -> list[Issue]:
    found = Findings(call.company.capabilities)
    NEW.check(body, "#", found)
    kind, tax_code, sku = body.get("kind"), body.get("tax_code"), body.get("sku")
    if kind in KINDS and kind not in OPEN_TO_CREATE:
        found.add(
            "#/kind",
            "item.kind_mismatch",
            "Only service and non-stock items are opened from outside.",
            value=str(kind),
            limit=", ".join(OPEN_TO_CREATE),
        )
    if isinstance(tax_code, str) and tax_code and tax_code not in call.company.codes("tax-codes"):
        found.add("#/tax_code", "tax.code_unknown", "There is no such tax code.", value=tax_code)
    if isinstance(sku, str) and SEPARATOR in sku:
        found.add("#/sku", "field.invalid", f"A code cannot contain {SEPARATOR}.", value=sku)
    return found.issues


def _item(db: sqlite3.Connection, call: Call) -> Record:
    item = records.by_code(db, call.at(RESOURCE), call.args["sku"])
    if item is None:
        raise not_found("There is no such item.", "item.not_found")
    return item


ROUTES = (
    Route("POST", "/items", create),
    Route("GET", "/items/<path:sku>", read),
    Route("PATCH", "/items/<path:sku>", update),
)
