"""What the balances leave open about bookings that two statements may both hold."""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from reconciliation.importing.ties import OPEN_MINE, OPEN_THEIRS, WITHOUT_ITS_LIKE

SHOWN = 50
# The statement goes on where the other side ends, or ends where it begins (`adjoins`). An amount that
# both have open is a further one (`further`) where no id of the bank is on both sides, or where
# nothing known begins, or ends, at that balance as well and only the text would tell them apart.
_SIDES = f"""
WITH spans AS (
    SELECT account, currency, min(booked_on) AS first, max(booked_on) AS last
    FROM {{mine}} GROUP BY account, currency
), open_mine AS (
    SELECT o.* FROM {{mine}} o WHERE {OPEN_MINE}
), open_theirs AS (
    SELECT o.* FROM {{theirs}} o WHERE {OPEN_THEIRS}
), mine AS (
    SELECT m.*, m.ctid AS at, m.booked_on > p.first AND m.booked_on < p.last AS whole,
        first_value(balance) OVER w AS day_start, last_value(balance + amount) OVER w AS day_end,
        count(*) OVER (PARTITION BY account, bank_ref) = 1 AS named,
        row_number() OVER (PARTITION BY account, currency, booked_on, amount, known_as IS NULL
            ORDER BY {WITHOUT_ITS_LIKE.format(like="open_theirs", own="m")}, m.words, part, seq) AS nth
    FROM {{mine}} m JOIN spans p USING (account, currency)
    WINDOW w AS (PARTITION BY account, currency, booked_on, part ORDER BY seq
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), theirs AS (
    SELECT o.*, {OPEN_THEIRS} AS open, o.booked_on > p.first AND o.booked_on < p.last AS covered,
        count(*) OVER (PARTITION BY account, bank_ref) = 1 AS named,
        row_number() OVER (PARTITION BY account, currency, booked_on, amount, said, {OPEN_THEIRS}
            ORDER BY {WITHOUT_ITS_LIKE.format(like="open_mine", own="o")}, o.words, file_id, part, seq
        ) AS nth
    FROM {{theirs}} o JOIN spans p USING (account, currency)
), blocks AS (
    SELECT DISTINCT account, currency, booked_on, file_id, part, first_value(balance) OVER w AS day_start,
        last_value(balance + amount) OVER w AS day_end
    FROM {{theirs}}
    WINDOW w AS (PARTITION BY account, currency, booked_on, file_id, part ORDER BY seq
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), points AS (
    SELECT account, currency, booked_on, balance AS point, true AS begins FROM {{theirs}}
    UNION
    SELECT account, currency, booked_on, balance + amount, false FROM {{theirs}}
), days AS (
    SELECT DISTINCT account, currency, booked_on, part, day_start, day_end FROM mine
), placed AS (
    SELECT d.account, d.currency, d.booked_on, d.part, bool_or(
            b.day_end = d.day_start OR b.day_start = d.day_end) AS adjoins
    FROM days d JOIN blocks b USING (account, currency, booked_on)
    GROUP BY d.account, d.currency, d.booked_on, d.part
), going_on AS (
    SELECT d.account, d.currency, d.booked_on, d.part,
        bool_or(p.point = d.day_start AND NOT begins) AND NOT bool_or(p.point = d.day_start AND begins)
        OR bool_or(p.point = d.day_end AND begins) AND NOT bool_or(p.point = d.day_end AND NOT begins)
            AS goes_on
    FROM days d JOIN points p USING (account, currency, booked_on)
    GROUP BY d.account, d.currency, d.booked_on, d.part
), open_amount AS (
    SELECT account, currency, booked_on, amount,
        bool_or(s.balance = t.balance) AS alike,
        bool_and(s.bank_ref <> '' AND t.bank_ref <> ''
            AND left(s.bank_ref, 16) <> left(t.bank_ref, 16)) AS apart
    FROM mine s JOIN theirs t USING (account, currency, booked_on, amount)
    WHERE s.known_as IS NULL AND t.open GROUP BY account, currency, booked_on, amount
), mine_next AS (
    SELECT s.*, coalesce(a.adjoins, false) AS adjoins,
        coalesce(o.apart AND a.adjoins OR g.goes_on AND NOT o.alike, false) AS further
    FROM mine s LEFT JOIN placed a USING (account, currency, booked_on, part)
    LEFT JOIN going_on g USING (account, currency, booked_on, part)
    LEFT JOIN open_amount o USING (account, currency, booked_on, amount)
)
"""
# Tied by nothing but the balance where one goes on just where the other ends: the account may have
# come back to that balance. An id of the bank proves it where only these two have it.
_GUESSED = """
    s.adjoins AND NOT s.whole AND NOT t.inside AND s.line_id <> t.line_id
    AND NOT (s.bank_ref <> '' AND s.bank_ref = t.bank_ref AND s.named AND t.named)
    AND EXISTS (SELECT FROM blocks b WHERE (b.file_id, b.part, b.booked_on)
            = (t.file_id, t.part, t.booked_on)
        AND (b.day_end = s.day_start OR b.day_start = s.day_end))
"""
# What a person says are further bookings: what the balances prove to be the same stays so.
FURTHER = f"""
{_SIDES}
UPDATE {{mine}} u SET known_as = NULL
FROM mine_next s JOIN theirs t ON t.id = s.known_as
WHERE u.ctid = s.at AND t.said = 'further' AND {_GUESSED}
"""
# Doubtful is, on a day that both statements hold and of which nobody said anything:
# - an amount on each side that nothing ties, unless one goes on just where the other ends;
# - a tie that is guessed;
# - a booking that only one of them has, when the other one holds the whole day.
DOUBTFUL = f"""
{_SIDES}, found AS (
    SELECT s.account, s.currency, s.booked_on, s.amount, s.text AS here, t.text AS there, t.file_id
    FROM mine_next s JOIN theirs t USING (account, currency, booked_on, amount, nth)
    WHERE s.known_as IS NULL AND t.open AND t.said = ''
        AND (NOT s.further OR s.whole OR t.inside)
    UNION ALL
    SELECT s.account, s.currency, s.booked_on, s.amount, s.text, t.text, t.file_id
    FROM mine_next s JOIN theirs t ON t.id = s.known_as
    WHERE t.said = '' AND {_GUESSED}
    UNION ALL
    SELECT t.account, t.currency, t.booked_on, t.amount, NULL, t.text, t.file_id
    FROM theirs t WHERE t.open AND t.covered AND t.said = '' AND NOT EXISTS (
        SELECT FROM mine s WHERE s.known_as IS NULL
            AND (s.account, s.currency, s.booked_on, s.amount, s.nth)
                = (t.account, t.currency, t.booked_on, t.amount, t.nth))
    UNION ALL
    SELECT s.account, s.currency, s.booked_on, s.amount, s.text, NULL, i.file_id
    FROM mine s JOIN (
        SELECT account, currency, booked_on, min(file_id) AS file_id FROM theirs
        WHERE inside AND said = '' GROUP BY account, currency, booked_on) i
        USING (account, currency, booked_on)
    WHERE s.known_as IS NULL AND NOT EXISTS (
        SELECT FROM theirs t WHERE t.open AND t.said = ''
            AND (s.account, s.currency, s.booked_on, s.amount, s.nth)
                = (t.account, t.currency, t.booked_on, t.amount, t.nth))
)
SELECT f.*, file.name, count(*) OVER () FROM found f
JOIN reconciliation_statementfile file ON file.id = f.file_id
ORDER BY booked_on, account, currency, amount LIMIT {SHOWN}
"""
