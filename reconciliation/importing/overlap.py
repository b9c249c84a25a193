"""Bookings that another statement of the same account brought already, as daily and monthly ones do.

A booking is the same when account, currency, day, amount and the balance before it are, one for one;
where banks order a day in two ways, when the whole day is. Texts and ids of the bank may say no.
What the balances leave open is held for a person: no booking is taken for another on a guess.
"""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from django.db import connection
from psycopg import sql

from integration.core.money import from_minor
from reconciliation.importing.problems import OnHold
from reconciliation.importing.staging import Staged, words

Said = Literal["", "same", "further"]
"""What a person decided about doubtful bookings: they are the same ones, or further ones."""

_SHOWN = 50
_GATHER = f"""
CREATE TEMPORARY TABLE {{theirs}} ON COMMIT DROP AS
SELECT l.id, l.file_id, l.account, l.line_id, l.currency, l.booked_on, l.amount, l.balance, l.seq,
    l.part, l.bank_ref, l.text, {words("l.text")} AS words, f.format = %(format)s AS alike,
    false AS inside
FROM reconciliation_bankline l
JOIN reconciliation_statementfile f ON f.id = l.file_id
JOIN (SELECT account, currency, min(booked_on) AS first, max(booked_on) AS last
      FROM {{mine}} GROUP BY account, currency) m
    ON m.account = l.account AND m.currency = l.currency
        AND l.booked_on BETWEEN m.first AND m.last
"""
# `inside`: the other file begins before this day and ends after it, so it holds the whole day.
_INSIDE = """
UPDATE {theirs} t SET inside = true
FROM (
    SELECT l.file_id, l.account, l.currency, min(l.booked_on) AS first, max(l.booked_on) AS last
    FROM reconciliation_bankline l JOIN (SELECT DISTINCT file_id, account FROM {theirs}) k
        USING (file_id, account)
    GROUP BY l.file_id, l.account, l.currency
) f
WHERE (t.file_id, t.account, t.currency) = (f.file_id, f.account, f.currency)
    AND t.booked_on > f.first AND t.booked_on < f.last
"""
_BY_ID = """
UPDATE {mine} s SET known_as = t.id FROM {theirs} t
WHERE (s.account, s.line_id, s.currency, s.booked_on, s.amount)
    = (t.account, t.line_id, t.currency, t.booked_on, t.amount)
    AND coalesce(s.balance = t.balance, true)
"""
# Two statements of one format write the text of a booking alike, if not to the same length.
_TEXTS_AGREE = """
    (NOT t.alike OR t.words = '' OR s.words = ''
        OR starts_with(t.words, s.words) OR starts_with(s.words, t.words))
    AND (s.bank_ref = '' OR t.bank_ref = '' OR s.bank_ref = t.bank_ref)
"""
_OPEN_MINE = "known_as IS NULL"
_OPEN_THEIRS = "NOT EXISTS (SELECT FROM {mine} k WHERE k.known_as = o.id)"


def _by_balance(equal: str) -> str:
    """Ties one for one what is equal in these columns."""
    return f"""
    WITH mine AS (
        SELECT o.*, o.ctid AS at,
            row_number() OVER (PARTITION BY {equal} ORDER BY part, seq) AS nth
        FROM {{mine}} o WHERE {_OPEN_MINE}
    ), theirs AS (
        SELECT o.*, row_number() OVER (PARTITION BY {equal} ORDER BY file_id, part, seq) AS nth
        FROM {{theirs}} o WHERE balance IS NOT NULL AND {_OPEN_THEIRS}
    )
    UPDATE {{mine}} u SET known_as = t.id
    FROM mine s JOIN theirs t USING ({equal}, nth)
    WHERE u.ctid = s.at AND {_TEXTS_AGREE}
    """


