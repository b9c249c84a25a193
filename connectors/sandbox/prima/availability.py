"""What can be sold now. An item that was never counted is unknown, not zero."""

from typing import Any

from connectors.sandbox.prima import records
from connectors.sandbox.prima.call import Call, Reply, Route
from connectors.sandbox.prima.item_key import sku_key
from connectors.sandbox.prima.order_shape import VARIANT
from connectors.sandbox.prima.problem import Issue, invalid
from connectors.sandbox.prima.records import Record
from connectors.sandbox.prima.shapes import Findings, Many, Members, Number, Text

RESOURCE = "availability"
_QUERY = Members(
    {
        "items": Many(
            Members({"sku_key": Text(), "sku": Text(), "variant": VARIANT}), required=True, least=1
        )
    }
)
COUNT = Members(
    {
        "free_stock": Number(places=3, required=True, negative=True),
        "available_date": Text(),
        "warehouse": Text("items.uom"),
    }
)


def document(key: str, count: dict[str, Any], now: str) -> Record:
    return {
        "id": key,
        "sku_key": key,
        "free_stock": count["free_stock"],
        "available_date": count.get("available_date"),
        "warehouse": count.get("warehouse") or "MAIN",
        "as_of": now,
        "status": "known",
    }


def query(call: Call) -> Reply:
    body = call.body()
    found = Findings(call.company.capabilities)
    _QUERY.check(body, "#", found)
    most = call.company.capabilities.availability_items
    asked = body.get("items")
    if isinstance(asked, list) and len(asked) > most:
        message = f"{len(asked)} items were asked for; {most} are allowed."
        found.issues.append(Issue("#/items", "field.too_long", message, limit=str(most)))
    if found.issues:
        raise invalid(found.issues, "The question")
    keys = [each.get("sku_key") or sku_key(each) for each in body["items"]]
    with call.prima.store.read() as db:
        counted = records.by_codes(db, call.at(RESOURCE), keys)
    now = call.prima.now()
    return Reply(200, {"items": [_shown(key, counted.get(key), now) for key in keys]})


def _shown(key: str, count: Record | None, now: str) -> dict[str, Any]:
    if count is None:
        nothing = dict.fromkeys(("free_stock", "available_date", "warehouse"))
        return {"sku_key": key, **nothing, "as_of": now, "status": "unknown"}
    return {
        name: count[name]
        for name in ("sku_key", "free_stock", "available_date", "warehouse", "as_of", "status")
    }


ROUTES = (Route("POST", "/availability/query", query),)
