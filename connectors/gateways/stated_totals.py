"""Totals that a mapped table states in rows of their own, held against its lines."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from connectors.gateways.problems import Code, FileProblem, cut_short, does_not_foot
from integration.records.payout import LineKind, PayoutLine

_FIELDS = {"gross": "gross", "fee": "fees", "fee_tax": "VAT in the fees", "net": "net"}
_WHOLE = frozenset(["gross", "net"])
_TOLD = 20
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """One total row. `amounts` by field hold what it says; `word` is what it is known by."""

    row: int
    word: str
    currency: str
    amounts: Mapping[str, Decimal]

    def __str__(self) -> str:
        told = ", ".join(
            f"{words} {self.amounts[name]:f} {self.currency}".rstrip()
            for name, words in _FIELDS.items() if name in self.amounts
        )  # fmt: skip
        return f"row {self.row}{f', “{self.word}”' if self.word else ''}: {told}"


@dataclass(slots=True)
class _Sums:
    """Of the lines of one currency: all, all but what was paid out, and all without their signs."""

    lines: int = 0
    last_row: int = 0
    every: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(_FIELDS, _ZERO))
    unpaid: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(_FIELDS, _ZERO))
    bare: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(_FIELDS, _ZERO))

    def add(self, line: PayoutLine) -> None:
        self.lines += 1
        self.last_row = line.row
        for name in _FIELDS:
            amount: Decimal = getattr(line, name)
            self.every[name] += amount
            self.bare[name] += abs(amount)
            if line.kind is not LineKind.PAYOUT:
                self.unpaid[name] += amount


@dataclass(slots=True)
class Proof:
    """Holds each total against the lines since the total before it, or against all lines so far.

    A total counts what was paid out or leaves it aside. Where a file writes refunds without a minus
    (`by_kind`) it may add its column up as it stands.
    """

    by_kind: bool = False
    totals: list[StatedTotal] = field(default_factory=list)
    _whole: dict[str, _Sums] = field(default_factory=dict)
    _since: dict[str, _Sums] = field(default_factory=dict)

    @property
    def currencies(self) -> Collection[str]:
        """Of which currencies a total may be that names none: those no total followed yet, or all."""
        return self._since or self._whole

    @property
    def is_whole(self) -> bool:
        """Whether what was sold or paid out is proved in each currency, and not only fees and VAT."""
        proved = {total.currency for total in self.totals if total.amounts.keys() & _WHOLE}
        return proved >= self._whole.keys()

    def add(self, line: PayoutLine) -> None:
        for sums in (self._whole, self._since):
            sums.setdefault(line.currency, _Sums()).add(line)

    def hold(self, total: StatedTotal) -> None:
        """Raises FileProblem when the total states nothing, or is not what the lines come to."""
        if not total.amounts:
            raise FileProblem(
                Code.UNREADABLE,
                f"The total{_quoted(total)} states no amount in the columns of the mapping.",
                total.row,
            )
        whole = self._whole.get(total.currency) or _Sums()
        since = self._since.pop(total.currency, None) or _Sums()
        if not self._proves(total, whole) and not self._proves(total, since):
            raise self._wrong(total, since if since.lines else whole)
        self.totals.append(total)

    def close(self) -> None:
        """Raises FileProblem for lines that no total follows: the end of the file is missing."""
        for currency, sums in self._since.items():
            raise cut_short(f"no total of the lines in {currency} follows.", sums.last_row)

    def sentence(self) -> str:
        """What was taken as a total and proved; empty without totals."""
        if not self.totals:
            return ""
        if not self.is_whole:
            return "The totals the file states prove its fees only: compare the amounts yourself."
        last = self.totals[-1]
        if len(self.totals) == 1:
            return f"The lines come to the total the file states in {last}."
        return f"The lines come to each of the {len(self.totals)} totals the file states."

    def remarks(self) -> Iterator[str]:
        """Each of several totals, or of those that do not prove it."""
        if len(self.totals) > 1 or not self.is_whole:
            for total in self.totals[:_TOLD]:
                yield f"Taken as a total: {total}."

    def _proves(self, total: StatedTotal, sums: _Sums) -> bool:
        ways = [sums.every, sums.unpaid, *([sums.bare] if self.by_kind else [])]
        return any(
            all(way[name] == stated for name, stated in total.amounts.items()) for way in ways
        )

    def _wrong(self, total: StatedTotal, sums: _Sums) -> FileProblem:
        name = next(
            name for name in _FIELDS
            if name in total.amounts and total.amounts[name] != sums.every[name]
        )  # fmt: skip
        return does_not_foot(
            f"The total{_quoted(total)} ({_FIELDS[name]})",
            total.amounts[name],
            sums.every[name],
            currency=total.currency,
            row=total.row,
            told=("it states", "the lines come to"),
        )


def _quoted(total: StatedTotal) -> str:
    return f" “{total.word}”" if total.word else ""
