"""What an account pays for items: its price list first, then the item's own price."""

from collections.abc import Mapping
from typing import Any

from connectors.sandbox.prima import records
from connectors.sandbox.prima.call import Call, Reply, Route
from connectors.sandbox.prima.item_key import sku_key
from connectors.sandbox.prima.order_shape import VARIANT
from connectors.sandbox.prima.problem import Issue, invalid
from connectors.sandbox.prima.records import Record
from connectors.sandbox.prima.shapes import Findings, Many, Members, Number, Text

RESOURCE = "prices"
_QUERY = Members(
    {
        "account_code": Text("customers.account_code"),
        "currency": Text(required=True),
        "items": Many(
            Members(
                {
                    "sku_key": Text(),
                    "sku": Text(),
                    "variant": VARIANT,
                    "quantity": Number(places=3, zero=False),
                }
            ),
            required=True,
            least=1,
        ),
    }
)


def code_of(price: Mapping[str, Any]) -> str:
    currency = price.get("currency") or "GBP"
    return "\n".join((price["price_list"], price["sku_key"], currency))


def query(call: Call) -> Reply:
    body = call.body()
    found = Findings(call.company.capabilities)
    _QUERY.check(body, "#", found)
    if found.issues:
        raise invalid(found.issues, "The question")
    keys = [each.get("sku_key") or sku_key(each) for each in body["items"]]
    with call.prima.store.read() as db:
        price_list = ""
        if account := body.get("account_code"):
            customer = records.by_code(db, call.at("customers"), account)
            if customer is None:
                reason = "Prima has no such account."
                raise invalid([Issue("#/account_code", "customer.not_found", reason)])
            price_list = customer["price_list"]
        items = records.by_codes(db, call.at("items"), keys)
        codes = [_code(price_list, key, body["currency"]) for key in keys]
        listed = records.by_codes(db, call.at(RESOURCE), codes)
    answers = [
        _price(key, items.get(key), listed.get(code), (body["currency"], f"#/items/{place}"))
        for place, (key, code) in enumerate(zip(keys, codes, strict=True))
    ]
    return Reply(200, {"items": answers})


def _code(price_list: str, key: str, currency: str) -> str:
    return code_of({"price_list": price_list, "sku_key": key, "currency": currency})


def _price(
    key: str, item: Record | None, listed: Record | None, asked: tuple[str, str]
) -> dict[str, Any]:
    currency, at = asked
    if item is None:
        return _missing(key, Issue(at, "item.not_found", "Prima has no such item.", value=key))
    if listed:
        price, basis = listed["unit_price"], listed.get("basis") or "net"
        source = f"price_list:{listed['price_list']}"
    elif item.get("price") is not None and item.get("currency", "GBP") == currency:
        price, basis, source = item["price"], "net", "item"
    else:
        return _missing(key, Issue(at, "price.missing", "There is no price.", value=key))
    return {
        "sku_key": key,
        "unit_price": price,
        "basis": basis,
        "currency": currency,
        "source": source,
    }


def _missing(key: str, issue: Issue) -> dict[str, Any]:
    return {"sku_key": key, "error": issue.as_json()}


ROUTES = (Route("POST", "/prices/query", query),)
