"""Writing single rows of a data extension: checked, upserted by key, deleted."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.sfmc.data_extensions import DataExtension
from connectors.sandbox.sfmc.values import Column, ValueRefused, kept

Kept = dict[Column, str | int | None]


class RowRefused(ValueError):
    """The row cannot be written. `messages` are the service's own, one per column at fault."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Rules:
    """How strict the service is today."""

    refuse_null: bool = False


def checked(
    extension: DataExtension, values: Mapping[str, Any], rules: Rules | None = None
) -> Kept:
    """The values of the columns that exist, or RowRefused. Columns nobody knows are passed over."""
    found: Kept = {}
    messages = []
    for name, value in values.items():
        column = extension.column(str(name))
        if column is None:
            continue
        try:
            found[column] = _checked(column, value, rules)
        except ValueRefused as refused:
            messages.append(str(refused))
    if messages:
        raise RowRefused(messages)
    if not found:
        raise RowRefused(["At least one existing field is required in the values property"])
    return found


def _checked(column: Column, value: Any, rules: Rules | None) -> str | int | None:
    if value is None and rules and rules.refuse_null:
        raise ValueRefused(f"{column.name}: The value for column [{column.name}] is null.")
    result = kept(column, value)
    if column.required and (result is None or (result == "" and column.primary_key)):
        raise ValueRefused(_needed(column))
    return result


def upsert(db: sqlite3.Connection, extension: DataExtension, values: Kept) -> None:
    """Change the row with this key, or add it."""
    if extension.keys and update(db, extension, values):
        return
    insert(db, extension, values)


def update(db: sqlite3.Connection, extension: DataExtension, values: Kept) -> bool:
    """True when there was such a row."""
    others = [column for column in values if not column.primary_key] or list(extension.keys)
    settings = ",".join(f"{column.sql}=?" for column in others)
    where, key = _by_key(extension, values)
    cursor = db.execute(
        f"UPDATE {extension.table} SET {settings} WHERE {where}",  # noqa: S608
        (*[values[column] for column in others], *key),
    )
    return cursor.rowcount > 0


def insert(db: sqlite3.Connection, extension: DataExtension, values: Kept) -> None:
    """Add the row; sqlite3.IntegrityError when the key is taken."""
    full = {column: kept(column, column.default) for column in extension.columns if column.default}
    full.update(values)
    lacking = [
        column for column in extension.columns if column.required and full.get(column) is None
    ]
    if lacking:
        raise RowRefused([_needed(column) for column in lacking])
    names = ",".join(column.sql for column in full)
    marks = ",".join("?" * len(full))
    db.execute(
        f"INSERT INTO {extension.table} ({names}) VALUES ({marks})",  # noqa: S608
        tuple(full.values()),
    )


def delete(db: sqlite3.Connection, extension: DataExtension, values: Kept) -> bool:
    where, key = _by_key(extension, values)
    cursor = db.execute(f"DELETE FROM {extension.table} WHERE {where}", key)  # noqa: S608
    return cursor.rowcount > 0


def clear(db: sqlite3.Connection, extension: DataExtension) -> None:
    db.execute(f"DELETE FROM {extension.table}")  # noqa: S608


def taken(extension: DataExtension, values: Kept) -> str:
    """The service's words for a key that is there already."""
    shown = ", ".join(str(values.get(column)) for column in extension.keys)
    return (
        f"Violation of PRIMARY KEY constraint 'PK_{extension.number}'. Cannot insert duplicate key "
        f"in object '{extension.name}'. The duplicate key value is ({shown})."
    )


def _by_key(extension: DataExtension, values: Kept) -> tuple[str, tuple[Any, ...]]:
    lacking = [column for column in extension.keys if values.get(column) is None]
    if lacking or not extension.keys:
        raise RowRefused([_needed(column) for column in lacking] or ["There is no primary key."])
    where = " AND ".join(f"{column.sql}=?" for column in extension.keys)
    return where, tuple(values[column] for column in extension.keys)


def _needed(column: Column) -> str:
    return f"{column.name}: A value for column [{column.name}] is required."
