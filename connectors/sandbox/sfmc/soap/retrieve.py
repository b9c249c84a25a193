"""Retrieve: objects by filter, in pages, with a request id to go on."""

import json
import sqlite3
from typing import Any
from xml.etree.ElementTree import Element

from connectors.sandbox.sfmc import data_extensions
from connectors.sandbox.sfmc.async_rows import settle
from connectors.sandbox.sfmc.cloud import Cloud, create_tables, new_id, row
from connectors.sandbox.sfmc.soap import filters
from connectors.sandbox.sfmc.soap.envelope import child, children, leaf, tag, text, whole
from connectors.sandbox.sfmc.soap.extension_rows import Asked, columns_asked, find_column, results
from connectors.sandbox.sfmc.soap.filters import FilterRefused
from connectors.sandbox.sfmc.soap.objects import EXTENSIONS, OBJECTS, Property, Retrievable
from connectors.sandbox.sfmc.soap.results import retrieved
from connectors.sandbox.sfmc.tokens import Grant

LARGEST_PAGE = 2500
PERMISSION = "Error: API Permission Failed. Permission Failed"
NO_REQUEST = "Error: The RequestID sent through ContinueRequest does not exist."
# Nil in every recording, wherever they are not asked for.
ALWAYS_NIL = ("PartnerKey", "ObjectID")
TABLES = """
CREATE TABLE IF NOT EXISTS soap_requests (id TEXT PRIMARY KEY, asked TEXT, start INTEGER, at REAL)
"""


class RetrieveRefused(ValueError):
    """The text is the OverallStatus; the call itself is answered with 200."""


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)


def retrieve(cloud: Cloud, grant: Grant, message: Element) -> str:
    settle(cloud)
    request = child(message, "RetrieveRequest")
    try:
        asked, start = _asked(cloud, request)
        listed, more = _page(cloud, grant, asked, start)
    except (RetrieveRefused, FilterRefused) as refused:
        words = str(refused)
        return retrieved(words if words.startswith("Error") else f"Error: {words}", new_id())
    request_id = new_id()
    if more:
        with cloud.store.write() as db:
            db.execute(
                "INSERT INTO soap_requests VALUES (?,?,?,?)",
                (request_id, json.dumps(asked), start + asked["size"], cloud.seconds()),
            )
    return retrieved("MoreDataAvailable" if more else "OK", request_id, "".join(listed))


def _asked(cloud: Cloud, request: Element | None) -> tuple[Asked, int]:
    """A new question, or one that goes on. Only the newest request id is good, and only once."""
    if going_on := text(request, "ContinueRequest"):
        with cloud.store.write() as db:
            found = row(db, "SELECT * FROM soap_requests WHERE id = ?", going_on.lower())
            db.execute("DELETE FROM soap_requests WHERE id = ?", (going_on.lower(),))
        if found is None:
            raise RetrieveRefused(NO_REQUEST)
        kept: Asked = json.loads(found["asked"])
        return kept, found["start"]
    wanted = whole(text(request, "Options", "BatchSize")) or LARGEST_PAGE
    return {
        "type": text(request, "ObjectType") or "",
        "properties": [text(one) or "" for one in children(request, "Properties")],
        "filter": filters.read(child(request, "Filter")),
        "size": min(wanted, LARGEST_PAGE),
    }, 0


def _page(cloud: Cloud, grant: Grant, asked: Asked, start: int) -> tuple[list[str], bool]:
    """The results of one page, and whether there are more."""
    kind = asked["type"]
    if kind.startswith("DataExtensionObject[") and kind.endswith("]"):
        return _rows(cloud, grant, asked, start)
    known = OBJECTS.get(kind)
    if known is None:
        raise RetrieveRefused(
            f"Error: Unable to find a handler for object type: {kind}. "
            "Object types are case-sensitive, check spelling."
        )
    if not grant.may(known.scope):
        raise RetrieveRefused(PERMISSION)
    chosen = _chosen(kind, known, asked["properties"])
    where, values = filters.compiled(asked["filter"], lambda name: _find(kind, known, name))
    columns = ",".join(one.sql.replace(":mid", str(int(grant.mid))) for one in chosen)
    sql = (
        f"SELECT {columns} FROM {known.source} WHERE {known.condition} AND {where}"  # noqa: S608
        f" ORDER BY {known.order} LIMIT ? OFFSET ?"
    ).replace(":mid", str(int(grant.mid)))
    with cloud.store.read() as db:
        found = db.execute(sql, (*values, asked["size"] + 1, start)).fetchall()
    listed = [_result(kind, chosen, tuple(one)) for one in found[: asked["size"]]]
    return listed, len(found) > asked["size"]


def _rows(cloud: Cloud, grant: Grant, asked: Asked, start: int) -> tuple[list[str], bool]:
    if not grant.may(EXTENSIONS):
        raise RetrieveRefused(PERMISSION)
    key = asked["type"].partition("[")[2][:-1]
    extension = data_extensions.by_key(cloud, key)
    if extension is None:
        raise RetrieveRefused(f"Error: Data extension not found for {key}.")
    if asked["properties"] == ["*"]:
        return [], False
    chosen = columns_asked(extension, asked["properties"])
    where, values = filters.compiled(
        asked["filter"], lambda name: find_column(extension, name, asked["filter"])
    )
    columns = ",".join(one.sql for one in chosen)
    with cloud.store.read() as db:
        found = db.execute(
            f"SELECT {columns} FROM {extension.table} WHERE {where}"  # noqa: S608
            " ORDER BY row LIMIT ? OFFSET ?",
            (*values, asked["size"] + 1, start),
        ).fetchall()
    listed = results(extension, chosen, [tuple(one) for one in found[: asked["size"]]])
    return listed, len(found) > asked["size"]


def _chosen(kind: str, known: Retrievable, names: list[str]) -> list[Property]:
    """In the order of the schema, whatever the order of the question."""
    unknown = [name for name in names if known.find(name) is None]
    if unknown or not names:
        raise RetrieveRefused(
            f"Error: The Request Property(s) {', '.join(unknown)} do not match with the fields "
            f"of {kind} retrieve"
        )
    return [one for one in known.properties if one.name in names]


def _find(kind: str, known: Retrievable, name: str) -> tuple[str, Any]:
    found = known.find(name)
    if found is None:
        raise FilterRefused(
            f"The Filter Property '{name}' does not match with the fields of {kind} retrieve"
        )
    return found.sql, found.convert


def _result(kind: str, chosen: list[Property], values: tuple[Any, ...]) -> str:
    """One object. PartnerKey and ObjectID are always there, nil unless asked for."""
    parts = dict.fromkeys((one.name for one in chosen), "")
    for one, value in zip(chosen, values, strict=True):
        parts[one.name] = _element(one, value)
    for name in ALWAYS_NIL:
        parts.setdefault(name, leaf(name, None))
    known = [one.name for one in OBJECTS[kind].properties]
    order = {name: place for place, name in enumerate(known)}
    order.setdefault("ObjectID", order.get("ID", 0))
    inside = "".join(parts[name] for name in sorted(parts, key=lambda one: order[one]))
    return tag("Results", inside, type=kind)


def _element(one: Property, value: Any) -> str:
    if one.kind == "flag" and value is not None:
        value = bool(value)
    outer, dot, inner = one.name.partition(".")
    if dot:
        return tag(outer, leaf(inner, value)) if value is not None else ""
    if value is None and one.name not in ALWAYS_NIL:
        return ""
    return leaf(one.name, value)
