"""Execute and Perform: an unsubscribe that is logged, a data extension that is emptied."""

import sqlite3
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from connectors.sandbox.sfmc import data_extensions, people, rows
from connectors.sandbox.sfmc.cloud import Cloud, row
from connectors.sandbox.sfmc.people import UNSUBSCRIBED, Unsubscription
from connectors.sandbox.sfmc.soap.envelope import child, children, text, type_of, whole
from connectors.sandbox.sfmc.soap.results import Result, executed, performed

METHOD_NOT_ALLOWED = 5
KNOWN = ("SubscriberKey", "SubscriberID", "EmailAddress", "JobID", "ListID", "BatchID", "Reason")
IDENTITY = ("SubscriberKey", "SubscriberID", "EmailAddress")
DISAGREE = {"SubscriberID": 405, "EmailAddress": 406}


class ExecuteRefused(ValueError):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def execute(cloud: Cloud, message: Element) -> str:
    with cloud.store.write() as db:
        return executed([_execute(cloud, db, one) for one in children(message, "Requests")])


def perform(cloud: Cloud, message: Element) -> str:
    action = text(message, "Action") or ""
    with cloud.store.write() as db:
        found = [
            _perform(cloud, db, action, one)
            for one in children(child(message, "Definitions"), "Definition")
        ]
    return performed(found)


def _execute(cloud: Cloud, db: sqlite3.Connection, request: Element) -> Result:
    name = text(request, "Name") or ""
    if name != "LogUnsubEvent":
        return Result(f"Unable to find a handler for {name}.", METHOD_NOT_ALLOWED)
    given = {
        text(one, "Name") or "": text(one, "Value") or "" for one in children(request, "Parameters")
    }
    try:
        _log_unsubscribe(cloud, db, {key: value for key, value in given.items() if value})
    except ExecuteRefused as refused:
        return Result(str(refused), refused.code)
    return Result("Event posted")


def _log_unsubscribe(cloud: Cloud, db: sqlite3.Connection, given: Mapping[str, str]) -> None:
    if not any(name in KNOWN for name in given):
        raise ExecuteRefused(402, "No known parameter was given.")
    person = _person(db, given)
    number = whole(given.get("ListID"))
    if number is not None:
        member = row(
            db,
            "SELECT status FROM list_members WHERE list = ? AND contact = ?",
            number,
            person["id"],
        )
        if member is not None and member["status"] == UNSUBSCRIBED:
            raise ExecuteRefused(401, "The subscriber is already unsubscribed from the list.")
    what = Unsubscription(
        job=whole(given.get("JobID")),
        list=number,
        batch=whole(given.get("BatchID")),
        reason=given.get("Reason", ""),
    )
    people.unsubscribe(db, cloud, person, what)


def _person(db: sqlite3.Connection, given: Mapping[str, str]) -> sqlite3.Row:
    """The subscriber that every identity given agrees on."""
    if not any(name in given for name in IDENTITY):
        raise ExecuteRefused(403, "SubscriberKey, SubscriberID or EmailAddress must be given.")
    person = None
    if key := given.get("SubscriberKey"):
        person = people.by_key(db, key)
    elif number := given.get("SubscriberID"):
        person = people.by_number(db, number)
    elif email := given.get("EmailAddress"):
        person = people.by_email(db, email)
    if person is None or person["status"] is None:
        raise ExecuteRefused(404, "The subscriber was not found.")
    facts = {"SubscriberID": str(person["id"]), "EmailAddress": str(person["email"]).lower()}
    for name, fact in facts.items():
        if name in given and given[name].lower() != fact:
            raise ExecuteRefused(DISAGREE[name], f"The {name} is not that of the subscriber.")
    return person


def _perform(cloud: Cloud, db: sqlite3.Connection, action: str, given: Element) -> Result:
    if action != "ClearData" or type_of(given) != "DataExtension":
        return Result(f"The action {action} is not supported.", METHOD_NOT_ALLOWED)
    extension = data_extensions.by_key(cloud, text(given, "CustomerKey") or "")
    if extension is None:
        return Result("The data extension was not found.", 2)
    rows.clear(db, extension)
    return Result("Successfully cleared data extension.")
