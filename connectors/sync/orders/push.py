"""From the body of a push to an arrival: the same fields as the data extensions, as JSON.

{"order": {"key": "W-1", …}, "lines": [{"line_no": "1", …}], "promotions": []}
"""

import json
from collections.abc import Mapping
from typing import Any

from connectors.sync.orders.arrival import Arrival, Record, arrival, storable
from integration.mapping.columns import COLUMNS

_LISTS = {"line_nos", "skus"}


class MalformedPush(ValueError):
    """The body is no order at all; the text says why, for the sender."""


def pushed(body: str | bytes) -> Arrival:
    """The order in the body; numbers keep the very digits they were sent with."""
    try:
        sent = json.loads(body, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise MalformedPush("The body is not complete, valid JSON.") from error
    if not isinstance(sent, dict) or not isinstance(sent.get("order"), dict):
        raise MalformedPush('The body must be an object with a member "order".')
    return arrival(
        _record(sent["order"], "order"), _records(sent, "lines"), _records(sent, "promotions")
    )


def _records(sent: Mapping[str, Any], name: str) -> list[Record]:
    entries = [] if sent.get(name) is None else sent[name]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise MalformedPush(f'"{name}" must be a list of objects.')
    return [_record(entry, name.removesuffix("s")) for entry in entries]


def _record(entry: Mapping[str, Any], part: str) -> Record:
    known = COLUMNS[part]
    found = {name: _text(name, value) for name, value in entry.items() if name in known}
    extra = {
        storable(name): _text(name, value) for name, value in entry.items() if name not in known
    }
    found.pop("order_key", None)
    return {**found, "extra": extra} if extra else found


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _LISTS and isinstance(value, list):
        return ",".join(_text("", one) for one in value)
    return storable(value if isinstance(value, str) else json.dumps(value, sort_keys=True))
