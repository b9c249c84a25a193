"""One effect for one Idempotency-Key, however often a call is repeated.

Replies to calls that had an effect are kept for the days the capabilities state and given again.
A refusal had no effect and is not kept: after the cause is mended the same call may succeed.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from connectors.sandbox.prima.call import Call, Reply, parsed
from connectors.sandbox.prima.problem import Refused
from connectors.sandbox.prima.records import dumps

HEADER = "Idempotency-Key"
REPLAYED = {"Idempotent-Replay": "true"}
LONGEST = 64
DAY = 86_400


def once(call: Call, work: Callable[[sqlite3.Connection], Reply]) -> Reply:
    """Run `work` in one transaction, or give the reply it had the first time."""
    key, print_ = key_of(call), fingerprint(call, parsed(call.raw))
    with running(call, key), call.prima.store.write() as db:
        kept = recall(db, call, key, print_)
        if kept:
            return kept
        reply = work(db)
        keep(db, call, (key, print_), reply)
        return reply


def key_of(call: Call) -> str:
    key = call.headers.get(HEADER, "").strip()
    if not key:
        raise Refused(400, "idempotency-key-missing", "The Idempotency-Key is missing")
    if len(key) > LONGEST:
        raise Refused(
            400, "idempotency-key-invalid", f"An Idempotency-Key has {LONGEST} characters at most"
        )
    return key


def content_hash(content: Any) -> str:
    """SHA-256 over the content as JSON with sorted members."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(call: Call, content: Any) -> str:
    return content_hash([call.method, call.path, content])


@contextmanager
def running(call: Call, key: str) -> Iterator[None]:
    """Refuses the same key while a call with it is under way."""
    mark = (call.company.name, key)
    with call.prima.guard:
        if mark in call.prima.in_flight:
            raise Refused(
                409,
                "request-in-flight",
                "A call with this Idempotency-Key is still running",
                headers={"Retry-After": "1"},
                retryable=True,
            )
        call.prima.in_flight.add(mark)
    try:
        yield
    finally:
        with call.prima.guard:
            call.prima.in_flight.discard(mark)


def recall(db: sqlite3.Connection, call: Call, key: str, print_: str) -> Reply | None:
    """The kept reply; Refused when the key was used for something else."""
    row = db.execute(
        "SELECT fingerprint, status, headers, body, kept_at FROM replies"
        " WHERE company = ? AND key = ?",
        (call.company.name, key),
    ).fetchone()
    if row is None or row["kept_at"] < _oldest(call):
        return None
    if row["fingerprint"] != print_:
        raise Refused(
            422,
            "idempotency-key-reused",
            "This Idempotency-Key was used for something else",
            "The same key came with another address or other contents.",
        )
    return Reply(row["status"], json.loads(row["body"]), json.loads(row["headers"]) | REPLAYED)


def keep(db: sqlite3.Connection, call: Call, mark: tuple[str, str], reply: Reply) -> None:
    """Keep a reply under (key, fingerprint)."""
    db.execute(
        "INSERT OR REPLACE INTO replies"
        " (company, key, fingerprint, status, headers, body, kept_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            call.company.name,
            *mark,
            reply.status,
            dumps(dict(reply.headers)),
            dumps(reply.body),
            call.prima.clock.now().timestamp(),
        ),
    )


def _oldest(call: Call) -> float:
    days = int(call.company.capabilities.document["limits"]["idempotency_days"])
    return call.prima.clock.now().timestamp() - days * DAY
