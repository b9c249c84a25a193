"""Puts the scenario into the file when it is new; finds what is there when it is not."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.sandbox.scenario import ScenarioRefused
from connectors.sandbox.sfmc import async_rows, data_extensions, rows, rowset_reads, tokens
from connectors.sandbox.sfmc.cloud import Cloud, number
from connectors.sandbox.sfmc.data_extensions import column_of
from connectors.sandbox.sfmc.rows import RowRefused

PARTS = (tokens, data_extensions, async_rows, rowset_reads)


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
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            db.execute(f'DROP TABLE "{name}"')
        prepare(cloud)


def _seed(cloud: Cloud, db: sqlite3.Connection) -> None:
    section = cloud.section
    for wanted in section.get("data_extensions", ()):
        _data_extension(cloud, db, wanted)
    db.execute("INSERT INTO seeded VALUES (?)", (cloud.stamp(),))


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
