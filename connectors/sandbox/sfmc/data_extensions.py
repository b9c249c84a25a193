"""Data extensions: their columns and keys, and the table that holds the rows of each."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connectors.sandbox.sfmc.cloud import Cloud, create_tables, new_id, rows
from connectors.sandbox.sfmc.errors import Refused, invalid_parameter, standard
from connectors.sandbox.sfmc.values import Column

TYPES = (
    "Text",
    "Number",
    "Date",
    "Boolean",
    "EmailAddress",
    "Phone",
    "Decimal",
    "Locale",
    "Base16Encrypted",
    "Base16EncryptedEmail",
)
TYPE_BY_NAME = {name.lower(): name for name in TYPES}
SQL_TYPES = {"Number": "INTEGER", "Decimal": "INTEGER", "Boolean": "INTEGER", "Date": "TEXT"}
TABLES = """
CREATE TABLE IF NOT EXISTS data_extensions (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, key TEXT UNIQUE COLLATE NOCASE, name TEXT,
    columns TEXT, category_id INTEGER, sendable INTEGER, created TEXT, seen REAL
);
"""


@dataclass(frozen=True)
class DataExtension:
    number: int
    id: str
    key: str
    name: str
    columns: tuple[Column, ...]
    category_id: int
    sendable: bool
    created: str
    seen: float

    @property
    def table(self) -> str:
        return f"rows_{self.number}"

    @cached_property
    def keys(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.primary_key)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name.lower(): column for column in self.columns}

    def column(self, name: str) -> Column | None:
        return self._by_name.get(name.strip().lower())


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)


def column_of(place: int, wanted: Mapping[str, Any]) -> Column:
    """A column as scenarios describe it. Keys are always required."""
    name = TYPE_BY_NAME.get(str(wanted.get("type", "Text")).lower())
    if name is None or not str(wanted.get("name") or "").strip():
        raise ValueError(f"Column {wanted.get('name')!r} has no name or an unknown type.")
    key = bool(wanted.get("primary_key"))
    length, default = wanted.get("length"), wanted.get("default")
    return Column(
        name=str(wanted["name"]).strip(),
        type=name,
        place=place,
        length=int(length) if length else None,
        scale=int(wanted.get("scale", 2) or 0),
        primary_key=key,
        required=key or bool(wanted.get("required")),
        default=None if default is None else str(default),
    )


def create(
    db: sqlite3.Connection,
    cloud: Cloud,
    wanted: Mapping[str, Any],
    columns: Sequence[Column],
    *,
    seen: float = 0,
) -> DataExtension:
    """A new data extension and its table. `seen`: when a search begins to find it."""
    names = [column.name.lower() for column in columns]
    if len(set(names)) != len(names):
        raise ValueError(f"Two columns of {wanted['key']} have the same name.")
    cursor = db.execute(
        "INSERT INTO data_extensions (id,key,name,columns,category_id,sendable,created,seen)"
        " VALUES (?,?,?,?,?,?,?,?)",
        (
            wanted.get("id") or new_id(),
            str(wanted["key"]),
            str(wanted.get("name") or wanted["key"]),
            json.dumps([_as_json(column) for column in columns]),
            int(wanted.get("category_id") or 1),
            int(bool(wanted.get("sendable"))),
            cloud.stamp(),
            seen,
        ),
    )
    extension = _read(db, "number = ?", cursor.lastrowid)[0]
    db.execute(f"CREATE TABLE {extension.table} (row INTEGER PRIMARY KEY, {_columns_sql(columns)})")
    if extension.keys:
        key_sql = ",".join(column.sql for column in extension.keys)
        db.execute(f"CREATE UNIQUE INDEX key_{extension.number} ON {extension.table} ({key_sql})")
    cloud.extensions[extension.key.lower()] = extension
    return extension


def drop(db: sqlite3.Connection, cloud: Cloud, extension: DataExtension) -> None:
    db.execute(f"DROP TABLE {extension.table}")
    db.execute("DELETE FROM data_extensions WHERE number = ?", (extension.number,))
    cloud.extensions.pop(extension.key.lower(), None)


def load(db: sqlite3.Connection, cloud: Cloud) -> None:
    """What the file holds, into memory."""
    cloud.extensions = {found.key.lower(): found for found in _read(db, "1 = ?", 1)}


def by_key(cloud: Cloud, key: str) -> DataExtension | None:
    return cloud.extensions.get(key.lower())


def by_id(cloud: Cloud, wanted: str) -> DataExtension | None:
    low = wanted.lower()
    return next((found for found in list(cloud.extensions.values()) if found.id == low), None)


def by_reference(cloud: Cloud, reference: str) -> DataExtension | None:
    """`key:ORDERS`, or the id."""
    if reference.lower().startswith("key:"):
        return by_key(cloud, reference[4:])
    return by_id(cloud, reference)


def required(cloud: Cloud, reference: str) -> DataExtension:
    """The data extension, or the refusal that the row routes give."""
    found = by_reference(cloud, reference)
    if found is None:
        raise invalid_parameter(reference.removeprefix("key:"))
    return found


def unknown_key(name: str) -> Refused:
    return standard(f"Primary key '{name}' does not exist.", 10000)


def _read(db: sqlite3.Connection, condition: str, value: Any) -> list[DataExtension]:
    found = rows(db, f"SELECT * FROM data_extensions WHERE {condition} ORDER BY number", value)  # noqa: S608
    return [
        DataExtension(
            number=entry["number"],
            id=entry["id"],
            key=entry["key"],
            name=entry["name"],
            columns=tuple(
                column_of(place, wanted)
                for place, wanted in enumerate(json.loads(entry["columns"]))
            ),
            category_id=entry["category_id"],
            sendable=bool(entry["sendable"]),
            created=entry["created"],
            seen=entry["seen"],
        )
        for entry in found
    ]


def _columns_sql(columns: Sequence[Column]) -> str:
    return ", ".join(
        f"{column.sql} {SQL_TYPES.get(column.type, 'TEXT COLLATE NOCASE')}" for column in columns
    )


def _as_json(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "length": column.length,
        "scale": column.scale,
        "primary_key": column.primary_key,
        "required": column.required,
        "default": column.default,
    }
