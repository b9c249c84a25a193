"""How to read a table nobody wrote a format for: columns, notation and words, set up by people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from connectors.gateways.amounts import Mark
from connectors.gateways.moments import Order
from connectors.gateways.row import Row, plain
from integration.records.payout import LineKind

FIELDS = (
    "line_id", "payout_id", "kind", "gross", "fee", "fee_tax", "net", "currency", "occurred_at",
    "time", "available_on", "reference", "transaction_id", "parent_transaction_id",
    "customer_email", "description", "account", "debit", "credit",
)  # fmt: skip
"""What a column can be. `debit` and `credit` stand for gross where it has two columns."""


@dataclass(frozen=True, slots=True)
class GenericMapping:
    """`columns` names the column of each field of `FIELDS`; `kinds` the kind of each word.

    `signs`: "stated" takes amounts as they are; "by_kind" makes refunds, chargebacks, fees and
    payouts negative whatever they are written like. `fee_sign`: "cost" when a positive fee costs,
    "movement" when a cost is negative. Without a kind column every row is `default_kind`. Without
    a net column net is gross less fee. A rate, zone or currency of the file's own goes first.

    A row is a total, and no line, when its cell in `total_column` is one of `total_words` (a word
    that ends in * stands for all that begin with it), or is empty and `total_empty` is set.
    """

    name: str
    gateway: str
    columns: Mapping[str, str]
    kinds: Mapping[str, LineKind] = field(default_factory=dict)
    default_kind: LineKind | None = None
    delimiter: str = ""
    mark: Mark = Mark.POINT
    dates: Order = Order.YEAR_FIRST
    zone: str = "UTC"
    currency: str = ""
    account: str = ""
    minor_units: bool = False
    signs: Literal["stated", "by_kind"] = "stated"
    fee_sign: Literal["cost", "movement"] = "cost"
    total_column: str = ""
    total_words: tuple[str, ...] = ()
    total_empty: bool = False

    def column(self, name: str) -> str:
        """The plain title of the field's column; empty when it has none."""
        return plain(self.columns.get(name, ""))

    def needed(self) -> set[str]:
        """The plain titles a file must have to be read with it."""
        named = [*self.columns.values(), self.total_column]
        return {plain(title) for title in named} - {""}

    def is_total(self, row: Row) -> bool:
        if not self.total_column:
            return False
        said = plain(row.text(plain(self.total_column)))
        return self.total_empty if not said else any(_fits(said, word) for word in self.total_words)

    def problems(self) -> list[str]:
        """What is missing before a file can be read with it; empty when nothing is."""
        found = [f"“{name}” is no field." for name in self.columns if name not in FIELDS]
        if not self.column("gross") and not (self.column("debit") and self.column("credit")):
            found.append("Name the column of the amount, or those of debits and credits.")
        if not self.column("occurred_at"):
            found.append("Name the column of the date.")
        if not self.column("currency") and not self.currency:
            found.append("Name the column of the currency, or the currency itself.")
        if not self.column("kind") and self.default_kind is None:
            found.append("Name the column of the kind, or the kind all rows are of.")
        if bool(self.total_column) != bool(self.total_words or self.total_empty):
            found.append("Name the column a total is known by, and what stands in it.")
        found += [
            f"“{word}” is no word for a total." for word in self.total_words if not plain(word)
        ]
        return found


def _fits(said: str, word: str) -> bool:
    if word.endswith("*"):
        return said.startswith(plain(word))
    return said == plain(word)
