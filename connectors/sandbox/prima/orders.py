"""Sales orders: check, place, find, cancel, hold, release."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from connectors.sandbox.prima import idempotency, order_book, records
from connectors.sandbox.prima.call import Call, Reply, Route
from connectors.sandbox.prima.idempotency import content_hash, fingerprint
from connectors.sandbox.prima.order_book import RESOURCE
from connectors.sandbox.prima.order_checks.verdict import Verdict, judge
from connectors.sandbox.prima.order_shape import reference_of
from connectors.sandbox.prima.problem import Issue, Refused, invalid, not_found
from connectors.sandbox.prima.records import Record
from connectors.sandbox.prima.shapes import Findings, Members, Text

ACTION = Members({"reason": Text("sales_orders.hold.reason")})


def validate(call: Call) -> Reply:
    """All checks, no effect; answers the order as it would be priced."""
    body = call.body()
    with call.prima.store.read() as db:
        verdict = judge(db, call.company, body)
        ref = reference_of(body)
        taken = records.by_external(db, call.at(RESOURCE), *ref) if ref else None
    errors = list(verdict.errors)
    if taken and taken["content_hash"] != content_hash(body):
        number = taken["order_number"]
        errors.append(
            Issue(
                "#/external_ref",
                "external_ref.duplicate",
                f"Order {number} has this reference and other contents.",
                actual=number,
            )
        )
    if errors:
        raise invalid((*errors, *verdict.warnings), "The order")
    priced = {**body, "totals": verdict.totals(), "order_status": verdict.order_status}
    return Reply(200, {"order": priced, "warnings": _warnings(verdict)})


def place(call: Call) -> Reply:
    """Book the order, once for ever for each external reference."""
    body = call.body()
    own_hash, key = content_hash(body), idempotency.key_of(call)
    with idempotency.running(call, key), call.prima.store.write() as db:
        earlier = _booked_before(db, call, body, own_hash)
        if earlier:
            return earlier
        mark = (key, fingerprint(call, body))
        idempotency.recall(db, call, *mark)
        verdict = judge(db, call.company, body)
        if verdict.errors:
            raise invalid((*verdict.errors, *verdict.warnings), "The order")
        order = _book(db, call, verdict, own_hash)
        # The reference finds the order again: the key only needs to be known as used.
        idempotency.keep(db, call, mark, Reply(200, None))
    order["warnings"] = _warnings(verdict)
    location = f"/prima/v1/{call.company.name}/{RESOURCE}/{order['id']}"
    return Reply(201, order, {"Location": location, "ETag": f'"{order["version"]}"'})


def _booked_before(
    db: sqlite3.Connection, call: Call, body: Mapping[str, Any], own_hash: str
) -> Reply | None:
    ref = reference_of(dict(body))
    order = records.by_external(db, call.at(RESOURCE), *ref) if ref else None
    if order is None:
        return None
    if order["content_hash"] == own_hash:
        return Reply(200, order, idempotency.REPLAYED)
    number = order["order_number"]
    raise Refused(
        409,
        "duplicate-external-ref",
        "Another order has this reference",
        f"Order {number} has the reference with other contents.",
        [Issue("#/external_ref", "external_ref.duplicate", f"Taken by {number}.", actual=number)],
        {
            "existing_order_number": number,
            "existing_id": order["id"],
            "existing_content_hash": order["content_hash"],
            "content_hash": own_hash,
        },
    )


def _book(db: sqlite3.Connection, call: Call, verdict: Verdict, own_hash: str) -> Record:
    now = call.prima.now()
    number = order_book.next_number(db, call.company)
    order = order_book.document(call.company, verdict.draft.body, number, own_hash, now)
    customer = verdict.ground.customer
    if customer:
        order["customer"] = {"account_code": customer["account_code"], "id": customer["id"]}
    order["totals"] = verdict.totals()
    order["order_status"] = verdict.order_status
    order["raw_status"] = order_book.raw_status(call.company, verdict.order_status)
    order["payment_status"] = "paid" if verdict.draft.payments else "none"
    return order_book.enter(db, call.company, order, now)


def read(call: Call) -> Reply:
    with call.prima.store.read() as db:
        return _shown(_order(db, call))


def by_external(call: Call) -> Reply:
    with call.prima.store.read() as db:
        order = records.by_external(db, call.at(RESOURCE), call.args["system"], call.args["ref"])
    if order is None:
        raise not_found("No order has this reference.")
    return _shown(order)


def by_number(call: Call) -> Reply:
    with call.prima.store.read() as db:
        order = records.by_code(db, call.at(RESOURCE), call.args["number"])
    if order is None:
        raise not_found("No order has this number.")
    return _shown(order)


def cancel(call: Call) -> Reply:
    def change(order: Record, reason: str) -> dict[str, Any]:
        if order["fulfilment_status"] != "none" or order["invoice_status"] != "none":
            raise _not_now(order, "It is being delivered or invoiced.")
        if order["order_status"] in ("completed", "rejected"):
            raise _not_now(order, f"It is {order['order_status']}.")
        lines = [{**line, "cancelled_qty": line["quantity"]} for line in order["lines"]]
        return {"order_status": "cancelled", "cancel_reason": reason, "lines": lines}

    return _act(call, change, done="cancelled")


def hold(call: Call) -> Reply:
    def change(order: Record, reason: str) -> dict[str, Any]:
        if order["order_status"] not in ("received", "accepted"):
            raise _not_now(order, f"It is {order['order_status']}.")
        return {"order_status": "on_hold", "hold": {"on": True, "reason": reason}}

    return _act(call, change, done="on_hold")


def release(call: Call) -> Reply:
    def change(order: Record, reason: str) -> dict[str, Any]:
        if order["order_status"] != "on_hold":
            raise _not_now(order, f"It is {order['order_status']}.")
        return {"order_status": "accepted", "hold": {"on": False, "reason": reason}}

    return _act(call, change, done="accepted")


def _act(call: Call, change: Any, *, done: str) -> Reply:
    """Apply `change` once; an order that is already `done` stays as it is."""
    body = call.body()
    found = Findings(call.company.capabilities)
    ACTION.check(body, "#", found)
    if found.issues:
        raise invalid(found.issues)

    def work(db: sqlite3.Connection) -> Reply:
        order = _order(db, call)
        if order["order_status"] == done:
            return _shown(order)
        changes = change(order, body.get("reason") or "")
        return _shown(order_book.change(db, call.company, order, changes, call.prima.now()))

    return idempotency.once(call, work)


def _order(db: sqlite3.Connection, call: Call) -> Record:
    order = records.by_id(db, call.at(RESOURCE), call.args["id"])
    if order is None:
        raise not_found("There is no such order.")
    return order


def _not_now(order: Record, why: str) -> Refused:
    return Refused(
        409,
        "order-state-conflict",
        f"Order {order['order_number']} cannot be changed like this",
        why,
        [Issue("#", "upstream.rejected", why, actual=order["order_status"])],
        {"order_number": order["order_number"], "order_status": order["order_status"]},
    )


def _shown(order: Record) -> Reply:
    return Reply(200, order, {"ETag": f'"{order["version"]}"'})


def _warnings(verdict: Verdict) -> list[dict[str, str]]:
    return [warning.as_json() for warning in verdict.warnings]


ROUTES = (
    Route("POST", f"/{RESOURCE}:validate", validate),
    Route("POST", f"/{RESOURCE}", place),
    Route("GET", f"/{RESOURCE}/by-external/<system>/<path:ref>", by_external),
    Route("GET", f"/{RESOURCE}/by-number/<number>", by_number),
    Route("GET", f"/{RESOURCE}/<id>", read),
    Route("POST", f"/{RESOURCE}/<id>:cancel", cancel),
    Route("POST", f"/{RESOURCE}/<id>:hold", hold),
    Route("POST", f"/{RESOURCE}/<id>:release", release),
)
