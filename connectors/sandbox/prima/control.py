"""What goes on inside Prima, at the word of a test or a trainer: `/prima/__control__/…`.

`?company=` names the company, else the first. No sign-in. Bodies are JSON objects, all optional:

    GET    orders                          every order, and the e-mail of each account
    POST   orders                          enter an order without checks
    POST   orders/steps                    many of the next in one go:
                                           {"steps": [{"number": …, "do": "invoice", "with": {…}}]}
    POST   orders/{number}/allocate|despatch|deliver|invoice|credit|pay|refund
                                           {"lines": [{line_ref, quantity}], "overrides": {…}, …}
    POST   orders/{number}/cancel          whatever its state
    POST   orders/{number}/status          any of the four states: {"order_status": "rejected"}
    POST   orders/advance                  {"limit": 100}: each open order one step further
    POST   customers                       as in a scenario
    PATCH  customers/{account_code}        any member: hold, vat_number, email, balance …
    DELETE customers/{account_code}        leaves a tombstone
    POST   items · PATCH items/{sku_key} · DELETE items/{sku_key}
    PUT    availability/{sku_key}          {"free_stock": "12"}
    PUT    codes/{list}/{code}             members of a code; the lists by their REST names
    DELETE codes/{list}/{code}
    POST   consents                        an event, as posted to /consent-events
    POST   cursors/expire                  {"resource": "customers"}, or every feed
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.prima import (
    availability,
    changes,
    consents,
    customers,
    fulfilment,
    idempotency,
    items,
    order_book,
    records,
)
from connectors.sandbox.prima.call import Call, Reply, Route
from connectors.sandbox.prima.fulfilment import Desk
from connectors.sandbox.prima.installation import CODE_LISTS
from connectors.sandbox.prima.problem import Issue, invalid, malformed, not_found
from connectors.sandbox.prima.records import Record

PREFIX = "/prima/__control__/"
_FEW = 100


@dataclass(frozen=True, slots=True)
class Work:
    """A call to the control, inside its transaction."""

    call: Call
    db: sqlite3.Connection
    body: dict[str, Any]

    @property
    def desk(self) -> Desk:
        return Desk(self.db, self.call.company, self.call.prima.now())

    def record(self, resource: str, code: str) -> Record:
        found = records.by_code(self.db, self.call.at(resource), code)
        if found is None:
            raise not_found(f"No {resource} with the code {code}.")
        return found

    def put(self, resource: str, record: Record, code: str) -> Record:
        now = self.call.prima.now()
        return records.put(self.db, self.call.at(resource), record, code=code, now=now)

    def remove(self, resource: str) -> Record:
        found = self.record(resource, self.call.args["code"])
        records.remove(self.db, self.call.at(resource), found["id"])
        return {"deleted": found["id"]}


def _order(work: Work) -> Record:
    return work.record(order_book.RESOURCE, work.call.args["number"])


def enter(work: Work) -> Record:
    company, now = work.call.company, work.call.prima.now()
    number = work.body.get("order_number") or order_book.next_number(work.db, company)
    own_hash = idempotency.content_hash(work.body)
    order = order_book.document(company, work.body, number, own_hash, now)
    return order_book.enter(work.db, company, order, now)


def listed(work: Work) -> Record:
    accounts = records.every(work.db, work.call.at(customers.RESOURCE))
    return {
        "orders": records.every(work.db, work.call.at(order_book.RESOURCE)),
        "emails": {one["account_code"]: one.get("email") or "" for one in accounts},
    }


def allocate(work: Work) -> Record:
    return fulfilment.allocate(work.desk, _order(work))


def despatch(work: Work) -> Record:
    return fulfilment.despatch(work.desk, _order(work), work.body)


def deliver(work: Work) -> Record:
    return fulfilment.deliver(work.desk, _order(work), work.body)


def refund(work: Work) -> Record:
    return fulfilment.refund(work.desk, _order(work), work.body)


def invoice(work: Work) -> Record:
    return fulfilment.invoice(work.desk, _order(work), work.body)


def credit(work: Work) -> Record:
    return fulfilment.credit(work.desk, _order(work), work.body)


def pay(work: Work) -> Record:
    return fulfilment.receive(work.desk, _order(work), work.body)


def cancel(work: Work) -> Record:
    return _cancelled(work.desk, _order(work), work.body)


def _cancelled(desk: Desk, order: Record, wanted: dict[str, Any]) -> Record:
    reason = wanted.get("reason") or ""
    return desk.change(order, {"order_status": "cancelled", "cancel_reason": reason})


def status(work: Work) -> Record:
    wrong = [
        Issue(
            f"#/{name}", "enum.unmapped", f"One of: {', '.join(order_book.STATES.get(name, ()))}."
        )
        for name, value in work.body.items()
        if value not in order_book.STATES.get(name, ())
    ]
    if wrong or not work.body:
        raise invalid(wrong, "The status")
    return work.desk.change(_order(work), work.body)


STEPS: dict[str, Callable[[Desk, Record, dict[str, Any]], Record]] = {
    "despatch": fulfilment.despatch,
    "deliver": fulfilment.deliver,
    "refund": fulfilment.refund,
    "invoice": fulfilment.invoice,
    "credit": fulfilment.credit,
    "pay": fulfilment.receive,
    "cancel": _cancelled,
}


def steps(work: Work) -> Record:
    """All of them or none, in the order given."""
    wanted = work.body.get("steps") or []
    for step in wanted:
        order = work.record(order_book.RESOURCE, step["number"])
        STEPS[step["do"]](work.desk, order, step.get("with") or {})
    return {"done": len(wanted)}


def advance(work: Work) -> Record:
    """Accepted → allocated → despatched → invoiced."""
    rows = work.db.execute(
        "SELECT data, version FROM records WHERE company = ? AND resource = ? AND deleted = 0"
        " AND json_extract(data, '$.order_status') = 'accepted' ORDER BY seq LIMIT ?",
        (*work.call.at(order_book.RESOURCE), int(work.body.get("limit") or _FEW)),
    ).fetchall()
    for row in rows:
        order = records.loaded(row)
        if order["fulfilment_status"] == "none":
            fulfilment.allocate(work.desk, order)
        elif order["fulfilment_status"] != "despatched":
            fulfilment.despatch(work.desk, order, {})
        else:
            fulfilment.invoice(work.desk, order, {})
    return {"advanced": len(rows)}


def add_customer(work: Work) -> Record:
    return customers.store(work.db, work.call, customers.document(work.body))


def change_customer(work: Work) -> Record:
    known = work.record(customers.RESOURCE, work.call.args["code"])
    return customers.store(work.db, work.call, customers.document({**known, **work.body}))


def add_item(work: Work) -> Record:
    item = items.document(work.body)
    return work.put(items.RESOURCE, item, item["id"])


def change_item(work: Work) -> Record:
    known = work.record(items.RESOURCE, work.call.args["code"])
    return work.put(items.RESOURCE, {**known, **work.body}, known["id"])


def count(work: Work) -> Record:
    key = work.call.args["code"]
    counted = availability.document(key, work.body, work.call.prima.now())
    return work.put(availability.RESOURCE, counted, key)


def set_code(work: Work) -> Record:
    resource, code = _code_list(work), work.call.args["code"]
    known = records.by_code(work.db, work.call.at(resource), code) or {"description": ""}
    return work.put(resource, {**known, **work.body, "id": code, "code": code}, code)


def drop_code(work: Work) -> Record:
    return work.remove(_code_list(work))


def add_consent(work: Work) -> Record:
    return consents.record(work.db, work.call.company, work.body, work.call.prima.now())


def expire(work: Work) -> Record:
    wanted = work.body.get("resource")
    resources = [wanted] if wanted else list(changes.RESOURCES)
    for resource in resources:
        changes.expire(work.db, work.call.company.name, resource)
    return {"expired": resources}


def _code_list(work: Work) -> str:
    name = work.call.args["list"]
    if name not in CODE_LISTS:
        raise not_found(f"The lists are {', '.join(CODE_LISTS)}.")
    return name


def _route(method: str, path: str, work: Callable[[Work], Record]) -> Route:
    def answer(call: Call) -> Reply:
        try:
            with call.prima.store.write() as db:
                done = work(Work(call, db, call.body()))
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as odd:
            raise malformed(f"The body does not fit: {type(odd).__name__} {odd}.") from odd
        except sqlite3.IntegrityError as twice:
            raise malformed("Another record has this code or reference.") from twice
        call.company.forget_lists()
        return Reply(200, done)

    return Route(method, f"/{path}", answer)


def _removing(resource: str) -> Callable[[Work], Record]:
    return lambda work: work.remove(resource)


ROUTES = (
    _route("GET", "orders", listed),
    _route("POST", "orders", enter),
    _route("POST", "orders/steps", steps),
    _route("POST", "orders/advance", advance),
    _route("POST", "orders/<number>/allocate", allocate),
    _route("POST", "orders/<number>/despatch", despatch),
    _route("POST", "orders/<number>/deliver", deliver),
    _route("POST", "orders/<number>/refund", refund),
    _route("POST", "orders/<number>/invoice", invoice),
    _route("POST", "orders/<number>/credit", credit),
    _route("POST", "orders/<number>/pay", pay),
    _route("POST", "orders/<number>/cancel", cancel),
    _route("POST", "orders/<number>/status", status),
    _route("POST", "customers", add_customer),
    _route("PATCH", "customers/<path:code>", change_customer),
    _route("DELETE", "customers/<path:code>", _removing(customers.RESOURCE)),
    _route("POST", "items", add_item),
    _route("PATCH", "items/<path:code>", change_item),
    _route("DELETE", "items/<path:code>", _removing(items.RESOURCE)),
    _route("PUT", "availability/<path:code>", count),
    _route("PUT", "codes/<list>/<code>", set_code),
    _route("DELETE", "codes/<list>/<code>", drop_code),
    _route("POST", "consents", add_consent),
    _route("POST", "cursors/expire", expire),
)
