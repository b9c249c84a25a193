"""Entering orders into the book and moving them along their four states."""

import sqlite3
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from connectors.sandbox.prima import records
from connectors.sandbox.prima.installation import Company
from connectors.sandbox.prima.item_key import sku_key
from connectors.sandbox.prima.records import Record

RESOURCE = "sales-orders"
STATES: dict[str, tuple[str, ...]] = {
    "order_status": ("received", "accepted", "on_hold", "rejected", "cancelled", "completed"),
    "fulfilment_status": (
        "none",
        "allocated",
        "part_allocated",
        "backordered",
        "part_despatched",
        "despatched",
    ),
    "invoice_status": ("none", "part", "full", "credited"),
    "payment_status": ("none", "part", "paid", "refunded"),
}
_LINE_COUNTS = ("allocated_qty", "shipped_qty", "invoiced_qty", "cancelled_qty")


def enter(db: sqlite3.Connection, company: Company, order: Record, now: str) -> Record:
    """Store a new order under its number and its external reference."""
    ref = order["external_ref"]
    stored = records.put(db, company.at(RESOURCE), order, code=order["order_number"], now=now)
    records.link(
        db,
        company.at(RESOURCE),
        [{"system": ref["system"], "key": ref["ref"]}],
        order["id"],
    )
    return stored


def change(
    db: sqlite3.Connection, company: Company, order: Record, changes: Mapping[str, Any], now: str
) -> Record:
    """Store the order with `changes`; a new order status shows in raw_status, too."""
    changed = {**order, **changes}
    if any(name in STATES for name in changes):
        changed["status_changed_at"] = now
        changed["raw_status"] = raw_status(company, changed["order_status"])
    return records.put(db, company.at(RESOURCE), changed, code=order["order_number"], now=now)


def document(
    company: Company, body: Mapping[str, Any], number: str, content_hash: str, now: str
) -> Record:
    """A complete order record from what was sent: states at their beginnings, nothing delivered."""
    status = str(body.get("order_status") or "accepted")
    states = {name: str(body.get(name) or "none") for name in STATES}
    return {
        **body,
        "id": str(body.get("id") or uuid4()),
        "order_number": number,
        "company": company.name,
        "content_hash": content_hash,
        "lines": [_line(entry) for entry in body.get("lines", [])],
        **states,
        "order_status": status,
        "raw_status": raw_status(company, status),
        "status_changed_at": now,
        "created_at": str(body.get("created_at") or now),
    }


def raw_status(company: Company, order_status: str) -> str:
    statuses: Mapping[str, str] = company.capabilities.document["status_map"]
    return next((raw for raw, known in statuses.items() if known == order_status), order_status)


def next_number(db: sqlite3.Connection, company: Company) -> str:
    return f"SO-{records.counted(db, company.name, RESOURCE):06d}"


def _line(entry: Mapping[str, Any]) -> dict[str, Any]:
    counts = dict.fromkeys(_LINE_COUNTS, "0")
    return {**counts, "backorder_date": None, **entry, "sku_key": sku_key(entry)}
