"""A world of invoices and payout lines whose truth is known, as two files for COPY.

Every row carries the number of its case: line `L17-2` and invoice `D17` belong to case 17. So a
match is right when all in it is of one case, and a case is found when all that belongs together is
in one match.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.management.measuring.report import Tell

FIRST_DAY = date(2026, 10, 1)
_NOW = datetime(2026, 11, 1, tzinfo=UTC).isoformat()
_TOLD_EVERY = 20_000

# How many of 1,000 cases are of which kind; the rest is "exact".
SHARES = {
    "amount_off": 20,
    "no_reference": 10,
    "duplicate": 10,
    "split": 10,
    "normalised": 1,
    "transaction": 1,
    "several_invoices": 1,
    "within_tolerance": 1,
    "refund": 1,
    "refund_by_parent": 1,
    "chargeback": 1,
    "reversal": 1,
    "fee": 1,
    "foreign": 1,
    "voucher": 1,
    "ambiguous": 1,
}
NEVER_MATCHED = ("amount_off", "ambiguous")

LINE_COLUMNS = (
    "file_id", "company", "gateway", "account", "line_id", "kind", "gross", "fee", "fee_tax", "net",
    "currency", "occurred_at", "booked_on", "reference", "transaction_id", "parent_transaction_id",
    "customer_email", "description", "original_amount", "original_currency", "row",
)  # fmt: skip
DOCUMENT_COLUMNS = (
    "prima_id", "company", "data", "version", "read_at", "confirmed_at", "kind", "number", "date",
    "account_code", "order_number", "order_numbers", "external_ref", "invoice_number", "currency",
    "net", "tax", "gross", "minor", "method", "provider", "transaction_id", "voucher_number",
    "reason_code", "customer_email",
)  # fmt: skip


@dataclass(slots=True)
class Case:
    """One sale: its number, and the rows it puts into both files."""

    number: int
    kind: str
    amount: int
    day: date
    email: str
    chance: random.Random
    lines: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)

    @property
    def reference(self) -> str:
        return f"CO-2026-{self.number:07}"

    @property
    def transaction(self) -> str:
        return f"pi_{self.number:010}"

    def line(self, gross: int, reference: str | None = None, **changes: Any) -> None:
        told: dict[str, Any] = {"kind": "charge", "currency": "GBP", "parent": "", **changes}
        name = f"L{self.number}-{len(self.lines) + 1}"
        at = f"{self.day.isoformat()} {8 + self.number % 12:02}:{len(self.lines):02}:00+00"
        original = told.get("original", "\\N")
        self.lines.append(
            f"1\tmain\tstripe\tacct\t{name}\t{told['kind']}\t{gross}\t0\t0\t{gross}"
            f"\t{told['currency']}\t{at}\t{self.day.isoformat()}"
            f"\t{self.reference if reference is None else reference}"
            f"\t{told.get('transaction', self.transaction)}\t{told['parent']}\t{self.email}\t"
            f"\t{original}\t{'EUR' if original != chr(92) + 'N' else ''}\t{self.number}\n"
        )

    def document(self, minor: int, kind: str = "invoice", **changes: Any) -> None:
        told: dict[str, Any] = {"currency": "GBP", "invoice": "", "transaction": "", **changes}
        name = f"D{self.number}-{len(self.documents) + 1}"
        gross = abs(minor) / 100
        day = (self.day - timedelta(days=self.number % 3)).isoformat()
        self.documents.append(
            f"{name}\tmain\t{{}}\t1\t{_NOW}\t{_NOW}\t{kind}\t{name}\t{day}\tC{self.number}"
            f"\tSO{self.number}\t{{}}\t{told.get('reference', self.reference)}\t{told['invoice']}"
            f"\t{told['currency']}\t{gross}\t0\t{gross}\t{minor}\t{told.get('method', '')}\t"
            f"\t{told['transaction']}\t\t\t{self.email}\n"
        )


def _exact(case: Case) -> None:
    case.document(case.amount)
    case.line(case.amount)


def _amount_off(case: Case) -> None:
    case.document(case.amount)
    case.line(case.amount + case.chance.choice((-1, 1)) * case.chance.randint(5, 400))


def _no_reference(case: Case) -> None:
    case.document(case.amount)
    case.line(case.amount, "")


def _duplicate(case: Case) -> None:
    _exact(case)
    case.line(case.amount)


def _split(case: Case) -> None:
    part = case.chance.randint(1, case.amount // 2 - 1)
    case.document(case.amount)
    case.line(part)
    case.line(case.amount - part, transaction=case.transaction + "b")


def _normalised(case: Case) -> None:
    case.document(case.amount)
    case.line(case.amount, case.reference.lower().replace("-", " "))


def _transaction(case: Case) -> None:
    case.document(case.amount)
    case.document(
        case.amount, "receipt", invoice=f"D{case.number}-1", transaction=case.transaction,
        reference="",
    )  # fmt: skip
    case.line(case.amount, "")


def _several_invoices(case: Case) -> None:
    part = case.chance.randint(1, case.amount // 2 - 1)
    case.document(part)
    case.document(case.amount - part)
    case.line(case.amount)


def _within_tolerance(case: Case) -> None:
    case.document(case.amount)
    case.line(case.amount + case.chance.choice((-1, 1)))


def _refund(case: Case) -> None:
    case.document(-case.amount, "credit_note")
    case.line(-case.amount, kind="refund")


def _refund_by_parent(case: Case) -> None:
    _exact(case)
    case.document(-case.amount, "credit_note", invoice=f"D{case.number}-1", reference="")
    case.line(
        -case.amount, "", kind="refund", parent=case.transaction,
        transaction=f"re_{case.number}",
    )  # fmt: skip


def _chargeback(case: Case) -> None:
    _exact(case)
    case.line(
        -case.amount, "", kind="chargeback", parent=case.transaction,
        transaction=f"dp_{case.number}",
    )  # fmt: skip


def _reversal(case: Case) -> None:
    _chargeback(case)
    case.line(
        case.amount, "", kind="chargeback_reversal", parent=case.transaction,
        transaction=f"dr_{case.number}",
    )  # fmt: skip


def _fee(case: Case) -> None:
    case.line(-case.chance.randint(10, 99), "", kind="fee", transaction="")


def _foreign(case: Case) -> None:
    case.document(case.amount, currency="EUR")
    case.line(round(case.amount * 0.85) + case.chance.randint(-5, 5), original=case.amount)


def _voucher(case: Case) -> None:
    case.document(case.amount)
    case.document(
        case.amount // 3, "receipt", invoice=f"D{case.number}-1", method="voucher", reference=""
    )
    case.line(case.amount - case.amount // 3)


def _ambiguous(case: Case) -> None:
    case.document(case.amount)
    case.document(case.amount)
    case.line(case.amount)


KINDS: Mapping[str, Callable[[Case], None]] = {
    "exact": _exact,
    "amount_off": _amount_off,
    "no_reference": _no_reference,
    "duplicate": _duplicate,
    "split": _split,
    "normalised": _normalised,
    "transaction": _transaction,
    "several_invoices": _several_invoices,
    "within_tolerance": _within_tolerance,
    "refund": _refund,
    "refund_by_parent": _refund_by_parent,
    "chargeback": _chargeback,
    "reversal": _reversal,
    "fee": _fee,
    "foreign": _foreign,
    "voucher": _voucher,
    "ambiguous": _ambiguous,
}


def write(given: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Files `lines` and `documents`, and `cases` with the kind of each case; how many rows."""
    folder = Path(given["folder"])
    rows = {"lines": 0, "documents": 0}
    with (
        (folder / "lines").open("w") as lines,
        (folder / "documents").open("w") as documents,
        (folder / "cases").open("w") as cases,
    ):
        for case in _cases(given["lines"], tell):
            lines.writelines(case.lines)
            documents.writelines(case.documents)
            cases.write(f"{case.number}\t{case.kind}\n")
            rows["lines"] += len(case.lines)
            rows["documents"] += len(case.documents)
    return rows


def _cases(many: int, tell: Tell) -> Iterator[Case]:
    """In an order that has nothing to do with their kinds; a thousand cases have all of them."""
    chance = random.Random(20_261_101)  # noqa: S311 - the same world every time is the point
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    kinds += ["exact"] * (1000 - len(kinds))
    for number in range(many):
        if number % 1000 == 0:
            chance.shuffle(kinds)
        if number % _TOLD_EVERY == 0:
            tell(f"{number:,} of {many:,}")
        case = Case(
            number=number,
            kind=kinds[number % 1000],
            amount=chance.randint(500, 30_000),
            day=FIRST_DAY + timedelta(days=chance.randint(0, 30)),
            email=f"c{chance.randint(0, many // 3)}@example.com",
            chance=chance,
        )
        KINDS[case.kind](case)
        yield case
