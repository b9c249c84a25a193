"""Subscribers over SOAP: created, changed, deleted; their consent, for all lists or for one."""

import sqlite3
from typing import Any
from xml.etree.ElementTree import Element

from connectors.sandbox.sfmc import people
from connectors.sandbox.sfmc.cloud import Cloud, row
from connectors.sandbox.sfmc.people import ACTIVE, UNSUBSCRIBED, Unsubscription
from connectors.sandbox.sfmc.soap.envelope import children, leaf, text, whole
from connectors.sandbox.sfmc.soap.faults import Faulted, unreadable
from connectors.sandbox.sfmc.soap.results import Result, Verb
from connectors.sandbox.sfmc.values import EMAIL

STATUSES = ("Active", "Bounced", "Held", "Unsubscribed", "Deleted")
NOT_ON_CREATE = ("Bounced", "Deleted")
PREFERENCES = ("HTML", "Text")
INVALID_EMAIL, NOT_FOUND, EXISTS, KEY_NOT_FOUND, BAD_STATUS = 12000, 12001, 12014, 12015, 12016
NO_LIST, NOT_ON_LIST = 13000, 13007


class SubscriberRefused(ValueError):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def save(
    cloud: Cloud, db: sqlite3.Connection, verb: Verb, given: Element, action: str | None
) -> Result:
    """One object of a call. `action` is the SaveAction, when the options were nested rightly."""
    try:
        person = _find(db, given)
        if verb == "Delete":
            return _delete(db, given, person)
        if action == "Nothing":
            return _result("Nothing to do.", given, person)
        if person is not None and person["status"] is not None:
            if verb == "Create" and action not in {"UpdateAdd", "UpdateOnly"}:
                raise SubscriberRefused(EXISTS, "The subscriber is already on the list")
            return _result("Updated Subscriber.", given, _change(cloud, db, given, person))
        if (verb == "Update" and action != "UpdateAdd") or action == "UpdateOnly":
            raise _absent(given)
        return _result("Created Subscriber.", given, _create(cloud, db, given, person))
    except SubscriberRefused as refused:
        return Result(
            message=str(refused),
            error_code=refused.code,
            object_type="Subscriber",
            object_xml=_identity(given, None),
        )


def _create(
    cloud: Cloud, db: sqlite3.Connection, given: Element, contact: sqlite3.Row | None
) -> sqlite3.Row:
    email = _email(given)
    if email is None:
        raise SubscriberRefused(INVALID_EMAIL, "The subscriber's email address is required.")
    status = _status(given) or ACTIVE
    if status in NOT_ON_CREATE:
        raise SubscriberRefused(BAD_STATUS, f"The status {status} is not allowed on create.")
    lists = _lists(db, given)
    columns: dict[str, Any] = {"email": email, "status": ACTIVE, **_details(given, "{}")}
    if contact is None:
        contact = people.add(db, cloud, text(given, "SubscriberKey") or email, **columns)
    else:
        contact = people.change(db, contact, **columns)
    return _consent(cloud, db, contact, status, lists)


def _change(
    cloud: Cloud, db: sqlite3.Connection, given: Element, person: sqlite3.Row
) -> sqlite3.Row:
    columns = _details(given, person["attributes"])
    if email := _email(given):
        columns["email"] = email
    status, lists = _status(given), _lists(db, given)
    return _consent(cloud, db, people.change(db, person, **columns), status, lists)


def _consent(
    cloud: Cloud,
    db: sqlite3.Connection,
    person: sqlite3.Row,
    status: str | None,
    lists: list[tuple[int, str, str]],
) -> sqlite3.Row:
    """The status is the account's; lists have their own."""
    if status == UNSUBSCRIBED and person["status"] != UNSUBSCRIBED:
        people.unsubscribe(db, cloud, person, Unsubscription(reason="API"))
    elif status == ACTIVE and person["status"] != ACTIVE:
        people.resubscribe(db, person)
    elif status is not None and status != person["status"]:
        people.change(db, person, status=status)
    for number, wanted, action in lists:
        if action == "delete":
            _leave(db, person, number)
        elif wanted == UNSUBSCRIBED:
            people.unsubscribe(db, cloud, person, Unsubscription(list=number, reason="API"))
        else:
            people.set_list(db, cloud, person, number, wanted)
    return people.change(db, person)


def _leave(db: sqlite3.Connection, person: sqlite3.Row, number: int) -> None:
    gone = db.execute(
        "DELETE FROM list_members WHERE list = ? AND contact = ?", (number, person["id"])
    )
    if not gone.rowcount:
        raise SubscriberRefused(NOT_ON_LIST, "The subscriber is not on the list.")


def _delete(db: sqlite3.Connection, given: Element, person: sqlite3.Row | None) -> Result:
    if person is None or person["status"] is None:
        raise _absent(given)
    db.execute("DELETE FROM list_members WHERE contact = ?", (person["id"],))
    people.change(db, person, status=None)
    return _result("Subscriber deleted", given, person)


def _find(db: sqlite3.Connection, given: Element) -> sqlite3.Row | None:
    """By key; without one by number; without both by address."""
    if key := text(given, "SubscriberKey"):
        return people.by_key(db, key)
    if number := text(given, "ID"):
        return people.by_number(db, number)
    email = text(given, "EmailAddress")
    return people.by_email(db, email) if email else None


def _absent(given: Element) -> SubscriberRefused:
    if text(given, "SubscriberKey"):
        return SubscriberRefused(KEY_NOT_FOUND, "The subscriber key was not found.")
    return SubscriberRefused(NOT_FOUND, "The subscriber was not found.")


def _email(given: Element) -> str | None:
    email = text(given, "EmailAddress")
    if email is not None and not EMAIL.fullmatch(email):
        raise SubscriberRefused(INVALID_EMAIL, "The subscriber's email address is not valid.")
    return email


def _status(given: Element) -> str | None:
    status = text(given, "Status")
    if status and status not in STATUSES:
        raise Faulted(
            unreadable(f"Instance validation error: '{status}' is not valid for SubscriberStatus.")
        )
    return status or None


def _details(given: Element, attributes: str) -> dict[str, Any]:
    pairs = {text(one, "Name") or "": text(one, "Value") for one in children(given, "Attributes")}
    details: dict[str, Any] = {"attributes": people.merged(attributes, pairs)}
    preference = text(given, "EmailTypePreference")
    if preference in PREFERENCES:
        details["email_type"] = preference
    return details


def _lists(db: sqlite3.Connection, given: Element) -> list[tuple[int, str, str]]:
    """Number, status and action of each list named."""
    found = []
    for one in children(given, "Lists"):
        number = whole(text(one, "ID"))
        if number is None or row(db, "SELECT 1 FROM lists WHERE id = ?", number) is None:
            raise SubscriberRefused(NO_LIST, f"The list {text(one, 'ID')} was not found.")
        action = (text(one, "Action") or "create").lower()
        found.append((number, text(one, "Status") or ACTIVE, action))
    return found


def _result(message: str, given: Element, person: sqlite3.Row | None) -> Result:
    number = person["id"] if person is not None else None
    return Result(
        message=message,
        new_id=number or 0,
        object_type="Subscriber",
        object_xml=_identity(given, number),
    )


def _identity(given: Element, number: int | None) -> str:
    parts = leaf("PartnerKey", None)
    if number is not None:
        parts += leaf("ID", number)
    parts += leaf("ObjectID", None)
    for name in ("EmailAddress", "SubscriberKey"):
        value = text(given, name)
        parts += leaf(name, value) if value is not None else ""
    return parts
