"""What every part of the Marketing Cloud sandbox shares: the file, the clock, the faults, the scenario."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.sfmc.call import Call
from connectors.sandbox.store import Store

if TYPE_CHECKING:
    from connectors.sandbox.sfmc.data_extensions import DataExtension

DEFAULT_TOKEN_SECONDS = 1079
DEFAULT_ASYNC_SECONDS = 1.0


class Cloud:
    """Times in the file are seconds since 1970 for deadlines, and text (UTC) for people."""

    def __init__(
        self, section: Mapping[str, Any], store: Store, faults: Faults, clock: Clock
    ) -> None:
        self.section = section
        self.store = store
        self.faults = faults
        self.clock = clock
        self.token_seconds = int(section.get("token_seconds", DEFAULT_TOKEN_SECONDS))
        self.async_seconds = float(section.get("async_seconds", DEFAULT_ASYNC_SECONDS))
        packages = section.get("packages") or []
        self.mid = int(packages[0]["mid"]) if packages else 0
        self.extensions: dict[str, DataExtension] = {}
        # Set when there is a notification to deliver.
        self.wake = Event()
        # When the next queued piece of work falls due; None when there is none.
        self.next_due: float | None = None

    def now(self) -> datetime:
        return self.clock.now()

    def seconds(self) -> float:
        return self.clock.now().timestamp()

    def stamp(self) -> str:
        """Now, as journeys and asynchronous requests write it: no offset, milliseconds."""
        return text_of(self.clock.now())

    def due_at(self, seconds: float) -> None:
        if self.next_due is None or seconds < self.next_due:
            self.next_due = seconds

    def fault(self, kind: str, call: Call) -> Fault | None:
        return None if self.faults.idle else self.faults.take(kind, call.method, call.path)


def text_of(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def new_id() -> str:
    return str(uuid4())


def rows(db: sqlite3.Connection, sql: str, *values: Any) -> list[sqlite3.Row]:
    return db.execute(sql, values).fetchall()


def row(db: sqlite3.Connection, sql: str, *values: Any) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute(sql, values).fetchone()
    return found


def number(db: sqlite3.Connection, sql: str, *values: Any) -> int:
    return int(db.execute(sql, values).fetchone()[0])


def create_tables(db: sqlite3.Connection, sql: str) -> None:
    """Several CREATE statements, inside the transaction under way."""
    for statement in sql.split(";"):
        db.execute(statement)
