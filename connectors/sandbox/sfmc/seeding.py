"""Puts the scenario into the file when it is new; finds what is there when it is not."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.sandbox.scenario import ScenarioRefused
from connectors.sandbox.sfmc import (
    async_rows,
    contacts,
    data_extensions,
    event_definitions,
    event_queue,
    events,
    journeys,
    messaging,
    people,
    rows,
    rowset_reads,
    tokens,
)
from connectors.sandbox.sfmc.cloud import Cloud, number
from connectors.sandbox.sfmc.data_extensions import column_of
from connectors.sandbox.sfmc.rows import RowRefused
from connectors.sandbox.sfmc.soap import retrieve

PARTS = (
    tokens,
    data_extensions,
    async_rows,
    rowset_reads,
    people,
    event_queue,
    event_definitions,
    journeys,
    events,
    retrieve,
    contacts,
    messaging,
)


def prepare(cloud: Cloud) -> None:
    with cloud.store.write() as db:
        db.execute("CREATE TABLE IF NOT EXISTS seeded (at TEXT)")
        for part in PARTS:
            part.prepare(db)
        if not number(db, "SELECT count(*) FROM seeded"):
            _seed(cloud, db)
        data_extensions.load(db, cloud)
        cloud.next_due = async_rows.next_due(db)


def reload(cloud: Cloud) -> None:
    """Everything as it was at the start."""
    with cloud.store.write() as db:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        for (name,) in db.execute(tables).fetchall():
            db.execute(f'DROP TABLE "{name}"')
        prepare(cloud)


def _seed(cloud: Cloud, db: sqlite3.Connection) -> None:
    section = cloud.section
    for wanted in section.get("data_extensions", ()):
        _data_extension(cloud, db, wanted)
    try:
        for wanted in section.get("journeys", ()):
            journeys.add(db, cloud, wanted)
        for wanted in section.get("event_definitions", ()):
            event_definitions.add(db, cloud, wanted)
        for wanted in section.get("lists", ()):
            db.execute(
                "INSERT INTO lists VALUES (?,?,?)",
                (int(wanted["id"]), str(wanted["name"]), people.central(cloud.now())),
            )
        for wanted in section.get("subscribers", ()):
            _subscriber(cloud, db, wanted)
    except (ValueError, KeyError, TypeError, sqlite3.IntegrityError) as problem:
        raise ScenarioRefused(f"The Marketing Cloud part cannot be used: {problem}") from problem
    db.execute("INSERT INTO seeded VALUES (?)", (cloud.stamp(),))


def _subscriber(cloud: Cloud, db: sqlite3.Connection, wanted: Mapping[str, Any]) -> None:
    status = str(wanted.get("status", people.ACTIVE))
    columns: dict[str, Any] = {
        "email": str(wanted["email"]),
        "status": status,
        "attributes": json.dumps(wanted.get("attributes") or {}),
    }
    if status == people.UNSUBSCRIBED:
        columns["unsubscribed"] = people.central(cloud.now())
    if wanted.get("id"):
        columns["id"] = int(wanted["id"])
    person = people.add(db, cloud, str(wanted["key"]), **columns)
    for number_of_list in wanted.get("lists", ()):
        people.set_list(db, cloud, person, int(number_of_list), people.ACTIVE)


def _data_extension(cloud: Cloud, db: sqlite3.Connection, wanted: Mapping[str, Any]) -> None:
    try:
        columns = [column_of(place, one) for place, one in enumerate(wanted["columns"])]
        extension = data_extensions.create(db, cloud, wanted, columns)
    except (ValueError, KeyError, TypeError) as problem:
        raise ScenarioRefused(f"Data extension {wanted['key']}: {problem}") from problem
    except sqlite3.IntegrityError as problem:
        raise ScenarioRefused(f"Data extension {wanted['key']} is there twice.") from problem
    given: Iterable[Mapping[str, Any]] = wanted.get("rows", ())
    for place, row in enumerate(given):
        try:
            rows.insert(db, extension, rows.checked(extension, row))
        except RowRefused as refused:
            raise ScenarioRefused(f"{wanted['key']}, row {place}: {refused}") from refused
        except sqlite3.IntegrityError as problem:
            raise ScenarioRefused(f"{wanted['key']}, row {place}: the key is taken.") from problem
