"""Findings for tests: `finding("CO-1", unknown_sku("WARRANTY-3Y"), amount="10.00")`."""

from decimal import Decimal
from typing import Any

from integration.core.problems import Finding, Problem, Subject


def finding(
    key: str,
    *problems: Problem,
    amount: str | None = "100.00",
    currency: str = "GBP",
    healed_by: str = "",
    payload: Any = None,
) -> Finding:
    return Finding(
        subject=Subject(
            system="sfmc",
            object="order",
            external_id=key,
            label=f"Order {key}",
            amount=None if amount is None else Decimal(amount),
            currency=currency,
        ),
        problems=problems,
        source="orders",
        source_payload=payload or {"order": {"key": key}, "lines": [], "promotions": []},
        healed_by=healed_by,
    )


def unknown_sku(sku: str, line: int = 0) -> Problem:
    return Problem(
        "unknown_sku",
        f"Prima does not know {sku}.",
        {"sku": sku, "description": "Warranty for three years"},
        pointers=[f"/lines/{line}/sku"],
    )


def no_tax_number(account: str) -> Problem:
    return Problem(
        "missing_tax_number",
        "The account has no tax number.",
        {"account": account, "name": "Acme Ltd"},
        pointers=["/order/tax_number"],
    )
