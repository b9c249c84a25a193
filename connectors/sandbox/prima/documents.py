"""Invoices, credit notes, receipts and shipments: read only, made by `fulfilment.py`."""

from connectors.sandbox.prima import records
from connectors.sandbox.prima.call import Answerer, Call, Reply, Route
from connectors.sandbox.prima.preconditions import tag
from connectors.sandbox.prima.problem import not_found

RESOURCES = ("invoices", "credit-notes", "receipts", "shipments")


def reading(resource: str) -> Answerer:
    def answer(call: Call) -> Reply:
        with call.prima.store.read() as db:
            where, name = call.at(resource), call.args["name"]
            found = records.by_id(db, where, name) or records.by_code(db, where, name)
        if found is None:
            raise not_found("There is no such document.")
        return Reply(200, found, tag(found))

    return answer


ROUTES = tuple(Route("GET", f"/{resource}/<name>", reading(resource)) for resource in RESOURCES)
