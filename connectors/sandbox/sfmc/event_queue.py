"""Notifications waiting to be delivered: one row for every event and callback that wants it."""

import json
import sqlite3
from typing import Any

from connectors.sandbox.sfmc.cloud import Cloud, create_tables, rows

TABLES = """
CREATE TABLE IF NOT EXISTS callbacks (
    id TEXT PRIMARY KEY, name TEXT UNIQUE, url TEXT UNIQUE, batch INTEGER, signature_key TEXT,
    verification_key TEXT, verify_by REAL, status TEXT, reason TEXT,
    failures INTEGER DEFAULT 0, suspended_until REAL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS subscriptions (
    id TEXT PRIMARY KEY, callback TEXT, name TEXT UNIQUE, types TEXT, filters TEXT, status TEXT
);
CREATE TABLE IF NOT EXISTS notifications (
    number INTEGER PRIMARY KEY, callback TEXT, event TEXT, attempts INTEGER DEFAULT 0,
    not_before REAL, first REAL
);
CREATE INDEX IF NOT EXISTS notifications_due ON notifications (not_before)
"""


def prepare(db: sqlite3.Connection) -> None:
    create_tables(db, TABLES)


def put(db: sqlite3.Connection, cloud: Cloud, event: dict[str, Any]) -> None:
    """Queue the event for every active subscription. Without one it is gone: nobody listens."""
    wanted = rows(
        db,
        "SELECT DISTINCT s.callback, s.types, s.filters FROM subscriptions s JOIN callbacks c"
        " ON c.id = s.callback WHERE s.status = 'active' AND c.status = 'verified'",
    )
    callbacks = {one["callback"] for one in wanted if _wants(one, event)}
    for callback in sorted(callbacks):
        db.execute(
            "INSERT INTO notifications (callback,event,not_before,first) VALUES (?,?,?,?)",
            (callback, json.dumps(event), cloud.seconds(), cloud.seconds()),
        )
    if callbacks:
        cloud.wake.set()


def _wants(subscription: sqlite3.Row, event: dict[str, Any]) -> bool:
    if event["eventCategoryType"] not in json.loads(subscription["types"]):
        return False
    filters = [text.partition("=") for text in json.loads(subscription["filters"])]
    return all(str(event.get(name)) == value for name, _, value in filters)
