"""Several lines or invoices have one reference: equal amounts go together, oldest first."""

from reconciliation.matching.rule import Rule


class RepeatedReference(Rule):
    slug = "repeated_reference"
    title = "Same reference, several times"
    reason = "Of several with this reference, the oldest with the same amount go together."
    order = 20
    # A line too many is a line that came twice; it stays open. An invoice too many could be any of
    # them, and so could a sum of lines where other invoices wait: then nothing is matched.
    sql = """
WITH same AS (
    SELECT DISTINCT l.reference, l.currency
    FROM open_line l
    JOIN open_document d USING (reference, currency, amount)
    WHERE l.kind = 'charge' AND d.kind = 'invoice' AND reference <> ''
), lines AS (
    SELECT id, reference, currency, amount, day,
           row_number() OVER same AS place,
           count(*) OVER (PARTITION BY reference, currency, amount) AS many
    FROM open_line JOIN same USING (reference, currency)
    WHERE kind = 'charge'
    WINDOW same AS (PARTITION BY reference, currency, amount
                    ORDER BY occurred_at, gateway, account, line_id)
), documents AS (
    SELECT id, reference, currency, amount,
           row_number() OVER same AS place,
           count(*) OVER (PARTITION BY reference, currency, amount) AS many,
           count(*) OVER (PARTITION BY reference, currency) AS of_reference
    FROM open_document JOIN same USING (reference, currency)
    WHERE kind = 'invoice'
    WINDOW same AS (PARTITION BY reference, currency, amount ORDER BY day, number)
)
SELECT %(company)s AS company, l.currency, l.id AS line_id, d.id AS document_id,
       l.amount AS left_total, d.amount AS right_total, l.day
FROM lines l
JOIN documents d USING (reference, currency, amount, place)
WHERE d.many = l.many OR (d.many < l.many AND d.of_reference = d.many)
"""
