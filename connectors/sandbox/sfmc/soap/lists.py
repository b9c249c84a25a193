"""Subscriber lists over SOAP: made and renamed."""

import sqlite3
from xml.etree.ElementTree import Element

from connectors.sandbox.sfmc import people
from connectors.sandbox.sfmc.cloud import Cloud, row
from connectors.sandbox.sfmc.soap.envelope import leaf, text, whole
from connectors.sandbox.sfmc.soap.results import Result, Verb

NOT_FOUND, NAME_MISSING = 13000, 13001


def save(
    cloud: Cloud, db: sqlite3.Connection, verb: Verb, given: Element, action: str | None
) -> Result:
    name, number = text(given, "ListName"), whole(text(given, "ID"))
    found = row(db, "SELECT id FROM lists WHERE id = ?", number)
    if verb == "Create" and not name:
        return Result("A list must have a name.", NAME_MISSING)
    if verb == "Create":
        cursor = db.execute(
            "INSERT INTO lists (name, created) VALUES (?,?)", (name, people.central(cloud.now()))
        )
        return _result("Created List.", cursor.lastrowid or 0, name)
    if found is None:
        return Result("The list was not found.", NOT_FOUND)
    if verb == "Delete":
        db.execute("DELETE FROM list_members WHERE list = ?", (found["id"],))
        db.execute("DELETE FROM lists WHERE id = ?", (found["id"],))
        return _result("List deleted", found["id"], name)
    if name:
        db.execute("UPDATE lists SET name = ? WHERE id = ?", (name, found["id"]))
    return _result("Updated List.", found["id"], name)


def _result(message: str, number: int, name: str | None) -> Result:
    inside = leaf("PartnerKey", None) + leaf("ID", number) + leaf("ObjectID", None)
    inside += leaf("ListName", name) if name else ""
    return Result(message, new_id=number, object_type="List", object_xml=inside)
