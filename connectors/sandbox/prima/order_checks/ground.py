"""What the checks hold an order against, read once for each order."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.sandbox.prima import records
from connectors.sandbox.prima.installation import Company, Entry
from connectors.sandbox.prima.order_checks.draft import Draft, text
from connectors.sandbox.prima.records import Record


@dataclass(frozen=True, slots=True)
class Ground:
    """`items` and `stock` by sku_key; a code that is missing there is unknown to Prima."""

    company: Company
    customer: Record | None
    items: Mapping[str, Record]
    stock: Mapping[str, Record]
    vouchers: Mapping[str, Record]

    @property
    def rounding(self) -> str:
        return self.company.capabilities.rounding

    def tax_code(self, code: str) -> Entry | None:
        return self.company.codes("tax-codes").get(code)

    def rate(self, code: str) -> Decimal | None:
        entry = self.tax_code(code)
        return entry.rate if entry else None


def survey(db: sqlite3.Connection, company: Company, order: Draft) -> Ground:
    keys = [line.sku_key for line in order.lines]
    numbers = [n for payment in order.payments if (n := text(payment, "voucher_number"))]
    return Ground(
        company=company,
        customer=_customer(db, company, order.body.get("customer")),
        items=records.by_codes(db, company.at("items"), keys),
        stock=records.by_codes(db, company.at("availability"), keys),
        vouchers=records.by_codes(db, company.at("vouchers"), numbers) if numbers else {},
    )


def _customer(db: sqlite3.Connection, company: Company, named: Any) -> Record | None:
    if not isinstance(named, dict):
        return None
    where = company.at("customers")
    if code := text(named, "account_code"):
        return records.by_code(db, where, code)
    external = named.get("external_key")
    if not isinstance(external, dict):
        return None
    return records.by_external(db, where, text(external, "system"), text(external, "key"))
