"""Delivers notifications: signed batches, three seconds to acknowledge, tries again for days."""

import base64
import hmac
import sqlite3
import threading
from hashlib import sha256

import requests

from connectors.sandbox.sfmc.cloud import Cloud, row, rows

ACKNOWLEDGE_SECONDS = 3
QUICK_TRIES = 3
KEEP_SECONDS = 7 * 86_400
SUSPEND_AFTER = 2
SUSPEND_SECONDS = 600
# Events that come within this time share a batch.
GATHER_SECONDS = 0.05
SLEEP_SECONDS = 1.0
MOST_COPIES = 10


class Delivery:
    """One thread. `ens_edition` "older" drops after three tries and suspends the callback."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        section = cloud.section
        self.older = section.get("ens_edition") == "older"
        self.quick_seconds = float(section.get("ens_retry_seconds", 1.0))
        self.deferral_seconds = float(section.get("ens_deferral_seconds", 600))
        self._stopping = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False
        self._thread = threading.Thread(target=self._run, name="notifications", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self.cloud.wake.set()
        self._thread.join(timeout=ACKNOWLEDGE_SECONDS + 2)
        self._session.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self.cloud.wake.wait(self._pause()):
                self.cloud.wake.clear()
                self._stopping.wait(GATHER_SECONDS)
            for callback in self._due():
                if not self._stopping.is_set():
                    self._deliver(callback)

    def _pause(self) -> float:
        """Until the next try, but never long: an event may be put while we look."""
        with self.cloud.store.read() as db:
            found = row(db, "SELECT min(not_before) FROM notifications")
        first = found[0] if found else None
        wait = SLEEP_SECONDS if first is None else float(first) - self.cloud.seconds()
        return min(max(wait, 0.01), SLEEP_SECONDS)

    def _due(self) -> list[sqlite3.Row]:
        now = self.cloud.seconds()
        with self.cloud.store.read() as db:
            return rows(
                db,
                "SELECT * FROM callbacks WHERE suspended_until <= ? AND id IN"
                " (SELECT callback FROM notifications WHERE not_before <= ?)",
                now,
                now,
            )

    def _deliver(self, callback: sqlite3.Row) -> None:
        with self.cloud.store.read() as db:
            batch = rows(
                db,
                "SELECT * FROM notifications WHERE callback = ? AND not_before <= ?"
                " ORDER BY number LIMIT ?",
                callback["id"],
                self.cloud.seconds(),
                callback["batch"],
            )
        if not batch:
            return
        if late := self.cloud.faults.take("late", "POST", callback["url"]):
            self._postpone(batch, late.seconds(default=5))
            return
        sent = self._send(callback, batch)
        if sent and (fault := self.cloud.faults.take("duplicate", "POST", callback["url"])):
            for _ in range(min(fault.number_of("copies", 1), MOST_COPIES)):
                self._send(callback, batch)
        self._settle(callback, batch, sent=sent)

    def _send(self, callback: sqlite3.Row, batch: list[sqlite3.Row]) -> bool:
        body = ("[" + ",".join(one["event"] for one in batch) + "]").encode()
        try:
            reply = self._session.post(
                callback["url"],
                data=body,
                headers={
                    "Content-Type": "application/json",
                    "x-sfmc-ens-signature": signature(callback["signature_key"], body),
                },
                timeout=ACKNOWLEDGE_SECONDS,
            )
        except requests.RequestException:
            return False
        return 200 <= reply.status_code <= 204

    def _postpone(self, batch: list[sqlite3.Row], seconds: float) -> None:
        with self.cloud.store.write() as db:
            for one in batch:
                db.execute(
                    "UPDATE notifications SET not_before = ? WHERE number = ?",
                    (self.cloud.seconds() + seconds, one["number"]),
                )

    def _settle(self, callback: sqlite3.Row, batch: list[sqlite3.Row], *, sent: bool) -> None:
        with self.cloud.store.write() as db:
            for one in batch:
                if sent or self._given_up(one):
                    db.execute("DELETE FROM notifications WHERE number = ?", (one["number"],))
                else:
                    tries = one["attempts"] + 1
                    wait = self.deferral_seconds if tries % QUICK_TRIES == 0 else self.quick_seconds
                    db.execute(
                        "UPDATE notifications SET attempts=?, not_before=? WHERE number=?",
                        (tries, self.cloud.seconds() + wait, one["number"]),
                    )
            failures = 0 if sent else callback["failures"] + 1
            suspended = self.older and failures >= SUSPEND_AFTER * QUICK_TRIES
            until = self.cloud.seconds() + SUSPEND_SECONDS if suspended else 0
            db.execute(
                "UPDATE callbacks SET failures=?, suspended_until=? WHERE id=?",
                (failures, until, callback["id"]),
            )
            if suspended:
                # The older edition loses what comes while the callback is suspended.
                db.execute("DELETE FROM notifications WHERE callback = ?", (callback["id"],))

    def _given_up(self, one: sqlite3.Row) -> bool:
        if self.older:
            return int(one["attempts"]) + 1 >= QUICK_TRIES
        return bool(self.cloud.seconds() - one["first"] > KEEP_SECONDS)


def signature(key: str, body: bytes) -> str:
    """The key is taken as the text it is, not decoded."""
    return base64.b64encode(hmac.new(key.encode(), body, sha256).digest()).decode()
