"""Contacts and subscribers: one person each, found by key, number or address, and their consent."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.sandbox.sfmc import event_queue
from connectors.sandbox.sfmc.cloud import Cloud, create_tables, row
from connectors.sandbox.sfmc.values import CENTRAL

ACTIVE, UNSUBSCRIBED = "Active", "Unsubscribed"
MOST_DIGITS = 18
FIRST_NUMBER = 36_270_000
TABLES = """
CREATE TABLE IF NOT EXISTS contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE COLLATE NOCASE,
    email TEXT COLLATE NOCASE, created TEXT, attributes TEXT DEFAULT '{}',
    sets TEXT DEFAULT '{}', status TEXT, unsubscribed TEXT, email_type TEXT DEFAULT 'HTML',
    opted_out INTEGER DEFAULT 0
);
CREATE INDEX IF NOT EXISTS contacts_by_email ON contacts (email);
CREATE TABLE IF NOT EXISTS lists (
    id INTEGER PRIMARY KEY, name TEXT, created TEXT
);
CREATE TABLE IF NOT EXISTS list_members (
    list INTEGER, contact INTEGER, status TEXT, created TEXT, unsubscribed TEXT,
    PRIMARY KEY (list, contact)
);
CREATE TABLE IF NOT EXISTS tracking (
    number INTEGER PRIMARY KEY, type TEXT, contact INTEGER, key TEXT, at TEXT,
    send INTEGER, list INTEGER, batch INTEGER, master INTEGER, definition TEXT, reason TEXT
);
CREATE INDEX IF NOT EXISTS tracking_by_type ON tracking (type, at)
"""


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """What is known of it. Without job and list it is from everything."""

    job: int | None = None
    list: int | None = None
    batch: int | None = None
    reason: str = ""

    @property
    def master(self) -> bool:
        return self.job is None and self.list is None


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)
    db.execute(
        "INSERT INTO sqlite_sequence SELECT 'contacts', ? WHERE NOT EXISTS "
        "(SELECT 1 FROM sqlite_sequence WHERE name = 'contacts')",
        (FIRST_NUMBER,),
    )


def central(moment: datetime) -> str:
    """A time as tracking and subscribers show it."""
    local = moment.astimezone(CENTRAL)
    return local.strftime("%Y-%m-%dT%H:%M:%S.") + f"{local.microsecond // 1000:03d}"


def by_key(db: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    return row(db, "SELECT * FROM contacts WHERE key = ?", key)


def by_number(db: sqlite3.Connection, number: Any) -> sqlite3.Row | None:
    text = str(number).strip()
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        return None
    return row(db, "SELECT * FROM contacts WHERE id = ?", int(text))


def by_email(db: sqlite3.Connection, email: str) -> sqlite3.Row | None:
    """The oldest of those with this address."""
    return row(db, "SELECT * FROM contacts WHERE email = ? ORDER BY id LIMIT 1", email)


def add(db: sqlite3.Connection, cloud: Cloud, key: str, **columns: Any) -> sqlite3.Row:
    """A new contact; a subscriber, too, when `status` is given."""
    filled: dict[str, Any] = {"key": key, "created": central(cloud.now()), **columns}
    names, marks = ",".join(filled), ",".join("?" * len(filled))
    cursor = db.execute(
        f"INSERT INTO contacts ({names}) VALUES ({marks})",  # noqa: S608
        tuple(filled.values()),
    )
    return _again(db, cursor.lastrowid)


def change(db: sqlite3.Connection, person: sqlite3.Row, **columns: Any) -> sqlite3.Row:
    if columns:
        settings = ",".join(f"{name}=?" for name in columns)
        db.execute(
            f"UPDATE contacts SET {settings} WHERE id = ?",  # noqa: S608
            (*columns.values(), person["id"]),
        )
    return _again(db, person["id"])


def merged(stored: str, given: Mapping[str, Any]) -> str:
    """Attributes as JSON, with those given put in."""
    return json.dumps({**json.loads(stored), **given})


def remove(db: sqlite3.Connection, person: sqlite3.Row) -> None:
    db.execute("DELETE FROM list_members WHERE contact = ?", (person["id"],))
    db.execute("DELETE FROM contacts WHERE id = ?", (person["id"],))


def unsubscribe(
    db: sqlite3.Connection, cloud: Cloud, person: sqlite3.Row, what: Unsubscription
) -> None:
    """Consent ends: the status, the date, the tracking event and the notification, together."""
    now = central(cloud.now())
    if what.master:
        change(db, person, status=UNSUBSCRIBED, unsubscribed=now)
    if what.list is not None:
        set_list(db, cloud, person, what.list, UNSUBSCRIBED)
    db.execute(
        "INSERT INTO tracking (type,contact,key,at,send,list,batch,master,reason)"
        " VALUES ('Unsubscribe',?,?,?,?,?,?,?,?)",
        (
            person["id"],
            person["key"],
            now,
            what.job or 0,
            what.list or 0,
            what.batch or 0,
            int(what.master),
            what.reason,
        ),
    )
    event_queue.put(db, cloud, _notification(cloud, person, what))


def resubscribe(db: sqlite3.Connection, person: sqlite3.Row) -> None:
    change(db, person, status=ACTIVE, unsubscribed=None)


def set_list(
    db: sqlite3.Connection, cloud: Cloud, person: sqlite3.Row, number: int, status: str
) -> None:
    """The person's status on one list; says nothing about the others."""
    now = central(cloud.now())
    db.execute(
        "INSERT INTO list_members VALUES (?,?,?,?,?) ON CONFLICT (list, contact) DO UPDATE"
        " SET status = excluded.status, unsubscribed = excluded.unsubscribed",
        (number, person["id"], status, now, now if status == UNSUBSCRIBED else None),
    )


def _again(db: sqlite3.Connection, number: int | None) -> sqlite3.Row:
    found: sqlite3.Row = db.execute("SELECT * FROM contacts WHERE id = ?", (number,)).fetchone()
    return found


def _notification(cloud: Cloud, person: sqlite3.Row, what: Unsubscription) -> dict[str, Any]:
    """There is no key in it, only the number and the address; and a date that is six hours early."""
    now_ms = int(cloud.seconds() * 1000)
    composite = {
        "jobId": str(what.job or 0),
        "batchId": str(what.batch or 0),
        "listId": str(what.list or 0),
        "subscriberId": str(person["id"]),
    }
    return {
        "eventCategoryType": "EngagementEvents.EmailUnsubscribe",
        "timestampUTC": now_ms,
        "compositeId": ".".join(composite[name] for name in ("jobId", "listId", "batchId"))
        + f".{person['id']}",
        "definitionKey": "NA",
        "definitionId": "NA",
        "mid": cloud.mid,
        "eid": cloud.mid,
        "composite": composite,
        "info": {
            "to": person["email"] or "",
            "domain": (person["email"] or "").rpartition("@")[2],
            "unsubscribeDate": now_ms - 6 * 3600 * 1000,
            "unsubscribeMethod": "Click",
        },
    }
