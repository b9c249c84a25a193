"""No reference to go by: the customer, the amount and the days around it say which invoice."""

from reconciliation.matching.rule import Rule


class CustomerAmount(Rule):
    slug = "customer_amount"
    title = "Same customer and amount"
    reason = "Only this line and this invoice have this customer, amount and time."
    order = 50
    # What names another document, or is named by another line, is not up for guessing.
    sql = """
WITH pairs AS (
    SELECT l.id AS line_id, d.id AS document_id
    FROM open_line l
    JOIN open_document d
      ON d.email = l.email AND d.currency = l.currency AND d.amount = l.amount
     AND d.day BETWEEN l.day - %(window_days)s AND l.day + %(window_days)s
    WHERE l.kind = 'charge' AND d.kind = 'invoice' AND l.email <> ''
      AND NOT l.names_a_document AND NOT d.named_by_a_line
), counted AS (
    SELECT *, count(*) OVER (PARTITION BY line_id) AS documents,
           count(*) OVER (PARTITION BY document_id) AS lines
    FROM pairs
)
SELECT %(company)s AS company, l.currency, l.id AS line_id, d.id AS document_id,
       l.amount AS left_total, d.amount AS right_total, l.day
FROM counted c
JOIN open_line l ON l.id = c.line_id
JOIN open_document d ON d.id = c.document_id
WHERE c.documents = 1 AND c.lines = 1
"""
