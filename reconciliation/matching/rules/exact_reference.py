"""The line names the invoice, character for character, and nobody else does."""

from reconciliation.matching.rule import Rule


class ExactReference(Rule):
    slug = "exact_reference"
    title = "Same reference"
    reason = "The line and the invoice have the same reference and amount."
    order = 10
    over_everything = True
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
       ELSE reconciliation_swallows(
           %(control)s, currency, max(line_amount), max(document_amount)) END
"""
