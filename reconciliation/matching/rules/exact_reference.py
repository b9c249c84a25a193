"""The line names the invoice, character for character, and nobody else does."""

from reconciliation.matching.rule import Rule


class ExactReference(Rule):
    slug = "exact_reference"
    title = "Same reference"
    reason = "Same reference and amount."
    order = 10
    # All of this is in the indexes, in the order of the keys. A key that is there once on each side
    # makes a pair.
    at_large = """
SELECT COALESCE(l.key, d.key) AS key, l.many AS lines, d.many AS documents,
       l.id AS line_id, d.id AS document_id, l.currency, l.amount AS left_total,
       d.amount AS right_total, l.day,
       CASE WHEN l.many IS DISTINCT FROM 1 OR d.many IS DISTINCT FROM 1 THEN false
            WHEN l.reference <> d.reference OR l.currency <> d.currency THEN false
            WHEN l.amount = d.amount THEN true
            WHEN abs(l.amount - d.amount) > %(most_swallowed)s THEN false
            ELSE reconciliation_swallows(%(control)s, l.currency, l.amount, d.amount)
       END AS fits
FROM (
    SELECT reference_key AS key, count(*) AS many, min(id) AS id, min(reference) AS reference,
           min(currency) AS currency, min(amount) AS amount, min(day) AS day
    FROM open_line WHERE {within} GROUP BY reference_key
) l
FULL JOIN (
    SELECT reference_key AS key, count(*) AS many, min(id) AS id, min(reference) AS reference,
           min(currency) AS currency, min(amount) AS amount
    FROM open_document WHERE {within} GROUP BY reference_key
) d ON d.key = l.key
"""
    # Both sides in one pass: a reference with one row on each side is a pair.
    sql = """
SELECT %(company)s AS company, currency,
       max(line_id) AS line_id, max(document_id) AS document_id,
       max(line_amount) AS left_total, max(document_amount) AS right_total, max(day) AS day
FROM (
    SELECT reference, currency, id AS line_id, NULL::bigint AS document_id,
           amount AS line_amount, NULL::bigint AS document_amount, day
    FROM open_line
    WHERE kind = 'charge' AND reference <> ''
    UNION ALL
    SELECT reference, currency, NULL, id, NULL, amount, NULL
    FROM open_document
    WHERE kind = 'invoice' AND reference <> ''
) sides
GROUP BY reference, currency
HAVING count(line_id) = 1 AND count(document_id) = 1
   AND CASE WHEN max(line_amount) = max(document_amount) THEN true
       WHEN abs(max(line_amount) - max(document_amount)) > %(most_swallowed)s THEN false
       ELSE reconciliation_swallows(
           %(control)s, currency, max(line_amount), max(document_amount)) END
"""
