"""Lists, snapshots and change feeds: the same for every resource that has them.

`GET /{resource}` lists by id; `?snapshot=true` does so and ends with a cursor of the feed, from
which nothing is missed. `GET /{resource}/changes?cursor=&limit=` goes on from a cursor; without one
it starts at the beginning, with every record there is. Feed and snapshot of `/changes` answer
entries {op, id, version, data | tombstone}, the plain list the records themselves.
"""

import base64
import binascii
import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.faults import Faults
from connectors.sandbox.prima import records
from connectors.sandbox.prima.call import Answerer, Call, Reply, Route
from connectors.sandbox.prima.problem import Issue, Refused, malformed

RESOURCES = (
    "customers",
    "items",
    "availability",
    "sales-orders",
    "invoices",
    "credit-notes",
    "receipts",
    "shipments",
    "consents",
)
DUPLICATES, LATECOMERS = "duplicate_changes", "late_changes"
FAULT_KINDS = frozenset({DUPLICATES, LATECOMERS})
# Members a list may be narrowed by.
FILTERS = ("order_status", "order_number", "status", "kind", "number")
_USUAL = 100
_SELECT = "SELECT id, version, seq, deleted, data FROM records WHERE company = ? AND resource = ?"


@dataclass(frozen=True, slots=True)
class Cursor:
    """`kind` c goes on with changes after `seq`; s with records after `after`, then with changes."""

    kind: str
    resource: str
    epoch: int
    seq: int
    after: str = ""

    def text(self) -> str:
        parts = [self.kind, self.resource, self.epoch, self.seq, self.after]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def listing(resource: str) -> Answerer:
    def answer(call: Call) -> Reply:
        with call.prima.store.read() as db:
            cursor = _cursor(db, call, resource)
            snapshot = call.query.get("snapshot") == "true"
            if cursor is None:
                kind = "s" if snapshot else "l"
                cursor = _fresh(db, call, resource, kind)
            if cursor.kind == "c":
                raise malformed("This cursor belongs to the change feed.")
            rows, body = _walk(db, call, cursor)
            return Reply(200, {"items": [records.loaded(row) for row in rows], **body})

    return answer


def feed(resource: str) -> Answerer:
    def answer(call: Call) -> Reply:
        with call.prima.store.read() as db:
            cursor = _cursor(db, call, resource)
            if cursor is None and call.query.get("snapshot") == "true":
                cursor = _fresh(db, call, resource, "s")
            if cursor and cursor.kind == "s":
                rows, body = _walk(db, call, cursor)
            else:
                rows, body = _since(db, call, cursor or Cursor("c", resource, 0, 0))
            return Reply(200, {"items": [_entry(row) for row in rows], **body})

    return answer


def expire(db: sqlite3.Connection, company: str, resource: str) -> None:
    """No cursor of the resource given so far is good any longer."""
    records.counted(db, company, f"epoch:{resource}")


def _since(
    db: sqlite3.Connection, call: Call, cursor: Cursor
) -> tuple[list[sqlite3.Row], dict[str, Any]]:
    where, limit = call.at(cursor.resource), _limit(call)
    rows = db.execute(
        f"{_SELECT} AND seq > ? ORDER BY seq LIMIT ?",
        (*where, cursor.seq, limit + 1),
    ).fetchall()
    page = rows[:limit]
    seq = page[-1]["seq"] if page else cursor.seq
    onward = Cursor("c", cursor.resource, _epoch(db, where), seq)
    return (
        _as_a_bad_day_delivers(db, call, cursor, page),
        _page(call, onward, has_more=len(rows) > limit),
    )


def _as_a_bad_day_delivers(
    db: sqlite3.Connection, call: Call, cursor: Cursor, page: list[sqlite3.Row]
) -> list[sqlite3.Row]:
    """At least once: faults give entries twice, or older ones again behind the new ones."""
    faults: Faults = call.prima.faults
    if faults.take(DUPLICATES, call.method, call.path):
        page = [row for row in page for _ in range(2)]
    late = faults.take(LATECOMERS, call.method, call.path)
    if late:
        page = [
            *page,
            *db.execute(
                f"{_SELECT} AND seq <= ? ORDER BY seq DESC LIMIT ?",
                (*call.at(cursor.resource), cursor.seq, late.number_of("entries", 5)),
            ),
        ]
    return page


