"""Bookings that another statement of the same account brought already, as daily and monthly ones do.

A booking is the same when account, currency, day, amount and the balance before it are, one for one;
where banks order a day in two ways, when the whole day is. Texts and ids of the bank may say no.
What the balances leave open is held for a person: no booking is taken for another on a guess.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from django.db import connection
from psycopg import sql

from integration.core.money import from_minor
from reconciliation.importing.doubts import DOUBTFUL, FURTHER
from reconciliation.importing.problems import OnHold
from reconciliation.importing.staging import Staged
from reconciliation.importing.ties import (
    BY_AMOUNT,
    BY_BALANCE,
    BY_BALANCE_AND_ID,
    BY_BALANCE_AND_TEXT,
    BY_DAY,
    BY_ID,
    GATHER,
    INSIDE,
)  # fmt: skip

Said = Literal["", "same", "further"]
"""What a person decided about doubtful bookings: they are the same ones, or further ones."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was said of the bookings of earlier files, by their pk, or beforehand of all of them."""

    of_all: Said = ""
    of_files: Mapping[int, Said] = field(default_factory=dict)

    def those(self, said: Said) -> list[int]:
        return [pk for pk, word in self.of_files.items() if word == said]


NOTHING = Decided()

_STEPS = (
    INSIDE, BY_ID, BY_BALANCE_AND_TEXT, BY_BALANCE_AND_ID, BY_BALANCE, BY_DAY, FURTHER,
    BY_AMOUNT,
)  # fmt: skip
_ASKED = "SELECT DISTINCT file_id FROM {theirs} ORDER BY 1"
_KNOWN = """
SELECT l.file_id, f.name, count(*)
FROM {mine} s JOIN reconciliation_bankline l ON l.id = s.known_as
JOIN reconciliation_statementfile f ON f.id = l.file_id
GROUP BY l.file_id, f.name ORDER BY l.file_id
"""


@dataclass(frozen=True, slots=True)
class Known:
    """How many bookings came in earlier statements, by file: pk, name and number."""

    files: list[tuple[int, str, int]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(number for _, _, number in self.files)

    def sentence(self, lines: int) -> str:
        if not self.files:
            return ""
        counted = f"{self.count:,} of the {lines:,} bookings are"
        if self.count == lines:
            counted = "The booking is" if lines == 1 else f"All {lines:,} bookings are"
        named = ", ".join(f"“{name}” ({number:,})" for _, name, number in self.files[:5])
        more = f" and {len(self.files) - 5} more" if len(self.files) > 5 else ""
        return (
            f"{counted} known already, from {named}{more}: noted as seen again, and not booked a second "
            "time."
        )


class Doubtful(OnHold):
    """`rows` show, side by side, what a person has to decide about; `files` are those it is about."""

    def __init__(self, message: str, rows: list[dict[str, Any]], files: list[int]) -> None:
        super().__init__(message)
        self.rows, self.files = rows, files


def said_of(word: object) -> Said:
    """The decision a word stands for; none for any other word."""
    found: Said = next((one for one in get_args(Said) if one == word), "")
    return found


def question(files: Sequence[int]) -> str:
    """By which a question is known: the files it is about."""
    return " ".join(map(str, files))


def settle(staged: Staged, form: str, decided: Decided) -> Known:
    """Marks what was staged with the bookings it repeats. Raises Doubtful for what is not decided.

    Runs in the caller's transaction, and again when the file is imported.
    """
    theirs = sql.Identifier(f"{staged.name}_theirs")
    with connection.cursor() as cursor:

        def run(text: str, values: Mapping[str, Any] | None = None) -> int:
            composed = sql.SQL(text).format(mine=staged.table, theirs=theirs)
            cursor.execute(composed, values)
            return int(cursor.rowcount)

        run("UPDATE {mine} SET known_as = NULL WHERE known_as IS NOT NULL")
        run("DROP TABLE IF EXISTS {theirs}")
        if not run(GATHER, _gathered(form, decided)):
            return Known()
        run("ANALYZE {theirs}")
        for step in _STEPS:
            run(step)
        run(DOUBTFUL)
        if doubtful := cursor.fetchall():
            run(_ASKED)
            raise _doubtful(doubtful, [pk for (pk,) in cursor.fetchall()])
        run(_KNOWN)
        return Known([(pk, name, number) for pk, name, number in cursor.fetchall()])


def _gathered(form: str, decided: Decided) -> dict[str, Any]:
    return {
        "format": form,
        "same": decided.those("same"),
        "further": decided.those("further"),
        "of_all": decided.of_all,
    }


def _doubtful(found: list[tuple[Any, ...]], files: list[int]) -> Doubtful:
    rows = [
        {
            "account": account,
            "currency": currency,
            "day": day.isoformat(),
            "amount": str(from_minor(amount, currency)),
            "here": _shown(here),
            "there": _shown(there),
            "file": pk,
            "name": name,
        }
        for account, currency, day, amount, here, there, pk, name, _ in found
    ]
    count, first = found[0][-1], rows[0]
    bookings = "1 booking" if count == 1 else f"{count:,} bookings"
    return Doubtful(
        f"The days overlap with “{first['name']}”, and for {bookings} balances and texts leave "
        f"open whether they are the same, the first on {found[0][2]:%-d %B %Y}. Compare them below and say what "
        "they are.",
        rows,
        files,
    )


def _shown(text: str | None) -> str | None:
    """None where a statement does not have the booking."""
    return None if text is None else (text[:160] or "without a text")
