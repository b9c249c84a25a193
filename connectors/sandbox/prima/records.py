"""Reading and writing records of any resource: by id, by code, by another system's key."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

Record = dict[str, Any]

_PUT = """
INSERT INTO records (company, resource, id, code, version, seq, deleted, data)
VALUES (?1, ?2, ?3, ?4, 1,
        (SELECT coalesce(max(seq), 0) + 1 FROM records WHERE company = ?1 AND resource = ?2), 0, ?5)
ON CONFLICT (company, resource, id) DO UPDATE SET
    code = excluded.code, version = version + 1, seq = excluded.seq, deleted = 0,
    data = excluded.data
RETURNING version
"""


def put(
    db: sqlite3.Connection,
    where: tuple[str, str],
    record: Record,
    *,
    code: str | None,
    now: str,
) -> Record:
    """Store the record as its next version; `where` is (company, resource)."""
    kept = {**record, "modified_at": now}
    kept.pop("version", None)
    row = db.execute(_PUT, (*where, kept["id"], code, dumps(kept))).fetchone()
    return {**kept, "version": str(row[0])}


def fill(
    db: sqlite3.Connection, where: tuple[str, str], records: Iterable[tuple[Record, str | None]]
) -> None:
    """Store many new records at once, each with its code."""
    first = latest_seq(db, where) + 1
    db.executemany(
        "INSERT INTO records (company, resource, id, code, version, seq, deleted, data)"
        " VALUES (?, ?, ?, ?, 1, ?, 0, ?)",
        (
            (*where, record["id"], code, first + place, dumps(record))
            for place, (record, code) in enumerate(records)
        ),
    )


def remove(db: sqlite3.Connection, where: tuple[str, str], record_id: str) -> bool:
    """Leave a tombstone. False when there is nothing to delete."""
    done = db.execute(
        "UPDATE records SET deleted = 1, code = NULL, version = version + 1, seq ="
        " (SELECT max(seq) + 1 FROM records WHERE company = ?1 AND resource = ?2)"
        " WHERE company = ?1 AND resource = ?2 AND id = ?3 AND deleted = 0",
        (*where, record_id),
    )
    db.execute(
        "DELETE FROM external_keys WHERE company = ? AND resource = ? AND id = ?",
        (*where, record_id),
    )
    return done.rowcount == 1


def by_id(db: sqlite3.Connection, where: tuple[str, str], record_id: str) -> Record | None:
    row = db.execute(
        "SELECT data, version FROM records"
        " WHERE company = ? AND resource = ? AND id = ? AND deleted = 0",
        (*where, record_id),
    ).fetchone()
    return loaded(row) if row else None


def by_code(db: sqlite3.Connection, where: tuple[str, str], code: str) -> Record | None:
    row = db.execute(
        "SELECT data, version FROM records WHERE company = ? AND resource = ? AND code = ?",
        (*where, code),
    ).fetchone()
    return loaded(row) if row else None


def by_codes(
    db: sqlite3.Connection, where: tuple[str, str], codes: Iterable[str]
) -> dict[str, Record]:
    """The records with these codes, by code."""
    wanted = sorted(set(codes))
    rows = db.execute(
        "SELECT code, data, version FROM records WHERE company = ? AND resource = ?"
        " AND code IN (SELECT value FROM json_each(?))",
        (*where, json.dumps(wanted)),
    )
    return {row["code"]: loaded(row) for row in rows}


def by_external(
    db: sqlite3.Connection, where: tuple[str, str], system: str, key: str
) -> Record | None:
    row = db.execute(
        "SELECT id FROM external_keys WHERE company = ? AND resource = ? AND system = ? AND key = ?",
        (*where, system, key),
    ).fetchone()
    return by_id(db, where, row["id"]) if row else None


def link(
    db: sqlite3.Connection, where: tuple[str, str], keys: Iterable[Mapping[str, str]], to: str
) -> None:
    """Record that these {system, key} mean the record `to`. IntegrityError when one is taken."""
    db.executemany(
        "INSERT INTO external_keys (company, resource, system, key, id) VALUES (?, ?, ?, ?, ?)",
        [(*where, key["system"], key["key"], to) for key in keys],
    )


def every(db: sqlite3.Connection, where: tuple[str, str]) -> list[Record]:
    """All of a short list, in the order of their codes."""
    rows = db.execute(
        "SELECT data, version FROM records WHERE company = ? AND resource = ? AND deleted = 0"
        " ORDER BY code",
        where,
    )
    return [loaded(row) for row in rows]


def latest_seq(db: sqlite3.Connection, where: tuple[str, str]) -> int:
    row = db.execute(
        "SELECT coalesce(max(seq), 0) FROM records WHERE company = ? AND resource = ?", where
    ).fetchone()
    return int(row[0])


def counted(db: sqlite3.Connection, company: str, name: str) -> int:
    """The next number of a series, from 1."""
    row = db.execute(
        "INSERT INTO counters (company, name, value) VALUES (?, ?, 1)"
        " ON CONFLICT (company, name) DO UPDATE SET value = value + 1 RETURNING value",
        (company, name),
    ).fetchone()
    return int(row[0])


def counter(db: sqlite3.Connection, company: str, name: str) -> int:
    row = db.execute(
        "SELECT value FROM counters WHERE company = ? AND name = ?", (company, name)
    ).fetchone()
    return int(row[0]) if row else 0


def loaded(row: sqlite3.Row) -> Record:
    record: Record = json.loads(row["data"])
    record["version"] = str(row["version"])
    return record


def dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
