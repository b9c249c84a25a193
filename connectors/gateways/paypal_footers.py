"""The footers of PayPal's settlement report, held against the rows they close."""

from dataclasses import dataclass, field
from decimal import Decimal

from connectors.gateways.amounts import currency_of, from_minor
from connectors.gateways.paypal_codes import digits
from connectors.gateways.problems import Code, FileProblem, cut_short, does_not_foot, wrong_count
from integration.records.payout import Footed, PayoutLine

ZERO = Decimal(0)
_NAMES = {"S": "The section", "F": "The file", "R": "The report"}


@dataclass(slots=True)
class _Sums:
    """Credits and debits of one currency."""

    gross: list[Decimal] = field(default_factory=lambda: [ZERO, ZERO])
    fee: list[Decimal] = field(default_factory=lambda: [ZERO, ZERO])
    rows: int = 0

    def add(self, line: PayoutLine) -> None:
        self.gross[line.gross < 0] += abs(line.gross)
        self.fee[line.fee > 0] += abs(line.fee)
        self.rows += 1


@dataclass(slots=True)
class _Scope:
    """The rows a kind of footer closes. `footed` names the currencies that had their footer."""

    sums: dict[str, _Sums] = field(default_factory=dict)
    footed: set[str] = field(default_factory=set)
    counted: bool = False

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.sums.values())


class Footers:
    """Told of every row in order. Raises FileProblem where a footer and its rows differ.

    A difference is told when everything has been read, so that the totals can be told with it. A
    footer of the whole report covers other files too unless this is its only one.
    """

    def __init__(self) -> None:
        self._scopes = {"S": _Scope(), "F": _Scope(), "R": _Scope()}
        self._last = ""
        self._open = False
        self._headed = False
        self._first_file = True
        self._problems: list[FileProblem] = []

    def count(self, line: PayoutLine) -> None:
        self._last = "SB"
        for scope in self._scopes.values():
            scope.sums.setdefault(line.currency, _Sums()).add(line)

    def turn(self, tag: str, cells: list[str], number: int) -> None:
        """A row with any other tag."""
        if tag == "SH":
            self._close_section(number)
            self._open = True
            self._scopes["S"] = _Scope()
        elif tag in {"RH", "FH"}:
            self._headed = True
            if tag == "FH" and len(cells) > 1:
                self._first_file = cells[1].strip().lstrip("0") in {"1", ""}
        elif tag[1] == "F":
            self._foot(tag, cells, number)
        elif tag[1] == "C" and tag != "CH" and tag[0] in self._scopes:
            self._number(tag, cells, number)
        if tag == "SH" and self._last in {"RF", "RC", "FF", "FC"}:
            raise cut_short("a section starts after the file's footer.", number)
        self._last = tag

    def _skipped(self, scope: str) -> bool:
        return scope == "R" and not self._first_file

    def _foot(self, tag: str, cells: list[str], number: int) -> None:
        if len(cells) < 6:  # A footer that carries no totals of a currency.
            return
        if self._skipped(tag[0]):
            return
        currency = _currency(cells[1], number)
        scope = self._scopes[tag[0]]
        scope.footed.add(currency)
        sums = scope.sums.get(currency, _Sums())
        stated = [_minor(cell, currency, number) for cell in cells[2:6]]
        name = f"{_NAMES[tag[0]]}’s total in {currency}"
        for value, computed, what in zip(
            stated[:2], sums.gross, ("credits", "debits"), strict=True
        ):
            if value != computed:
                self._say(does_not_foot(f"{name} ({what})", value, computed, row=number))
        if sorted(stated[2:]) != sorted(sums.fee):
            self._say(
                does_not_foot(
                    f"{name} (fees)", sum(stated[2:], ZERO), sum(sums.fee, ZERO), row=number
                )
            )
        if len(cells) % 2:
            self._counted_in_footer(cells[-1], sums, scope, number, tag)

    def _counted_in_footer(
        self, cell: str, sums: _Sums, scope: _Scope, number: int, tag: str
    ) -> None:
        stated = _whole(cell, number)
        if stated not in {sums.rows, scope.rows}:
            self._say(wrong_count(_NAMES[tag[0]], stated, sums.rows, number))

    def _number(self, tag: str, cells: list[str], number: int) -> None:
        scope = self._scopes[tag[0]]
        scope.counted = True
        if self._skipped(tag[0]):
            return
        stated = _whole(cells[1] if len(cells) > 1 else "", number)
        if stated != scope.rows:
            self._say(wrong_count(_NAMES[tag[0]], stated, scope.rows, number))

    def _say(self, problem: FileProblem) -> None:
        self._problems.append(problem)

    def _close_section(self, number: int = 0) -> None:
        if not self._open:
            return
        scope = self._scopes["S"]
        missing = sorted(set(scope.sums) - scope.footed)
        if missing:
            raise cut_short(f"the section’s footer for {', '.join(missing)} is missing.", number)
        if self._headed and not scope.counted:
            raise cut_short("the section’s row count (SC) is missing.", number)

    def close(self, footed: Footed) -> None:
        """The end of the file. Raises what was found on the way, the first thing first."""
        if not self._open:
            raise cut_short("it has no section.")
        try:
            self._close_section()
            if self._headed and self._last not in {"RC", "FC"}:
                raise cut_short("the footer of the file (FF, FC) is missing.")
            if self._scopes["R"].footed and self._headed and not self._scopes["R"].counted:
                raise cut_short("the report’s row count (RC) is missing.")
            if self._problems:
                raise self._problems[0]
        except FileProblem as problem:
            problem.footed = footed
            raise


def _currency(text: str, number: int) -> str:
    try:
        return currency_of(text)
    except ValueError as error:
        raise FileProblem(
            Code.UNKNOWN_CURRENCY, f"“{text}” is not a currency.", number, value=text
        ) from error


def _minor(text: str, currency: str, number: int) -> Decimal:
    try:
        return from_minor(text.strip() or "0", digits(currency))
    except ValueError as error:
        raise FileProblem(
            Code.BAD_AMOUNT, f"“{text}” in the footer is not an amount.", number, value=text
        ) from error


def _whole(text: str, number: int) -> int:
    bare = text.strip()
    if not bare.isdigit():
        raise FileProblem(
            Code.WRONG_COUNT, f"“{text}” is not a number of rows.", number, value=text
        )
    return int(bare)
