"""Reading rows: pages of a query, lower-case names, values as strings, tokens to go on with."""

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from werkzeug.wrappers import Response

from connectors.sandbox.sfmc import data_extensions, filter  # noqa: A004
from connectors.sandbox.sfmc.async_rows import settle
from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.sfmc.cloud import Cloud, create_tables, new_id, number, row, text_of
from connectors.sandbox.sfmc.data_extensions import DataExtension
from connectors.sandbox.sfmc.errors import answer, not_found, unresolved
from connectors.sandbox.sfmc.filter import Condition, FilterRefused
from connectors.sandbox.sfmc.routes import Route
from connectors.sandbox.sfmc.values import Column, shown

LARGEST_PAGE = 2500
TOKEN_SECONDS = 30 * 60
TABLES = """
CREATE TABLE IF NOT EXISTS rowset_tokens (token TEXT PRIMARY KEY, query TEXT, ends REAL)
"""


@dataclass(frozen=True, slots=True)
class Query:
    """What a request token stands for."""

    extension: str
    page_size: int
    filter: str
    order_by: str
    fields: str
    top: int


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)


def read_by_key(cloud: Cloud, call: Call) -> Response:
    """GET /data/v1/customobjectdata/key/{key}/rowset"""
    extension = data_extensions.by_key(cloud, call.names["key"])
    return _first(cloud, call, extension)


def read_by_id(cloud: Cloud, call: Call) -> Response:
    return _first(cloud, call, data_extensions.by_id(cloud, call.names["id"]))


def read_by_token(cloud: Cloud, call: Call) -> Response:
    """GET /data/v1/customobjectdata/token/{token}/rowset: the same query, another page."""
    token = call.names["token"]
    with cloud.store.read() as db:
        found = row(db, "SELECT * FROM rowset_tokens WHERE token = ?", token)
    if found is None or found["ends"] <= cloud.seconds():
        raise not_found("The request token is unknown or has expired.")
    query = Query(**json.loads(found["query"]))
    page, _ = call.page(LARGEST_PAGE)
    return _page(cloud, query, token, found["ends"], page)


def _first(cloud: Cloud, call: Call, extension: DataExtension | None) -> Response:
    if extension is None:
        raise not_found("The data extension was not found.")
    page, size = call.page(LARGEST_PAGE)
    query = Query(
        extension=extension.key,
        page_size=size,
        filter=call.query.get("$filter", "").strip(),
        order_by=call.query.get("$orderby", "").strip(),
        fields=call.query.get("$fields", "").strip(),
        top=call.whole_number("$top", 0),
    )
    token, ends = new_id(), cloud.seconds() + TOKEN_SECONDS
    with cloud.store.write() as db:
        db.execute("DELETE FROM rowset_tokens WHERE ends < ?", (cloud.seconds(),))
        db.execute(
            "INSERT INTO rowset_tokens VALUES (?,?,?)", (token, json.dumps(asdict(query)), ends)
        )
    return _page(cloud, query, token, ends, page)


def _page(cloud: Cloud, query: Query, token: str, ends: float, page: int) -> Response:
    settle(cloud)
    extension = data_extensions.by_key(cloud, query.extension)
    if extension is None:
        raise not_found("The data extension was not found.")
    where = _where(extension, query.filter)
    order = _order(extension, query.order_by)
    columns = _chosen(extension, query.fields)
    start = (page - 1) * query.page_size
    with cloud.store.read() as db:
        count = number(db, f"SELECT count(*) FROM {extension.table}{where.sql}", *where.values)  # noqa: S608
        count = min(count, query.top) if query.top else count
        size = max(0, min(query.page_size, count - start))
        chosen = ",".join(column.sql for column in columns)
        cursor = db.cursor()
        cursor.row_factory = None
        found = cursor.execute(
            f"SELECT {chosen} FROM {extension.table}{where.sql}{order} LIMIT ? OFFSET ?",  # noqa: S608
            (*where.values, size, start),
        ).fetchall()
    base = f"/v1/customobjectdata/token/{token}/rowset?$page="
    links = {"self": f"{base}{page}"}
    if start + size < count:
        links["next"] = f"{base}{page + 1}"
    body: dict[str, Any] = {
        "links": links,
        "requestToken": token,
        "tokenExpireDateUtc": text_of(cloud.now().fromtimestamp(ends, cloud.now().tzinfo)),
        "customObjectId": extension.id,
        "customObjectKey": extension.key,
        "pageSize": query.page_size,
        "page": page,
        "count": count,
        "top": query.top,
    }
    if found:
        body["items"] = _items(columns, found)
    return answer(body)


def _items(columns: list[Column], found: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Written for speed: a page has up to 2,500 rows."""
    keys = [_shower(place, one) for place, one in enumerate(columns) if one.primary_key]
    values = [_shower(place, one) for place, one in enumerate(columns) if not one.primary_key]
    return [
        {
            "keys": {name: show(entry[place]) for name, place, show in keys},
            "values": {name: show(entry[place]) for name, place, show in values},
        }
        for entry in found
    ]


def _shower(place: int, column: Column) -> tuple[str, int, Callable[[Any], str]]:
    return column.name.lower(), place, shown(column)


def _where(extension: DataExtension, text: str) -> Condition:
    if not text:
        return Condition("")
    try:
        condition = filter.compiled(text, extension.column)
    except FilterRefused as refused:
        raise unresolved("$filter") from refused
    return Condition(f" WHERE {condition.sql}", condition.values)


def _order(extension: DataExtension, text: str) -> str:
    """`Col asc, Other desc`; then the order in which the rows came."""
    parts = []
    for part in re.split(r"\s*,\s*", text.replace("+", " ")) if text else ():
        name, _, direction = part.strip().partition(" ")
        column = extension.column(name)
        if column is None or direction.strip().lower() not in {"", "asc", "desc"}:
            raise unresolved("$orderBy")
        parts.append(f"{column.sql} {direction.strip().upper()}".strip())
    return " ORDER BY " + ", ".join([*parts, "row"])


def _chosen(extension: DataExtension, text: str) -> list[Column]:
    """The keys always come; of the others those that are asked for."""
    if not text:
        return list(extension.columns)
    wanted = []
    for name in text.replace("+", " ").split(","):
        column = extension.column(name)
        if column is None:
            raise unresolved("$fields")
        wanted.append(column)
    return [one for one in extension.columns if one.primary_key or one in wanted]


READ = "data_extensions_read"
BASE = "data/v1/customobjectdata"
ROUTES = (
    Route("GET", f"{BASE}/key/{{key}}/rowset", READ, read_by_key),
    Route("GET", f"{BASE}/token/{{token}}/rowset", READ, read_by_token),
    Route("GET", f"{BASE}/{{id}}/rowset", READ, read_by_id),
)
