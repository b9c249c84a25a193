"""All checks over one order, and what comes of it."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.prima.installation import Company
from connectors.sandbox.prima.order_checks import (
    addresses,
    codes,
    customer,
    discounts,
    items,
    payments,
    tax,
    totals,
)
from connectors.sandbox.prima.order_checks.draft import Draft, digits_of, read
from connectors.sandbox.prima.order_checks.ground import Ground, survey
from connectors.sandbox.prima.order_shape import ORDER
from connectors.sandbox.prima.problem import Issue
from connectors.sandbox.prima.shapes import Findings

CHECKS: tuple[Callable[[Draft, Ground], Iterator[Issue]], ...] = (
    customer.check,
    codes.check,
    items.check,
    addresses.check,
    discounts.check,
    tax.check,
    totals.check,
    payments.check,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`errors` refuse the order; `warnings` go with it."""

    draft: Draft
    ground: Ground
    errors: tuple[Issue, ...]
    warnings: tuple[Issue, ...]

    @property
    def order_status(self) -> str:
        hold = self.draft.body.get("hold")
        wanted = isinstance(hold, dict) and hold.get("on") is True
        if wanted or customer.puts_on_hold(self.ground) or totals.puts_on_hold(self.draft):
            return "on_hold"
        return "accepted"

    def totals(self) -> dict[str, Any]:
        """The totals; only to be asked of an order without errors."""
        added = totals.added_up(self.draft)
        return added.as_json(self.draft, self.ground) if added else {}


def judge(db: sqlite3.Connection, company: Company, body: Mapping[str, Any]) -> Verdict:
    """Every problem of the order at once."""
    found = Findings(company.capabilities, digits_of(body.get("currency")))
    ORDER.check(body, "#", found)
    draft = read(body)
    ground = survey(db, company, draft)
    issues = list(found.issues)
    for check in CHECKS:
        issues += check(draft, ground)
    return Verdict(
        draft=draft,
        ground=ground,
        errors=tuple(issue for issue in issues if issue.severity == "error"),
        warnings=tuple(issue for issue in issues if issue.severity == "warning"),
    )
