"""Webhooks as hints: a signed note that a resource changed, and from which cursor to read.

`POST /subscriptions` {url, resources, secret}. A note is `{"company", "resource", "cursor"}`, with
`Prima-Webhook-Id`, `Prima-Webhook-Timestamp` (seconds) and `Prima-Webhook-Signature`: "v1=" and the
hex HMAC-SHA256, with the subscription's secret, of id + "." + timestamp + "." + body. A note that
cannot be delivered in three attempts is dropped: whoever reads the feeds misses nothing. The fault
`lost_notes` drops them at once. A Prima whose capabilities name no `subscriptions` has none.
"""

import hashlib
import hmac
import sqlite3
import threading
from urllib.parse import urlsplit
from uuid import uuid4

import requests

from connectors.sandbox.prima import changes, idempotency, records
from connectors.sandbox.prima.call import Call, Reply, Route
from connectors.sandbox.prima.installation import Company, Installation
from connectors.sandbox.prima.problem import Issue, Refused, invalid, not_found
from connectors.sandbox.prima.records import Record
from connectors.sandbox.prima.shapes import Choice, Findings, Many, Members, Text

RESOURCE = "subscriptions"
LOST = "lost_notes"
FAULT_KINDS = frozenset({LOST})
ATTEMPTS, PAUSE, TIMEOUT, GATHER = 3, 0.5, 5, 0.05
_NEW = Members(
    {
        "url": Text(required=True),
        "resources": Many(Choice(changes.RESOURCES), required=True, least=1),
        "secret": Text(required=True),
    }
)


def create(call: Call) -> Reply:
    _offered(call)
    body = call.body()
    found = Findings(call.company.capabilities)
    _NEW.check(body, "#", found)
    url = body.get("url")
    if isinstance(url, str) and urlsplit(url).scheme not in ("http", "https"):
        found.issues.append(Issue("#/url", "field.invalid", "An http or https address is needed."))
    if found.issues:
        raise invalid(found.issues, "The subscription")

    def work(db: sqlite3.Connection) -> Reply:
        sent = {r: records.latest_seq(db, call.at(r)) for r in body["resources"]}
        subscription = {**body, "id": str(uuid4()), "sent": sent}
        stored = records.put(db, call.at(RESOURCE), subscription, code=None, now=call.prima.now())
        return Reply(201, _shown(stored))

    return idempotency.once(call, work)


def listing(call: Call) -> Reply:
    _offered(call)
    with call.prima.store.read() as db:
        found = records.every(db, call.at(RESOURCE))
    return Reply(200, {"items": [_shown(each) for each in found]})


def delete(call: Call) -> Reply:
    _offered(call)
    with call.prima.store.write() as db:
        if not records.remove(db, call.at(RESOURCE), call.args["id"]):
            raise not_found("There is no such subscription.")
    return Reply(204, None)


def _offered(call: Call) -> None:
    if not call.company.capabilities.document["resources"][RESOURCE]:
        raise Refused(501, "not-implemented", "This Prima sends no notes")


def _shown(subscription: Record) -> Record:
    return {name: value for name, value in subscription.items() if name not in ("secret", "sent")}


class Courier:
    """Delivers notes from a thread of its own, which starts with the first thing to deliver."""

    def __init__(self, prima: Installation) -> None:
        self._prima = prima
        self._due = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Something may have changed."""
        self._due.set()
        with self._lock:
            if self._thread is None and not self._stopping.is_set() and self._wanted():
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def close(self) -> None:
        self._stopping.set()
        self._due.set()
        if self._thread:
            self._thread.join(timeout=TIMEOUT)

    def _wanted(self) -> bool:
        with self._prima.store.read() as db:
            row = db.execute(
                "SELECT 1 FROM records WHERE company IN (SELECT value FROM json_each(?))"
                " AND resource = ? AND deleted = 0",
                (records.dumps(list(self._prima.companies)), RESOURCE),
            ).fetchone()
        return row is not None

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._due.wait()
            # Changes that come close together make one note.
            self._stopping.wait(GATHER)
            self._due.clear()
            for company in self._prima.companies.values():
                self._look(company)

    def _look(self, company: Company) -> None:
        with self._prima.store.read() as db:
            subscriptions = records.every(db, company.at(RESOURCE))
            latest = {r: records.latest_seq(db, company.at(r)) for r in changes.RESOURCES}
        for subscription in subscriptions:
            for resource in subscription["resources"]:
                before = subscription["sent"].get(resource, 0)
                if latest[resource] > before and not self._stopping.is_set():
                    self._note(company, subscription, resource, before)
                    subscription["sent"][resource] = latest[resource]
                    self._remember(company, subscription)

    def _remember(self, company: Company, subscription: Record) -> None:
        with self._prima.store.write() as db:
            if records.by_id(db, company.at(RESOURCE), subscription["id"]):
                now = self._prima.now()
                records.put(db, company.at(RESOURCE), subscription, code=None, now=now)

    def _note(self, company: Company, subscription: Record, resource: str, before: int) -> None:
        if self._prima.faults.take(LOST, "POST", f"/{resource}"):
            return
        with self._prima.store.read() as db:
            epoch = records.counter(db, company.name, f"epoch:{resource}")
        cursor = changes.Cursor("c", resource, epoch, before).text()
        note = {"company": company.name, "resource": resource, "cursor": cursor}
        body = records.dumps(note).encode()
        headers = self._signed(body, subscription["secret"])
        for attempt in range(1, ATTEMPTS + 1):
            if _delivered(subscription["url"], body, headers) or self._stopping.is_set():
                return
            self._stopping.wait(PAUSE * attempt)

    def _signed(self, body: bytes, secret: str) -> dict[str, str]:
        note_id = str(uuid4())
        timestamp = str(int(self._prima.clock.now().timestamp()))
        signed = b".".join((note_id.encode(), timestamp.encode(), body))
        signature = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "Prima-Webhook-Id": note_id,
            "Prima-Webhook-Timestamp": timestamp,
            "Prima-Webhook-Signature": f"v1={signature}",
        }


def _delivered(url: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        answer = requests.post(
            url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
        )
    except requests.RequestException:
        return False
    return answer.ok


ROUTES = (
    Route("POST", f"/{RESOURCE}", create),
    Route("GET", f"/{RESOURCE}", listing),
    Route("DELETE", f"/{RESOURCE}/<id>", delete),
)
