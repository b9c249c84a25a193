"""A payout report as long as one likes, whose every payout adds up."""

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.management.measuring.report import Tell

COLUMNS = (
    "automatic_payout_id", "automatic_payout_effective_at_utc", "balance_transaction_id",
    "created_utc", "currency", "gross", "fee", "net", "reporting_category", "description",
    "payment_intent_id", "charge_id", "customer_email", "payment_metadata[order_id]",
)  # fmt: skip
A_PAYOUT = 10_000
"""So many sales make one payout."""
_FIRST = datetime(2026, 10, 1, tzinfo=UTC)
# What shops put into a description: with it a line has about a kilobyte, as the widest reports do.
_WIDE = "Campaign order, goods and delivery; terms as agreed. " * 15
_NO_SALE = ("",) * 5
_TOLD_EVERY = 50_000


def write(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Writes `lines` sales and their payouts to `path`; how many rows and bytes that makes."""
    path = Path(given["path"])
    rows = 0
    with path.open("w", newline="") as file:
        report = csv.writer(file)
        report.writerow(COLUMNS)
        for row in _rows(given["lines"]):
            report.writerow(row)
            rows += 1
            if rows % _TOLD_EVERY == 0:
                tell(f"{rows:,} rows")
    return {"rows": rows, "bytes": path.stat().st_size}


def _rows(lines: int) -> Iterator[tuple[str, ...]]:
    """Sales in the order of their time; after each 10,000, and at the end, what was paid out."""
    due = 0
    for number in range(lines):
        payout = f"po_{number // A_PAYOUT:07}"
        at = (_FIRST + timedelta(seconds=2 * number)).strftime("%Y-%m-%d %H:%M:%S")
        gross = 500 + number * 7919 % 29_500
        fee = gross // 50 + 20
        due += gross - fee
        yield (payout, at, f"txn_{number:09}", at, "gbp", *_amounts(gross, fee), *_sale(number))
        if (number + 1) % A_PAYOUT == 0 or number + 1 == lines:
            yield (payout, at, f"txn_{payout}", at, "gbp", *_amounts(-due, 0), "payout", *_NO_SALE)
            due = 0


def _sale(number: int) -> tuple[str, ...]:
    order = f"CO-{number:09}"
    return (
        "charge",
        f"Order {order}. {_WIDE}",
        f"pi_{number:09}",
        f"ch_{number:09}",
        f"c{number // 3}@example.com",
        order,
    )


def _amounts(gross: int, fee: int) -> tuple[str, ...]:
    """Gross, fee and net in major units."""
    return tuple(_major(minor) for minor in (gross, fee, gross - fee))


def _major(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"
