"""Contacts found by any attribute: a set of conditions, answered with the attributes asked for."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc.call import Call, member, objects
from connectors.sandbox.sfmc.cloud import Cloud, rows
from connectors.sandbox.sfmc.errors import answer, missing, standard
from connectors.sandbox.sfmc.routes import Route

DEEPEST = 20
Test = Callable[[str, list[str]], bool]
OPERATORS: dict[str, Test] = {
    "equals": lambda value, wanted: value in wanted,
    "in": lambda value, wanted: value in wanted,
    "notequals": lambda value, wanted: value not in wanted,
    "contains": lambda value, wanted: any(one in value for one in wanted),
    "beginswith": lambda value, wanted: any(value.startswith(one) for one in wanted),
    "endswith": lambda value, wanted: any(value.endswith(one) for one in wanted),
    "isnull": lambda value, wanted: not value,
    "isnotnull": lambda value, wanted: bool(value),
}


def search(cloud: Cloud, call: Call) -> Response:
    """POST /contacts/v1/attributes/search"""
    body = call.object()
    request = member(body.get("request"), "request")
    asked = [str(one.get("key")) for one in objects(request.get("attributes"), "attributes")]
    if not asked:
        raise missing("request.attributes")
    conditions = body.get("conditionset")
    if not isinstance(conditions, dict):
        raise missing("conditionSet")
    page, size = call.page(most=2500, default=50)
    with cloud.store.read() as db:
        people = rows(db, "SELECT * FROM contacts ORDER BY id")
    found = [one for one in people if _fits(one, conditions, 0)]
    items = [
        {"values": [{"key": key, "value": _value(one, key)} for key in asked]}
        for one in found[(page - 1) * size : page * size]
    ]
    return answer({"count": len(found), "page": page, "pageSize": size, "items": items})


def _fits(person: sqlite3.Row, conditions: Mapping[str, Any], depth: int) -> bool:
    if depth > DEEPEST:
        raise standard("The conditions are nested too deeply.", 10006)
    simple = objects(conditions.get("conditions"), "conditions")
    nested = objects(conditions.get("conditionSets"), "conditionSets")
    results = [_one(person, one) for one in simple]
    results += [_fits(person, one, depth + 1) for one in nested]
    if str(conditions.get("operator", "And")).lower() == "or":
        return any(results)
    return all(results)


def _one(person: sqlite3.Row, condition: Mapping[str, Any]) -> bool:
    test = OPERATORS.get(str(condition.get("operator", "")).lower())
    if test is None:
        raise standard(f"Unknown operator {condition.get('operator')}.", 10006)
    key = str(member(condition.get("attribute"), "attribute").get("key"))
    items = member(condition.get("value"), "value").get("items")
    wanted = [str(one).lower() for one in (items if isinstance(items, list) else ())]
    return test(str(_value(person, key) or "").lower(), wanted)


def _value(person: sqlite3.Row, key: str) -> Any:
    """`Contact.Contact Key`, `Email Addresses.Email Address`, or any attribute that was set."""
    known = {
        "contact.contact key": person["key"],
        "contact.contact id": person["id"],
        "email addresses.email address": person["email"],
    }
    if key.lower() in known:
        return known[key.lower()]
    name, _, attribute = key.partition(".")
    for given, attributes in json.loads(person["sets"]).items():
        if given.lower() == name.lower():
            return {one.lower(): value for one, value in attributes.items()}.get(attribute.lower())
    return json.loads(person["attributes"]).get(attribute)


ROUTES = (Route("POST", "contacts/v1/attributes/search", "list_and_subscribers_read", search),)
