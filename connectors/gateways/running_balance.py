"""Proves by the running balance that no movement is missing or changed."""

from collections import Counter
from decimal import Decimal

from connectors.gateways.problems import Code, FileProblem


class RunningBalance:
    """Balances before and after each movement. Whatever the order of the rows, all but the first
    balance before and the last one after occur on both sides. Keeps only what is still unpaired.
    """

    def __init__(self) -> None:
        self._open: dict[str, Counter[Decimal]] = {}
        self._row: dict[tuple[str, Decimal], int] = {}

    def add(self, currency: str, net: Decimal, balance: Decimal, row: int) -> None:
        ends = self._open.setdefault(currency, Counter())
        for value, step in ((balance - net, -1), (balance, 1)):
            ends[value] += step
            if ends[value]:
                self._row[currency, value] = row
            else:
                del ends[value]
                self._row.pop((currency, value), None)

    @property
    def is_used(self) -> bool:
        return bool(self._open)

    def close(self) -> None:
        """Raises FileProblem when the movements do not lead from one balance to another."""
        for currency, ends in self._open.items():
            if sum(abs(count) for count in ends.values()) > 2:
                starts = {value for value, count in ends.items() if count < 0}
                rows = sorted(self._row[currency, value] for value in starts)
                value = min(starts, key=lambda start: -self._row[currency, start])
                raise FileProblem(
                    Code.DOES_NOT_FOOT,
                    f"The running balance in {currency} jumps: before this row it should have "
                    f"been {value}, and no other row leads there. A row is missing or was changed. "
                    "Download all movements that affect the balance.",
                    rows[-1],
                    "balance",
                    str(value),
                )