def _walk(
    db: sqlite3.Connection, call: Call, cursor: Cursor
) -> tuple[list[sqlite3.Row], dict[str, Any]]:
    """The next records by id; behind the last of a snapshot comes the feed."""
    limit = _limit(call)
    narrowed, wanted = _narrowed(call)
    rows = db.execute(
        f"{_SELECT} AND deleted = 0 AND id > ?{narrowed} ORDER BY id LIMIT ?",
        (*call.at(cursor.resource), cursor.after, *wanted, limit + 1),
    ).fetchall()
    page, has_more = rows[:limit], len(rows) > limit
    if has_more:
        last = page[-1]["id"]
        onward = Cursor(cursor.kind, cursor.resource, cursor.epoch, cursor.seq, last)
    elif cursor.kind == "s":
        onward = Cursor("c", cursor.resource, cursor.epoch, cursor.seq)
    else:
        return page, _page(call, None, has_more=False)
    return page, _page(call, onward, has_more=has_more)


def _narrowed(call: Call) -> tuple[str, list[str]]:
    given = [(name, call.query[name]) for name in FILTERS if call.query.get(name)]
    sql = "".join(f" AND json_extract(data, '$.{name}') = ?" for name, _ in given)
    values = [value for _, value in given]
    if account := call.query.get("account_code"):
        sql += " AND coalesce(json_extract(data, '$.customer.account_code'),"
        sql += " json_extract(data, '$.account_code')) = ?"
        values.append(account)
    return sql, values


def _entry(row: sqlite3.Row) -> dict[str, Any]:
    entry = {"id": row["id"], "version": str(row["version"])}
    if row["deleted"]:
        return {"op": "delete", **entry, "tombstone": {"id": row["id"]}}
    return {"op": "upsert", **entry, "data": records.loaded(row)}


def _page(call: Call, onward: Cursor | None, *, has_more: bool) -> dict[str, Any]:
    cursor = onward.text() if onward else None
    return {"next_cursor": cursor, "has_more": has_more, "as_of": call.prima.now()}


def _limit(call: Call) -> int:
    return call.whole("limit", _USUAL, call.company.capabilities.page_size)


def _fresh(db: sqlite3.Connection, call: Call, resource: str, kind: str) -> Cursor:
    where = call.at(resource)
    return Cursor(kind, resource, _epoch(db, where), records.latest_seq(db, where))


def _epoch(db: sqlite3.Connection, where: tuple[str, str]) -> int:
    return records.counter(db, where[0], f"epoch:{where[1]}")


def _cursor(db: sqlite3.Connection, call: Call, resource: str) -> Cursor | None:
    text = call.query.get("cursor", "")
    if not text:
        return None
    cursor = _read(text)
    if cursor is None or cursor.resource != resource:
        raise malformed("The cursor is none of ours.")
    where = call.at(resource)
    if cursor.epoch != _epoch(db, where) or cursor.seq > records.latest_seq(db, where):
        raise Refused(
            410,
            "cursor-expired",
            "The cursor is too old",
            "Read a snapshot and go on from its cursor.",
            [Issue("", "cursor.expired", "Start again with ?snapshot=true.")],
        )
    return cursor


def _read(text: str) -> Cursor | None:
    try:
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kind, resource, epoch, seq, after = parts
    except (binascii.Error, ValueError, TypeError):
        return None
    if kind not in ("c", "s", "l") or not isinstance(epoch, int) or not isinstance(seq, int):
        return None
    return Cursor(kind, str(resource), epoch, seq, str(after))


ROUTES = tuple(
    route
    for resource in RESOURCES
    for route in (
        Route("GET", f"/{resource}", listing(resource)),
        Route("GET", f"/{resource}/changes", feed(resource)),
    )
)
