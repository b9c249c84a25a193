"""A receipt of Prima names the gateway's transaction, and the receipt names the invoice."""

from reconciliation.matching.rule import Rule


class TransactionId(Rule):
    slug = "transaction_id"
    title = "Same transaction"
    reason = "The receipt of the invoice names the gateway's transaction."
    order = 40
    # The same transaction twice with the same amount is one transaction reported twice.
    sql = """
WITH named AS (
    SELECT transaction_id FROM receipt WHERE transaction_id <> ''
    UNION
    SELECT transaction_id FROM open_document WHERE kind = 'invoice' AND transaction_id <> ''
), lines AS (
    SELECT DISTINCT ON (transaction_id, currency, amount) open_line.*
    FROM open_line JOIN named USING (transaction_id)
    WHERE kind = 'charge'
    ORDER BY transaction_id, currency, amount, occurred_at, gateway, account, line_id
), pairs AS (
    SELECT l.id AS line_id, d.id AS document_id
    FROM lines l
    JOIN receipt r ON r.transaction_id = l.transaction_id
    JOIN open_document d
      ON d.kind = 'invoice' AND d.number = r.invoice_number AND d.currency = l.currency
    UNION
    SELECT l.id, d.id
    FROM lines l
    JOIN open_document d
      ON d.kind = 'invoice' AND d.transaction_id = l.transaction_id AND d.currency = l.currency
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
  AND CASE WHEN l.amount = d.amount THEN true
      ELSE reconciliation_swallows(%(control)s, l.currency, l.amount, d.amount) END
"""
