"""Counts what a file holds while it is read: what a person sees before deciding."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from integration.core.money import from_minor, to_minor
from integration.records.bank import BankLine, BankStatement
from integration.records.payout import Footed, LineKind, Payout, PayoutLine

_ROWS = 15
_LISTED = 50


class Preview(TypedDict):
    """As kept in `StatementFile.preview`. Amounts are text in major units."""

    kinds: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    payouts: list[dict[str, Any]]
    payout_count: int
    statements: list[dict[str, Any]]
    accounts: list[str]
    currencies: list[str]
    first_day: str
    last_day: str
    footing: str
    sentence: str
    remarks: list[str]
    reason: str


@dataclass(slots=True)
class _Sum:
    count: int = 0
    gross: int = 0
    fee: int = 0
    fee_tax: int = 0
    net: int = 0


@dataclass(slots=True)
class Tallied:
    """What was seen so far. Amounts are minor units; only a few rows and the payouts are held."""

    lines: int = 0
    sums: dict[tuple[str, str], _Sum] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)
    statements: list[BankStatement] = field(default_factory=list)
    accounts: set[str] = field(default_factory=set)
    first_day: date | None = None
    last_day: date | None = None
    undated: int = 0
    footed: Footed | None = None

    def line(self, line: PayoutLine, minor: tuple[int, int, int, int], account: str) -> None:
        self.lines += 1
        key = (line.kind.value, line.currency)
        found = self.sums.get(key)
        if found is None:
            found = self.sums[key] = _Sum()
        found.count += 1
        found.gross += minor[0]
        found.fee += minor[1]
        found.fee_tax += minor[2]
        found.net += minor[3]
        if account not in self.accounts:
            self.accounts.add(account)
        self._day(line.booked_on)
        if self.lines <= _ROWS:
            self.rows.append(_shown(line))

    def booking(self, line: BankLine, minor: int) -> None:
        self.lines += 1
        key = ("money in" if minor >= 0 else "money out", line.currency)
        found = self.sums.setdefault(key, _Sum())
        found.count += 1
        found.gross += minor
        found.net += minor
        self.accounts.add(line.account)
        self._day(line.booked_on)
        if self.lines <= _ROWS:
            self.rows.append(_shown_booking(line))

    def _day(self, day: date | None) -> None:
        if day is None:
            self.undated += 1
            return
        if self.first_day is None or day < self.first_day:
            self.first_day = day
        if self.last_day is None or day > self.last_day:
            self.last_day = day

    @property
    def currencies(self) -> list[str]:
        return sorted(
            {currency for _, currency in self.sums} | {one.currency for one in self.payouts}
        )

    def net_by_currency(self) -> dict[str, str]:
        """What the lines come to without what was paid out."""
        found: dict[str, int] = dict.fromkeys(self.currencies, 0)
        for (kind, currency), one in self.sums.items():
            if kind != LineKind.PAYOUT.value:
                found[currency] += one.net
        return {currency: str(from_minor(net, currency)) for currency, net in found.items()}

    def preview(self, reason: str, warnings: list[str]) -> Preview:
        footed = self.footed
        return Preview(
            kinds=[
                _total(kind, currency, one) for (kind, currency), one in sorted(self.sums.items())
            ],
            rows=self.rows,
            payouts=[_payout(one) for one in self.payouts[:_LISTED]],
            payout_count=len(self.payouts),
            statements=[_statement(one) for one in self.statements[:_LISTED]],
            accounts=sorted(self.accounts - {""})[:_LISTED],
            currencies=self.currencies,
            first_day=self.first_day.isoformat() if self.first_day else "",
            last_day=self.last_day.isoformat() if self.last_day else "",
            footing=footed.footing.value if footed else "",
            sentence=footed.sentence if footed else "",
            remarks=[*(footed.remarks if footed else ()), *warnings],
            reason=reason,
        )


def minor_of(line: PayoutLine) -> tuple[int, int, int, int]:
    """Gross, fee, fee tax and net in minor units."""
    currency = line.currency
    return (
        to_minor(line.gross, currency),
        to_minor(line.fee, currency) if line.fee else 0,
        to_minor(line.fee_tax, currency) if line.fee_tax else 0,
        to_minor(line.net, currency),
    )


def _total(kind: str, currency: str, one: _Sum) -> dict[str, Any]:
    amounts: Mapping[str, int] = {
        "gross": one.gross,
        "fee": one.fee,
        "fee_tax": one.fee_tax,
        "net": one.net,
    }
    return {
        "kind": kind.replace("_", " "),
        "currency": currency,
        "count": one.count,
        **{name: str(from_minor(amount, currency)) for name, amount in amounts.items()},
    }


def _shown(line: PayoutLine) -> dict[str, Any]:
    return {
        "row": line.row,
        "day": line.booked_on.isoformat() if line.booked_on else "",
        "kind": line.kind.value.replace("_", " "),
        "reference": line.reference or line.transaction_id or line.line_id,
        "payout": line.payout_id,
        "currency": line.currency,
        "gross": _text(line.gross),
        "fee": _text(line.fee),
        "net": _text(line.net),
    }


def _shown_booking(line: BankLine) -> dict[str, Any]:
    return {
        "row": line.row,
        "day": line.booked_on.isoformat(),
        "kind": "money in" if line.amount >= 0 else "money out",
        "reference": line.text[:120] or line.entry_ref,
        "payout": line.statement_id,
        "currency": line.currency,
        "gross": _text(line.amount),
        "fee": "",
        "net": _text(line.amount),
    }


def _payout(one: Payout) -> dict[str, Any]:
    return {
        "payout": one.payout_id,
        "account": one.account,
        "currency": one.currency,
        "paid_on": one.paid_on.isoformat() if one.paid_on else "",
        "stated": _text(one.stated),
        "computed": _text(one.computed),
        "lines": one.lines,
    }


def _statement(one: BankStatement) -> dict[str, Any]:
    return {
        "statement": one.statement_id,
        "account": one.account,
        "currency": one.currency,
        "opening": _text(one.opening),
        "closing": _text(one.closing),
        "lines": one.lines,
    }


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"
