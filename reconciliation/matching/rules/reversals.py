"""A chargeback that the gateway took back: both lines cancel each other."""

from reconciliation.matching.rule import Rule


class Reversals(Rule):
    slug = "reversals"
    title = "Chargeback and its reversal"
    reason = "The reversal gives back the chargeback of the same sale."
    order = 90
    after_sales = True
    groups = True
    sql = """
WITH pair AS (
    SELECT b.id AS back_id, r.id AS reversal_id, b.currency, greatest(b.day, r.day) AS day
    FROM open_line b
    JOIN open_line r
      ON r.kind = 'chargeback_reversal' AND r.currency = b.currency AND r.amount = -b.amount
     AND r.gateway = b.gateway
     AND ((r.parent_transaction_id <> ''
           AND r.parent_transaction_id IN (b.parent_transaction_id, b.transaction_id))
       OR (r.reference_key <> '' AND r.reference_key = b.reference_key))
    WHERE b.kind = 'chargeback'
), counted AS (
    SELECT *, count(*) OVER (PARTITION BY back_id) AS reversals,
           count(*) OVER (PARTITION BY reversal_id) AS backs
    FROM pair
)
SELECT %(company)s AS company, currency, ARRAY[back_id, reversal_id] AS lines,
       '{}'::bigint[] AS documents, 0 AS left_total, 0 AS right_total, day
FROM counted
WHERE reversals = 1 AND backs = 1
"""
