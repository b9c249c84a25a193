"""The tables of the Prima sandbox."""

import sqlite3

# One row a record of any resource: its latest state. `seq` rises with every change, so that
# "everything after seq" is the change feed; a deleted record stays as a tombstone.
TABLES = """
CREATE TABLE IF NOT EXISTS records (
    company TEXT NOT NULL,
    resource TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    data TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS records_by_id ON records (company, resource, id);
CREATE UNIQUE INDEX IF NOT EXISTS records_by_code ON records (company, resource, code);
CREATE UNIQUE INDEX IF NOT EXISTS records_by_seq ON records (company, resource, seq);

-- Keys other systems know a record by: an order's external reference, a customer's external keys.
CREATE TABLE IF NOT EXISTS external_keys (
    company TEXT NOT NULL,
    resource TEXT NOT NULL,
    system TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (company, resource, system, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS external_keys_by_id ON external_keys (company, resource, id);

-- What a customer can be recognised by, normalised.
CREATE TABLE IF NOT EXISTS traits (
    company TEXT NOT NULL,
    trait TEXT NOT NULL,
    value TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (company, trait, value, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS traits_by_id ON traits (company, id);

CREATE TABLE IF NOT EXISTS counters (
    company TEXT NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (company, name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS replies (
    company TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    kept_at REAL NOT NULL,
    PRIMARY KEY (company, key)
);

CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    expires_at REAL NOT NULL
) WITHOUT ROWID;
"""
NAMES = ("records", "external_keys", "traits", "counters", "replies", "tokens")


def create(db: sqlite3.Connection) -> None:
    # executescript() would commit the transaction it finds open.
    for statement in TABLES.split(";"):
        db.execute(statement)


def clear(db: sqlite3.Connection) -> None:
    for name in NAMES:
        db.execute(f"DELETE FROM {name}")  # noqa: S608 - names are the constants above
