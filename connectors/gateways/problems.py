"""What can be wrong with a file, told so that a person knows what to do next."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from integration.records.payout import Footed


class Code(StrEnum):
    """What is wrong, for code that must tell one from another."""

    NOT_RECOGNISED = "not_recognised"
    AMBIGUOUS = "ambiguous"
    EMPTY = "empty"
    ENCODING = "encoding"
    UNREADABLE = "unreadable"
    UNSAFE = "unsafe"
    MISSING_COLUMN = "missing_column"
    CUT_SHORT = "cut_short"
    DOES_NOT_FOOT = "does_not_foot"
    WRONG_COUNT = "wrong_count"
    UNKNOWN_ROW_TYPE = "unknown_row_type"
    UNKNOWN_CURRENCY = "unknown_currency"
    BAD_AMOUNT = "bad_amount"
    BAD_DATE = "bad_date"


@dataclass(eq=False)
class FileProblem(Exception):
    """Why a file is refused. `row` counts from 1; 0 when it concerns the whole file.

    `stated` and `computed` are set when two figures do not agree; `footed` holds the totals of
    what had been read when the end was reached.
    """

    code: Code
    sentence: str
    row: int = 0
    column: str = ""
    value: str = ""
    stated: Decimal | None = None
    computed: Decimal | None = None
    footed: Footed | None = None

    def __str__(self) -> str:
        return f"Row {self.row}: {self.sentence}" if self.row else self.sentence

    @property
    def difference(self) -> Decimal | None:
        if self.stated is None or self.computed is None:
            return None
        return self.computed - self.stated


def cut_short(what: str, row: int = 0) -> FileProblem:
    """`what` is missing or unfinished."""
    return FileProblem(
        Code.CUT_SHORT, f"The file seems to be cut short: {what} Download it again.", row
    )


def does_not_foot(
    what: str,
    stated: Decimal,
    computed: Decimal,
    *,
    currency: str = "",
    row: int = 0,
    told: tuple[str, str] = ("the file states", "its lines come to"),
) -> FileProblem:
    """Two figures that must agree do not. `told` are the words before each of them."""
    unit = f" {currency}" if currency else ""
    sentence = (
        f"{what} does not add up: {told[0]} {stated}{unit}, {told[1]} "
        f"{computed}{unit}, a difference of {computed - stated}{unit}."
    )
    return FileProblem(Code.DOES_NOT_FOOT, sentence, row, stated=stated, computed=computed)


def wrong_count(what: str, stated: int, counted: int, row: int = 0) -> FileProblem:
    """There are more or fewer rows than the file says."""
    return FileProblem(
        Code.WRONG_COUNT,
        f"{what} should hold {stated} rows by the file's own count, but holds {counted}.",
        row,
        value=str(stated),
        stated=Decimal(stated),
        computed=Decimal(counted),
    )


def unknown_row_type(word: str, row: int, column: str = "") -> FileProblem:
    return FileProblem(
        Code.UNKNOWN_ROW_TYPE,
        f"“{word}” is a kind of row the desk does not know. Nothing was guessed.",
        row,
        column,
        word,
    )
