"""The reference is the same once case, blanks and punctuation are left out."""

from reconciliation.matching.rule import Rule


class NormalisedReference(Rule):
    slug = "normalised_reference"
    title = "Same reference, written differently"
    reason = "The references have the same letters and digits, and the amounts agree."
    order = 30
    # Another invoice whose reference differs only in punctuation makes it a guess.
    sql = """
WITH pairs AS (
    SELECT reference_key, currency,
           max(line_id) AS line_id, max(document_id) AS document_id,
           max(line_amount) AS left_total, max(document_amount) AS right_total,
           max(day) AS day
    FROM (
        SELECT reference_key, currency, id AS line_id, NULL::bigint AS document_id,
               amount AS line_amount, NULL::bigint AS document_amount, day
        FROM open_line
        WHERE kind = 'charge' AND reference_key <> ''
        UNION ALL
        SELECT reference_key, currency, NULL, id, NULL, amount, NULL
        FROM open_document
        WHERE kind = 'invoice' AND reference_key <> ''
    ) sides
    GROUP BY reference_key, currency
    HAVING count(line_id) = 1 AND count(document_id) = 1
       AND CASE WHEN max(line_amount) = max(document_amount) THEN true
           WHEN abs(max(line_amount) - max(document_amount)) > %(most_swallowed)s THEN false
           ELSE reconciliation_swallows(
               %(control)s, currency, max(line_amount), max(document_amount)) END
)
SELECT %(company)s AS company, p.currency, p.line_id, p.document_id, p.left_total,
       p.right_total, p.day
FROM pairs p
JOIN open_document d ON d.id = p.document_id
WHERE NOT EXISTS (
    SELECT 1 FROM mirror_primadocument other
    WHERE other.reference_key = p.reference_key AND other.reference_key <> ''
      AND other.kind = 'invoice' AND other.company = %(company)s
      AND other.deleted_at IS NULL AND other.external_ref <> d.reference
)
"""