_EQUAL = "account, currency, booked_on, amount, balance"
_BY_BALANCE_AND_TEXT = _by_balance(f"{_EQUAL}, words, bank_ref")
_BY_BALANCE = _by_balance(_EQUAL)
_DAY = """
    SELECT account, currency, booked_on, {source},
        (array_agg(balance ORDER BY part, seq))[1] AS start,
        array_agg(amount ORDER BY amount) AS amounts
    FROM {table} GROUP BY account, currency, booked_on{grouped}
"""
# A whole day in another order: it starts at the same balance and holds the same amounts.
_BY_DAY = f"""
WITH days AS (
    SELECT account, currency, booked_on, t.file_id
    FROM ({_DAY.format(source="count(DISTINCT part) AS parts", table="{mine}", grouped="")}) m
    JOIN ({_DAY.format(source="file_id, part", table="{theirs}", grouped=", file_id, part")}) t
        USING (account, currency, booked_on)
    WHERE m.parts = 1 AND m.start = t.start AND m.amounts = t.amounts
), mine AS (
    SELECT o.*, o.ctid AS at, row_number() OVER (
        PARTITION BY account, currency, booked_on, amount ORDER BY bank_ref, text, seq) AS nth
    FROM {{mine}} o JOIN days USING (account, currency, booked_on) WHERE {_OPEN_MINE}
), theirs AS (
    SELECT o.*, row_number() OVER (
        PARTITION BY account, currency, booked_on, amount ORDER BY bank_ref, text, seq) AS nth
    FROM {{theirs}} o JOIN days USING (account, currency, booked_on, file_id) WHERE {_OPEN_THEIRS}
)
UPDATE {{mine}} u SET known_as = t.id
FROM mine s JOIN theirs t USING (account, currency, booked_on, amount, nth)
WHERE u.ctid = s.at AND {_TEXTS_AGREE}
"""
# What a person says is the same: equal texts first, then one for one.
_BY_AMOUNT = f"""
WITH mine AS (
    SELECT o.*, o.ctid AS at FROM {{mine}} o WHERE {_OPEN_MINE}
), theirs AS (
    SELECT o.* FROM {{theirs}} o WHERE {_OPEN_THEIRS}
), ranked_mine AS (
    SELECT s.*, row_number() OVER (PARTITION BY account, currency, booked_on, amount ORDER BY
        NOT EXISTS (SELECT FROM theirs t WHERE (t.account, t.currency, t.booked_on, t.amount, t.words)
            = (s.account, s.currency, s.booked_on, s.amount, s.words)), s.words, part, seq) AS nth
    FROM mine s
), ranked_theirs AS (
    SELECT t.*, row_number() OVER (PARTITION BY account, currency, booked_on, amount ORDER BY
        NOT EXISTS (SELECT FROM mine s WHERE (t.account, t.currency, t.booked_on, t.amount, t.words)
            = (s.account, s.currency, s.booked_on, s.amount, s.words)), t.words, file_id, part, seq)
        AS nth
    FROM theirs t
)
UPDATE {{mine}} u SET known_as = t.id
FROM ranked_mine s JOIN ranked_theirs t USING (account, currency, booked_on, amount, nth)
WHERE u.ctid = s.at
"""
# Doubtful is, on a day that both statements hold:
# - an amount on each side that nothing ties, unless one goes on just where the other ends;
# - a tie by nothing but the balance where one goes on just where the other ends: it may have come
#   back to that balance;
# - a booking that only one of them has, when the other one holds the whole day.
_DOUBTFUL = f"""
WITH spans AS (
    SELECT account, currency, min(booked_on) AS first, max(booked_on) AS last
    FROM {{mine}} GROUP BY account, currency
), mine AS (
    SELECT m.*, m.booked_on > p.first AND m.booked_on < p.last AS whole,
        first_value(balance) OVER w AS day_start, last_value(balance + amount) OVER w AS day_end,
        row_number() OVER (PARTITION BY account, currency, booked_on, amount, known_as IS NULL
            ORDER BY part, seq) AS nth
    FROM {{mine}} m JOIN spans p USING (account, currency)
    WINDOW w AS (PARTITION BY account, currency, booked_on, part ORDER BY seq
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), theirs AS (
    SELECT o.*, {_OPEN_THEIRS} AS open, o.booked_on > p.first AND o.booked_on < p.last AS covered,
        row_number() OVER (PARTITION BY account, currency, booked_on, amount, {_OPEN_THEIRS}
            ORDER BY file_id, part, seq) AS nth
    FROM {{theirs}} o JOIN spans p USING (account, currency)
), blocks AS (
    SELECT DISTINCT account, currency, booked_on, file_id, part, first_value(balance) OVER w AS day_start,
        last_value(balance + amount) OVER w AS day_end
    FROM {{theirs}}
    WINDOW w AS (PARTITION BY account, currency, booked_on, file_id, part ORDER BY seq
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), mine_next AS (
    SELECT s.*, EXISTS (SELECT FROM blocks b
        WHERE (b.account, b.currency, b.booked_on) = (s.account, s.currency, s.booked_on)
            AND (b.day_end = s.day_start OR b.day_start = s.day_end)) AS adjoins
    FROM mine s
), found AS (
    SELECT s.account, s.currency, s.booked_on, s.amount, s.text AS here, t.text AS there, t.file_id
    FROM mine_next s JOIN theirs t USING (account, currency, booked_on, amount, nth)
    WHERE s.known_as IS NULL AND t.open AND (NOT s.adjoins OR s.whole OR t.inside)
    UNION ALL
    SELECT s.account, s.currency, s.booked_on, s.amount, s.text, t.text, t.file_id
    FROM mine_next s JOIN theirs t ON t.id = s.known_as
    WHERE s.adjoins AND NOT s.whole AND NOT t.inside AND s.line_id <> t.line_id
        AND NOT (s.bank_ref <> '' AND s.bank_ref = t.bank_ref)
        AND EXISTS (SELECT FROM blocks b WHERE (b.file_id, b.part, b.booked_on)
                = (t.file_id, t.part, t.booked_on)
            AND (b.day_end = s.day_start OR b.day_start = s.day_end))
    UNION ALL
    SELECT t.account, t.currency, t.booked_on, t.amount, NULL, t.text, t.file_id
    FROM theirs t WHERE t.open AND t.covered AND NOT EXISTS (
        SELECT FROM mine s WHERE s.known_as IS NULL
            AND (s.account, s.currency, s.booked_on, s.amount, s.nth)
                = (t.account, t.currency, t.booked_on, t.amount, t.nth))
    UNION ALL
    SELECT s.account, s.currency, s.booked_on, s.amount, s.text, NULL, i.file_id
    FROM mine s JOIN (
        SELECT account, currency, booked_on, min(file_id) AS file_id FROM theirs WHERE inside
        GROUP BY account, currency, booked_on) i USING (account, currency, booked_on)
    WHERE s.known_as IS NULL AND NOT EXISTS (
        SELECT FROM theirs t WHERE t.open
            AND (s.account, s.currency, s.booked_on, s.amount, s.nth)
                = (t.account, t.currency, t.booked_on, t.amount, t.nth))
)
SELECT f.*, file.name, count(*) OVER () FROM found f
JOIN reconciliation_statementfile file ON file.id = f.file_id
ORDER BY booked_on, account, currency, amount LIMIT {_SHOWN}
"""
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
        named = ", ".join(f"“{name}” ({number:,})" for _, name, number in self.files[:5])
        more = f" and {len(self.files) - 5} more" if len(self.files) > 5 else ""
        return (
            f"{self.count:,} of the {lines:,} bookings are known already, from {named}{more}. They are "
            "noted as seen again and not booked a second time."
        )


