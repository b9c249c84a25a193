"""One row of a file with its columns by name, whichever kind of file it is from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

from connectors.gateways import moments
from connectors.gateways.amounts import Mark, amount, currency_of, digits_of, from_minor
from connectors.gateways.problems import Code, FileProblem
from integration.records.payout import LineKind

_APART = re.compile(r"[\W_]+")


def plain(title: str) -> str:
    """A column's title without case, brackets and underscores: "Net Debit (NC)" → "net debit nc"."""
    return _APART.sub(" ", title.casefold()).strip()


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` by plain title. Every reader takes titles in order of preference."""

    number: int
    cells: Mapping[str, str]

    def text(self, *names: str) -> str:
        """The first of the cells that says something; empty when none does."""
        for name in names:
            value = self.cells.get(name)
            if value:
                return value.strip()
        return ""

    def has(self, *names: str) -> bool:
        return any(name in self.cells for name in names)

    def amount(self, *names: str, mark: Mark = Mark.POINT) -> Decimal:
        """Zero when nothing is said."""
        said = self.text(*names)
        if not said:
            return Decimal(0)
        try:
            return amount(said, mark)
        except ValueError as error:
            raise self._not_an_amount(said, names) from error

    def needed_amount(self, *names: str, mark: Mark = Mark.POINT) -> Decimal:
        """As `amount`, but a row that says nothing is refused."""
        if not self.text(*names):
            raise self._not_an_amount("", names)
        return self.amount(*names, mark=mark)

    def minor(self, *names: str, currency: str = "", digits: int | None = None) -> Decimal:
        """Minor units of `currency` as an amount; zero when nothing is said."""
        said = self.text(*names)
        if not said:
            return Decimal(0)
        places = digits_of(currency) if digits is None else digits
        try:
            return from_minor(said, places)
        except ValueError as error:
            raise self._not_an_amount(said, names) from error

    def needed_minor(self, *names: str, currency: str = "", digits: int | None = None) -> Decimal:
        if not self.text(*names):
            raise self._not_an_amount("", names)
        return self.minor(*names, currency=currency, digits=digits)

    def currency(self, *names: str) -> str:
        """The ISO code; refused when it is none."""
        said = self.text(*names)
        try:
            return currency_of(said)
        except ValueError as error:
            told = f"“{said}” is not a currency." if said else "the row names no currency."
            raise FileProblem(Code.UNKNOWN_CURRENCY, told, self.number, names[0], said) from error

    def moment(self, *names: str, zone: tzinfo = UTC) -> datetime:
        said = self.text(*names)
        try:
            return moments.moment(said, zone)
        except ValueError as error:
            raise self.bad_date(said, names[0]) from error

    def day(self, *names: str, order: moments.Order = moments.Order.YEAR_FIRST) -> date | None:
        """None when nothing is said."""
        said = self.text(*names)
        if not said:
            return None
        try:
            return moments.day(said, order)
        except ValueError as error:
            raise self.bad_date(said, names[0]) from error

    def zone(self, *names: str) -> tzinfo:
        """The zone the row names; UTC when it names none."""
        said = self.text(*names)
        try:
            return moments.zone(said) if said else UTC
        except ValueError as error:
            raise FileProblem(
                Code.BAD_DATE, f"“{said}” is not a known time zone.", self.number, names[0], said
            ) from error

    def kind(self, kinds: Mapping[str, LineKind], *names: str) -> LineKind:
        """The kind its word stands for; refused when nobody told what the word means."""
        said = self.text(*names)
        found = kinds.get(plain(said))
        if found is None:
            raise FileProblem(
                Code.UNKNOWN_ROW_TYPE,
                f"“{said}” is a kind of row the desk does not know. Nothing was guessed.",
                self.number,
                names[0],
                said,
            )
        return found

    def bad_date(self, said: str, column: str) -> FileProblem:
        return FileProblem(
            Code.BAD_DATE, f"“{said}” in “{column}” is not a date.", self.number, column, said
        )

    def _not_an_amount(self, said: str, names: tuple[str, ...]) -> FileProblem:
        told = f"“{said}” in “{names[0]}” is not an amount." if said else f"“{names[0]}” is empty."
        return FileProblem(Code.BAD_AMOUNT, told, self.number, names[0], said)
