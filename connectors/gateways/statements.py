"""Holds a bank statement's lines against its balances."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from connectors.gateways.problems import Code, FileProblem, does_not_foot
from integration.records.bank import BankLine, BankStatement
from integration.records.payout import Footed, Footing, Total

ZERO = Decimal(0)


class Balances:
    """Told of every statement and line in order; refuses a statement that does not add up."""

    def __init__(self) -> None:
        self.statement_id = ""
        self.currency = ""
        self.count = 0
        self._account = ""
        self._opening = ZERO
        self._opened_on: date | None = None
        self._sum = ZERO
        self._statements = 0
        self._before: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
        self._totals: dict[str, tuple[int, Decimal]] = {}
        self._remarks: list[str] = []

    def open(
        self, statement_id: str, account: str, currency: str, opening: Decimal, day: date | None
    ) -> None:
        self.statement_id, self._account, self.currency = statement_id, account, currency
        self._opening, self._opened_on = opening, day
        self._sum, self.count = ZERO, 0

    def remark(self, sentence: str) -> None:
        self._remarks.append(sentence)

    def next_entry(self) -> str:
        """A name for the next line where the bank gives none.

        Many banks number every statement alike, so its first balance tells one from another.
        """
        opened = f"{self._opened_on:%y%m%d}" if self._opened_on else ""
        return f"{self.statement_id}:{opened}:{self._opening.normalize():f}:{self.count + 1}"

    def add(self, line: BankLine) -> BankLine:
        self.count += 1
        self._sum += line.amount
        lines, total = self._totals.get(line.currency, (0, ZERO))
        self._totals[line.currency] = (lines + 1, total + line.amount)
        return line

    def shut(
        self, closing: Decimal, currency: str, day: date | None, row: int = 0
    ) -> BankStatement:
        """The statement, once its lines lead from the opening to the closing balance."""
        if currency != self.currency:
            raise FileProblem(
                Code.UNKNOWN_CURRENCY,
                f"The statement opens in {self.currency} and closes in {currency}.",
                row,
            )
        self._statements += 1
        if self._opening + self._sum != closing:
            problem = does_not_foot(
                f"Statement {self.statement_id}",
                closing, self._opening + self._sum, currency=currency, row=row,
                told=("it closes at", "but its opening balance and its bookings come to"),
            )  # fmt: skip
            problem.footed = self._footed()
            raise problem
        self._follow(closing, row)
        return BankStatement(
            statement_id=self.statement_id, account=self._account, currency=currency,
            opening=self._opening, closing=closing, lines=self.count,
            opened_on=self._opened_on, closed_on=day,
        )  # fmt: skip

    def _follow(self, closing: Decimal, row: int) -> None:
        """A statement starts where the one before or after it of the same account ends."""
        opened, closed = self._before.get((self._account, self.currency), (closing, self._opening))
        self._before[self._account, self.currency] = (self._opening, closing)
        if self._opening != closed and closing != opened:
            raise does_not_foot(
                f"Statement {self.statement_id} with the one before it",
                closed,
                self._opening,
                currency=self.currency,
                row=row,
                told=("that one closes at", "this one opens at"),
            )

    def close(self) -> Iterator[Footed]:
        if not self._statements:
            raise FileProblem(
                Code.EMPTY, "The file holds no statement: there is nothing to import."
            )
        yield self._footed()

    def _footed(self) -> Footed:
        return Footed(
            Footing.FOOTS,
            "In every statement the bookings lead from the opening to the closing balance.",
            tuple(
                Total(currency, lines, total, ZERO, total)
                for currency, (lines, total) in sorted(self._totals.items())
            ),
            payouts=self._statements,
            remarks=tuple(self._remarks),
        )