class Doubtful(OnHold):
    """`rows` show, side by side, what a person has to decide about."""

    def __init__(self, message: str, rows: list[dict[str, Any]]) -> None:
        super().__init__(message)
        self.rows = rows


def said_of(word: object) -> Said:
    """The decision a word stands for; none for any other word."""
    found: Said = next((one for one in get_args(Said) if one == word), "")
    return found


def settle(staged: Staged, form: str, said: Said) -> Known:
    """Marks what was staged with the bookings it repeats. Raises Doubtful, unless a person decided.

    Runs in the caller's transaction, and again when the file is imported.
    """
    theirs = sql.Identifier(f"{staged.name}_theirs")
    steps = [_INSIDE, _BY_ID]
    if said != "further":
        steps += [_BY_BALANCE_AND_TEXT, _BY_BALANCE, _BY_DAY]
    if said == "same":
        steps.append(_BY_AMOUNT)
    with connection.cursor() as cursor:

        def run(text: str, values: Mapping[str, Any] | None = None) -> int:
            composed = sql.SQL(text).format(mine=staged.table, theirs=theirs)
            cursor.execute(composed, values)
            return int(cursor.rowcount)

        run("UPDATE {mine} SET known_as = NULL WHERE known_as IS NOT NULL")
        run("DROP TABLE IF EXISTS {theirs}")
        if not run(_GATHER, {"format": form}):
            return Known()
        run("ANALYZE {theirs}")
        for step in steps:
            run(step)
        if not said:
            run(_DOUBTFUL)
            if doubtful := cursor.fetchall():
                raise _doubtful(doubtful)
        run(_KNOWN)
        return Known([(pk, name, number) for pk, name, number in cursor.fetchall()])


def _doubtful(found: list[tuple[Any, ...]]) -> Doubtful:
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
        f"The days overlap with “{first['name']}”, and for {bookings} neither balances nor texts tell "
        f"whether they are the same, the first on {found[0][2]:%-d %B %Y}. Compare them below and say what "
        "they are.",
        rows,
    )


def _shown(text: str | None) -> str | None:
    """None where a statement does not have the booking."""
    return None if text is None else (text[:160] or "without a text")
