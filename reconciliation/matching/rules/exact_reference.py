"""The line names the invoice, character for character, and nobody else does."""

from reconciliation.matching.rule import Rule


class ExactReference(Rule):
    slug = "exact_reference"
    title = "Same reference"
    reason = "Same reference and amount."
    order = 10
    # What the indexes say is there once on each side is a pair when the amounts agree.
    at_large = """
WITH repeated_line AS MATERIALIZED (
    SELECT reference_key FROM reconciliation_gatewayline
    WHERE reference_key <> '' AND kind = 'charge'
    GROUP BY reference_key HAVING count(*) > 1
), repeated_document AS MATERIALIZED (
    SELECT reference_key FROM mirror_primadocument
    WHERE reference_key <> '' AND kind = 'invoice'
    GROUP BY reference_key HAVING count(*) > 1
)
SELECT %(company)s::varchar AS company, l.currency, l.id AS line_id, d.id AS document_id,
       l.amount AS left_total, d.amount AS right_total, l.day
FROM open_line l
JOIN open_document d ON d.reference = l.reference AND d.currency = l.currency
WHERE l.kind = 'charge' AND d.kind = 'invoice' AND l.reference <> ''
  AND CASE WHEN l.amount = d.amount THEN true
      ELSE reconciliation_swallows(%(control)s, l.currency, l.amount, d.amount) END
  AND NOT EXISTS (SELECT 1 FROM repeated_line r WHERE r.reference_key = l.reference_key)
  AND NOT EXISTS (SELECT 1 FROM repeated_document r WHERE r.reference_key = d.reference_key)
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
       ELSE reconciliation_swallows(
           %(control)s, currency, max(line_amount), max(document_amount)) END
"""
