"""Puts a scenario's part `prima` into the store. The shapes, all members optional unless marked *:

    "prima": {
      "companies": ["main"],               the first one is meant where a record names no "company"
      "api_key": "text",                   accepted in X-Api-Key; absent: only tokens
      "clients": [{"client_id"*, "client_secret"*, "name"}],   absent: the "packages" of part "sfmc"
      "token_seconds": 1200,               the life of a token
      "capabilities": {...},               laid over the defaults of `capabilities.py`, member by member
      "tax_codes": [{"code"*, "description", "rate"*, "valid_from", "valid_to"}],  rate in percent: "20"
      "charge_codes": [{"code"*, "description", "tax_code", "valid_from", "valid_to"}],
      "promotion_codes": [{"code"*, "description", "valid_from", "valid_to"}],
      "source_media": [{"code"*, "description", "valid_from", "valid_to"}],
      "payment_methods": [{"code"*, "description", "kind", "valid_from", "valid_to"}],
                                           kind: "card" (default), "voucher", "credit", "other"
      "vouchers": [{"number"*, "balance"*, "currency", "valid_to"}],   absent: every number is good
      "customers": [{
        "account_code"*, "name"*, "id", "type": "company"|"person", "vat_number", "eori",
        "company_number", "email", "phone", "currency": "GBP", "price_list", "payment_terms",
        "credit_limit": "5000.00"|null, "balance": "0.00", "credit_status": "ok"|"warn"|"stopped",
        "hold": "none"|"ship"|"invoice"|"all", "hold_reason", "is_pool": false,
        "status": "active"|"inactive"|"merged", "merged_into": account code,
        "external_keys": [{"system"*, "key"*}],
        "addresses": [{"id", "role": "invoice"|"delivery"|"both", "name", "attention",
                       "lines": ["1 High Street"], "city", "county", "postcode", "country": "GB",
                       "phone", "is_default": true}],
        "contacts": [{"id", "first_name", "last_name", "email", "phone", "mobile", "role"}]}],
      "items": [{
        "sku"*, "description"*, "kind": "stock"|"service"|"non_stock"|"charge"|"voucher"|"kit",
        "tax_code", "variant": {"m1", "m2", "m3", "m4"}, "gtin", "uom": "EA", "pack_size",
        "price": "9.99", "currency": "GBP", "status": "active"|"blocked"|"discontinued",
        "blocked_reason", "season", "brand"}],
      "prices": [{"price_list"*, "sku_key"*, "unit_price"*, "currency": "GBP", "basis": "net"}],
      "availability": {sku_key: {"free_stock"*: "12", "available_date", "warehouse": "MAIN"}},
                                           a sku_key that is not here is unknown, never 0
      "orders": [...],                     as posted to /sales-orders, and also "order_number",
                                           "order_status", "fulfilment_status", "invoice_status",
                                           "payment_status", "created_at"; stored as they are,
                                           without checks
      "invoices": [...], "credit_notes": [...], "receipts": [...], "shipments": [...],
                                           as answered by the contract, "number"* in each
      "consents": [...]                    as posted to /consent-events
    }

Every record may carry "company". A sku_key is the sku and its non-empty matrix codes joined by "|".
Money, rates and quantities are text; dates "2026-11-23"; times "2026-11-23T09:05:00Z".
A store that already holds a company's data is left as it is, so that a restart loses nothing.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from connectors.sandbox.prima import (
    availability,
    consents,
    customers,
    idempotency,
    items,
    matching,
    order_book,
    prices,
    records,
    schema,
)
from connectors.sandbox.prima.installation import VOUCHERS, Company, Installation
from connectors.sandbox.prima.records import Record
from connectors.sandbox.scenario import ScenarioRefused

Part = Mapping[str, Any]
_LISTS = {
    "tax_codes": "tax-codes",
    "charge_codes": "charge-codes",
    "promotion_codes": "promotion-codes",
    "source_media": "source-media",
    "payment_methods": "payment-methods",
}
_DOCUMENTS = {
    "invoices": "invoices",
    "credit_notes": "credit-notes",
    "receipts": "receipts",
    "shipments": "shipments",
}
_ENTRY: dict[str, Any] = {"description": "", "valid_from": None, "valid_to": None}
DEFAULT_COMPANY = "main"


def company_names(part: Part) -> list[str]:
    return list(part.get("companies") or [DEFAULT_COMPANY])


def prepare(prima: Installation, part: Part) -> None:
    """Make the tables; load every company that the store does not hold yet."""
    first = company_names(part)[0]
    with prima.store.write() as db:
        schema.create(db)
        for company in prima.companies.values():
            if records.counter(db, company.name, "seeded") == 0:
                records.counted(db, company.name, "seeded")
                try:
                    _load(db, prima, company, _Own(part, company.name, first))
                except sqlite3.IntegrityError as twice:
                    reason = "prima: two records have the same id, external key or reference."
                    raise ScenarioRefused(reason) from twice


class _Own:
    """The records of one company."""

    def __init__(self, part: Part, company: str, first: str) -> None:
        self._part, self._company, self._first = part, company, first

    def every(self, name: str, *needed: str) -> list[Record]:
        found = []
        for place, record in enumerate(self._part.get(name) or []):
            lacking = [each for each in needed if record.get(each) in (None, "")]
            if lacking:
                raise ScenarioRefused(f"prima.{name}[{place}] lacks {', '.join(lacking)}.")
            if record.get("company", self._first) == self._company:
                found.append({k: v for k, v in record.items() if k != "company"})
        return found

    def counts(self) -> Mapping[str, Any]:
        whole: Mapping[str, Any] = self._part.get("availability") or {}
        return {k: v for k, v in whole.items() if v.get("company", self._first) == self._company}


def _load(db: sqlite3.Connection, prima: Installation, company: Company, own: _Own) -> None:
    now = prima.now()
    for name, resource in _LISTS.items():
        entries = [{**_ENTRY, **entry, "id": entry["code"]} for entry in own.every(name, "code")]
        _fill(db, company.at(resource), entries, "code", now)
    vouchers = [
        {**v, "id": v["number"], "code": v["number"]} for v in own.every("vouchers", "number")
    ]
    _fill(db, company.at(VOUCHERS), vouchers, "number", now)
    _load_customers(db, company, own, now)
    _fill(
        db,
        company.at(items.RESOURCE),
        [items.document(item) for item in own.every("items", "sku", "description")],
        "id",
        now,
    )
    listed = [
        {**price, "id": prices.code_of(price)}
        for price in own.every("prices", "price_list", "sku_key", "unit_price")
    ]
    _fill(db, company.at(prices.RESOURCE), listed, "id", now)
    counts = [availability.document(key, count, now) for key, count in own.counts().items()]
    _fill(db, company.at(availability.RESOURCE), counts, "id", now)
    _load_orders(db, company, own, now)
    for name, resource in _DOCUMENTS.items():
        found = [{"id": str(uuid4()), **each} for each in own.every(name, "number")]
        _fill(db, company.at(resource), found, "number", now)
    for event in own.every("consents", "event_id", "subject", "channel", "action", "occurred_at"):
        consents.record(db, company, event, now)


def _load_customers(db: sqlite3.Connection, company: Company, own: _Own, now: str) -> None:
    where = company.at(customers.RESOURCE)
    found = [customers.document(each) for each in own.every("customers", "account_code", "name")]
    _fill(db, where, found, "account_code", now)
    for customer in found:
        if customer["external_keys"]:
            records.link(db, where, customer["external_keys"], customer["id"])
    matching.index(db, company.name, found)


def _load_orders(db: sqlite3.Connection, company: Company, own: _Own, now: str) -> None:
    where = company.at(order_book.RESOURCE)
    orders = []
    for body in own.every("orders", "external_ref", "lines", "currency"):
        number = body.get("order_number") or order_book.next_number(db, company)
        own_hash = body.get("content_hash") or idempotency.content_hash(body)
        orders.append(order_book.document(company, body, number, own_hash, now))
    _fill(db, where, orders, "order_number", now)
    for order in orders:
        ref = order["external_ref"]
        records.link(db, where, [{"system": ref["system"], "key": ref["ref"]}], order["id"])


def _fill(
    db: sqlite3.Connection, where: tuple[str, str], found: Iterable[Record], code: str, now: str
) -> None:
    try:
        records.fill(db, where, [({"modified_at": now, **each}, str(each[code])) for each in found])
    except sqlite3.IntegrityError as twice:
        raise ScenarioRefused(f"prima: two records of {where[1]} have the same code.") from twice
