"""Money that went back, and the credit note for it."""

from reconciliation.matching.rule import Rule


class Refunds(Rule):
    slug = "refunds"
    title = "Refund and credit note"
    reason = "The refund and the credit note belong to the same sale and agree."
    order = 82
    after_sales = True
    # By reference, by the transaction that is paid back, or by the invoice that it had paid.
    sql = """
WITH lines AS (
    SELECT * FROM (
        SELECT *, row_number() OVER (
            PARTITION BY CASE WHEN transaction_id = '' THEN id::text ELSE '' END,
                         transaction_id, currency, amount
            ORDER BY occurred_at, gateway, account, line_id) AS place
        FROM open_line WHERE kind IN ('refund', 'chargeback')
    ) numbered WHERE place = 1
), origin AS (
    SELECT l.id AS line_id, r.invoice_number
    FROM lines l
    JOIN receipt r ON r.transaction_id = l.parent_transaction_id
    WHERE l.parent_transaction_id <> ''
    UNION
    SELECT l.id, i.number
    FROM lines l
    JOIN reconciliation_gatewayline charge
      ON charge.transaction_id = l.parent_transaction_id AND charge.transaction_id <> ''
     AND charge.company = %(company)s AND charge.kind = 'charge'
    JOIN reconciliation_match m ON m.line_id = charge.id AND m.undone_at IS NULL
    JOIN mirror_primadocument i ON i.id = m.document_id AND i.kind = 'invoice'
    WHERE l.parent_transaction_id <> ''
), pair AS (
    SELECT l.id AS line_id, d.id AS document_id
    FROM lines l
    JOIN open_document d ON d.kind = 'credit_note' AND d.currency = l.currency
     AND d.reference_key = l.reference_key
    WHERE l.reference_key <> ''
    UNION
    SELECT l.id, d.id
    FROM lines l
    JOIN open_document d ON d.kind = 'credit_note' AND d.currency = l.currency
     AND d.transaction_id = l.transaction_id
    WHERE l.transaction_id <> ''
    UNION
    SELECT l.id, d.id
    FROM lines l
    JOIN origin o ON o.line_id = l.id
    JOIN open_document d ON d.kind = 'credit_note' AND d.currency = l.currency
     AND d.invoice_number = o.invoice_number AND d.invoice_number <> ''
), fits AS (
    SELECT pair.*, count(*) OVER (PARTITION BY pair.line_id) AS documents,
           count(*) OVER (PARTITION BY pair.document_id) AS lines
    FROM pair
    JOIN lines l ON l.id = pair.line_id
    JOIN open_document d ON d.id = pair.document_id
    WHERE CASE WHEN l.amount = d.amount THEN true
          ELSE reconciliation_swallows(%(control)s, l.currency, l.amount, d.amount) END
)
SELECT %(company)s AS company, l.currency, l.id AS line_id, d.id AS document_id,
       l.amount AS left_total, d.amount AS right_total, l.day
FROM fits f
JOIN open_line l ON l.id = f.line_id
JOIN open_document d ON d.id = f.document_id
WHERE f.lines = 1 AND f.documents = 1
"""
