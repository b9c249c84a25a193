"""Which booking of a statement is which of an earlier one: by ids, by balances, by whole days.

Each statement of SQL marks bookings of `{mine}`, the staged ones, with those of `{theirs}`.
"""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from reconciliation.importing.staging import words

GATHER = f"""
CREATE TEMPORARY TABLE {{theirs}} ON COMMIT DROP AS
SELECT l.id, l.file_id, l.account, l.line_id, l.currency, l.booked_on, l.amount, l.balance, l.seq,
    l.part, l.bank_ref, l.text, {words("l.text")} AS words, f.format = %(format)s AS alike,
    false AS inside, CASE WHEN l.file_id = ANY (%(same)s::bigint[]) THEN 'same'
        WHEN l.file_id = ANY (%(further)s::bigint[]) THEN 'further' ELSE %(of_all)s END AS said
FROM reconciliation_bankline l
JOIN reconciliation_statementfile f ON f.id = l.file_id
JOIN (SELECT account, currency, min(booked_on) AS first, max(booked_on) AS last
      FROM {{mine}} GROUP BY account, currency) m
    ON m.account = l.account AND m.currency = l.currency
        AND l.booked_on BETWEEN m.first AND m.last
"""
# `inside`: the other file begins before this day and ends after it, so it holds the whole day.
INSIDE = """
UPDATE {theirs} t SET inside = true
FROM (
    SELECT file_id, account, currency, min(booked_on) AS first, max(booked_on) AS last
    FROM (
        SELECT file_id, account, currency, booked_on FROM reconciliation_bankline
        UNION ALL
        SELECT a.file_id, l.account, l.currency, l.booked_on
        FROM reconciliation_banklineagain a JOIN reconciliation_bankline l ON l.id = a.bank_line_id
    ) stated
    WHERE file_id IN (SELECT file_id FROM {theirs})
    GROUP BY file_id, account, currency
) f
WHERE (t.file_id, t.account, t.currency) = (f.file_id, f.account, f.currency)
    AND t.booked_on > f.first AND t.booked_on < f.last
"""
BY_ID = """
UPDATE {mine} s SET known_as = t.id FROM {theirs} t
WHERE (s.account, s.line_id, s.currency, s.booked_on, s.amount)
    = (t.account, t.line_id, t.currency, t.booked_on, t.amount)
    AND coalesce(s.balance = t.balance, true)
"""
# Two statements of one format write the text of a booking alike, if not to the same length. MT940
# has room for the first 16 characters of an id of the bank.
_TEXTS_AGREE = """
    (NOT t.alike OR t.words = '' OR s.words = ''
        OR starts_with(t.words, s.words) OR starts_with(s.words, t.words))
    AND (s.bank_ref = '' OR t.bank_ref = '' OR s.bank_ref = t.bank_ref
        OR (NOT t.alike AND left(s.bank_ref, 16) = left(t.bank_ref, 16)))
"""
OPEN_MINE = "known_as IS NULL"
OPEN_THEIRS = "NOT EXISTS (SELECT FROM {mine} k WHERE k.known_as = o.id)"


def _by_balance(equal: str) -> str:
    """Ties one for one what is equal in these columns."""
    return f"""
    WITH mine AS (
        SELECT o.*, o.ctid AS at,
            row_number() OVER (PARTITION BY {equal} ORDER BY part, seq) AS nth
        FROM {{mine}} o WHERE {OPEN_MINE}
    ), theirs AS (
        SELECT o.*, row_number() OVER (PARTITION BY {equal} ORDER BY file_id, part, seq) AS nth
        FROM {{theirs}} o WHERE balance IS NOT NULL AND {OPEN_THEIRS}
    )
    UPDATE {{mine}} u SET known_as = t.id
    FROM mine s JOIN theirs t USING ({equal}, nth)
    WHERE u.ctid = s.at AND {_TEXTS_AGREE}
    """


_EQUAL = "account, currency, booked_on, amount, balance"
BY_BALANCE_AND_TEXT = _by_balance(f"{_EQUAL}, words, bank_ref")
BY_BALANCE_AND_ID = _by_balance(f"{_EQUAL}, bank_ref")
BY_BALANCE = _by_balance(_EQUAL)
_DAY = """
    SELECT account, currency, booked_on, {source},
        (array_agg(balance ORDER BY part, seq))[1] AS start,
        array_agg(amount ORDER BY amount) AS amounts
    FROM {table} GROUP BY account, currency, booked_on{grouped}
"""
# A whole day in another order: it starts at the same balance and holds the same amounts.
BY_DAY = f"""
WITH days AS (
    SELECT account, currency, booked_on, t.file_id
    FROM ({_DAY.format(source="count(DISTINCT part) AS parts", table="{mine}", grouped="")}) m
    JOIN ({_DAY.format(source="file_id, part", table="{theirs}", grouped=", file_id, part")}) t
        USING (account, currency, booked_on)
    WHERE m.parts = 1 AND m.start = t.start AND m.amounts = t.amounts
), mine AS (
    SELECT o.*, o.ctid AS at, row_number() OVER (
        PARTITION BY account, currency, booked_on, amount ORDER BY bank_ref, text, seq) AS nth
    FROM {{mine}} o JOIN days USING (account, currency, booked_on) WHERE {OPEN_MINE}
), theirs AS (
    SELECT o.*, row_number() OVER (
        PARTITION BY account, currency, booked_on, amount ORDER BY bank_ref, text, seq) AS nth
    FROM {{theirs}} o JOIN days USING (account, currency, booked_on, file_id) WHERE {OPEN_THEIRS}
)
UPDATE {{mine}} u SET known_as = t.id
FROM mine s JOIN theirs t USING (account, currency, booked_on, amount, nth)
WHERE u.ctid = s.at AND {_TEXTS_AGREE}
"""
# Equal amounts of a day go together by equal texts first, then one for one.
WITHOUT_ITS_LIKE = """NOT EXISTS (SELECT FROM {like} l
    WHERE (l.account, l.currency, l.booked_on, l.amount, l.words)
        = ({own}.account, {own}.currency, {own}.booked_on, {own}.amount, {own}.words))"""
# What a person says is the same.
BY_AMOUNT = f"""
WITH mine AS (
    SELECT o.*, o.ctid AS at FROM {{mine}} o WHERE {OPEN_MINE}
), theirs AS (
    SELECT o.* FROM {{theirs}} o WHERE o.said = 'same' AND {OPEN_THEIRS}
), ranked_mine AS (
    SELECT s.*, row_number() OVER (PARTITION BY account, currency, booked_on, amount ORDER BY
        {WITHOUT_ITS_LIKE.format(like="theirs", own="s")}, s.words, part, seq) AS nth
    FROM mine s
), ranked_theirs AS (
    SELECT t.*, row_number() OVER (PARTITION BY account, currency, booked_on, amount ORDER BY
        {WITHOUT_ITS_LIKE.format(like="mine", own="t")}, t.words, file_id, part, seq) AS nth
    FROM theirs t
)
UPDATE {{mine}} u SET known_as = t.id
FROM ranked_mine s JOIN ranked_theirs t USING (account, currency, booked_on, amount, nth)
WHERE u.ctid = s.at
"""
