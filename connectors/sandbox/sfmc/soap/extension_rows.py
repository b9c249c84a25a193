"""Rows of data extensions over SOAP: created, updated, deleted, retrieved."""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, TypedDict
from xml.etree.ElementTree import Element

from connectors.sandbox.sfmc import data_extensions, rows
from connectors.sandbox.sfmc.cloud import Cloud
from connectors.sandbox.sfmc.data_extensions import DataExtension
from connectors.sandbox.sfmc.rows import RowRefused
from connectors.sandbox.sfmc.soap.envelope import child, children, leaf, tag, text
from connectors.sandbox.sfmc.soap.filters import FilterRefused, Tree
from connectors.sandbox.sfmc.soap.results import Result, Verb
from connectors.sandbox.sfmc.values import Column, ValueRefused, kept, shown

CONCURRENCY = "Concurrency violation: the UpdateCommand affected 0 of the expected 1 records."
SYSTEM_EXCEPTION = 2
WORDS = {"Create": "Created", "Update": "Updated", "Delete": "Deleted"}


class Asked(TypedDict):
    """A retrieve as it is kept between two pages."""

    type: str
    properties: list[str]
    filter: Tree | None
    size: int


def save(
    cloud: Cloud, db: sqlite3.Connection, verb: Verb, given: Element, action: str | None
) -> Result:
    """One object of a call. `action` is the SaveAction, when the options were nested rightly."""
    extension = data_extensions.by_key(cloud, text(given, "CustomerKey") or "")
    if extension is None:
        return _failed(verb, "Unable to find the data extension.", [])
    values = _pairs(given, "Keys", "Key") | _pairs(given, "Properties", "Property")
    unknown = [name for name in values if extension.column(name) is None]
    if unknown:
        return _failed(verb, f"Invalid column name '{unknown[0]}'.", unknown)
    try:
        problem = _write(db, extension, verb, values, action)
    except RowRefused as refused:
        return _failed(verb, "Error saving the row.", refused.messages)
    if problem:
        return _failed(verb, problem, [])
    return Result(
        message=f"{WORDS[verb]} DataExtensionObject",
        object_type="DataExtensionObject",
        object_xml=leaf("PartnerKey", None)
        + leaf("ObjectID", None)
        + leaf("CustomerKey", extension.key)
        + _properties(values.items()),
        result_type=f"DataExtension{verb}Result",
    )


def columns_asked(extension: DataExtension, names: list[str]) -> list[Column]:
    found = []
    for name in names:
        column = extension.column(name)
        if column is None:
            raise FilterRefused(f"Invalid column name '{name}'")
        found.append(column)
    if not found:
        raise FilterRefused("The Properties of the data extension must be named.")
    return found


def find_column(
    extension: DataExtension, name: str, tree: Tree | None
) -> tuple[str, Callable[[str], Any]]:
    column = extension.column(name)
    if column is None:
        raise FilterRefused(f"Invalid column name '{name}'")
    if _uses_like(tree):
        raise FilterRefused("The operator like is not supported for DataExtensionObject.")

    def convert(value: str) -> Any:
        try:
            return value if column.text_like else kept(column, value)
        except ValueRefused as refused:
            raise FilterRefused(str(refused)) from refused

    return column.sql, convert


def results(
    extension: DataExtension, chosen: list[Column], found: Iterable[tuple[Any, ...]]
) -> list[str]:
    shows = [(column.name, shown(column)) for column in chosen]
    head = leaf("PartnerKey", None) + leaf("ObjectID", None)
    return [
        tag(
            "Results",
            head
            + _properties(
                (name, show(value)) for (name, show), value in zip(shows, entry, strict=True)
            ),
            type="DataExtensionObject",
        )
        for entry in found
    ]


def _write(
    db: sqlite3.Connection,
    extension: DataExtension,
    verb: Verb,
    values: dict[str, str | None],
    action: str | None,
) -> str | None:
    """Words for what went wrong, if anything did."""
    checked = rows.checked(extension, values)
    if verb == "Delete":
        rows.delete(db, extension, checked)
        return None
    if action == "UpdateAdd":
        rows.upsert(db, extension, checked)
        return None
    if verb == "Update":
        return None if rows.update(db, extension, checked) else CONCURRENCY
    try:
        rows.insert(db, extension, checked)
    except sqlite3.IntegrityError:
        return rows.taken(extension, checked)
    return None


def _pairs(given: Element, outer: str, inner: str) -> dict[str, str | None]:
    return {
        text(one, "Name") or "": text(one, "Value") for one in children(child(given, outer), inner)
    }


def _properties(pairs: Iterable[tuple[str, str | None]]) -> str:
    inside = "".join(
        tag("Property", leaf("Name", name) + leaf("Value", value or "")) for name, value in pairs
    )
    return tag("Properties", inside)


def _failed(verb: Verb, message: str, problems: list[str]) -> Result:
    listed = "".join(
        tag(
            "ValueError",
            leaf("Name", problem.partition(":")[0])
            + leaf("ErrorCode", SYSTEM_EXCEPTION)
            + leaf("ErrorMessage", problem),
        )
        for problem in problems
    )
    return Result(
        message=message,
        error_code=SYSTEM_EXCEPTION,
        more_xml=leaf("ErrorMessage", message) + (tag("ValueErrors", listed) if listed else ""),
        result_type=f"DataExtension{verb}Result",
    )


def _uses_like(tree: Tree | None) -> bool:
    if not tree:
        return False
    if "operands" in tree:
        return any(_uses_like(one) for one in tree["operands"])
    return bool(tree.get("operator") == "like")
