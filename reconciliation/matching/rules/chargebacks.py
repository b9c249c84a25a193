"""A chargeback of a sale we know, booked to its account; and what came back of one booked so."""

from reconciliation.matching.rule import Rule


class Chargebacks(Rule):
    slug = "chargebacks"
    title = "Chargeback to its account"
    reason = "The sale that is charged back is known; no credit note stands against it."
    order = 92
    after_sales = True
    extra = ("account_code",)
    sql = """
SELECT %(company)s AS company, l.currency, l.id AS line_id, NULL::bigint AS document_id,
       l.amount AS left_total, l.amount AS right_total, l.day, a.code AS account_code
FROM open_line l
JOIN account a ON a.purpose = 'chargeback' AND a.gateway = l.gateway
WHERE l.kind = 'chargeback'
  AND EXISTS (
    SELECT 1 FROM reconciliation_gatewayline c
    WHERE c.transaction_id = l.parent_transaction_id AND c.transaction_id <> ''
      AND c.kind = 'charge' AND c.company = %(company)s AND c.currency = l.currency
    UNION ALL
    SELECT 1 FROM reconciliation_gatewayline c
    WHERE c.reference_key = l.reference_key AND c.reference_key <> ''
      AND c.kind = 'charge' AND c.company = %(company)s AND c.currency = l.currency
  )
  AND NOT EXISTS (
    SELECT 1 FROM open_document d
    WHERE d.kind = 'credit_note' AND d.reference_key = l.reference_key AND d.reference_key <> ''
  )
UNION ALL
SELECT %(company)s, l.currency, l.id, NULL, l.amount, l.amount, l.day, max(m.account_code)
FROM open_line l
JOIN reconciliation_gatewayline b
  ON b.kind = 'chargeback' AND b.gateway = l.gateway AND b.currency = l.currency
 AND b.gross = -l.amount AND b.company = %(company)s
 AND b.parent_transaction_id = l.parent_transaction_id AND b.parent_transaction_id <> ''
JOIN reconciliation_match m
  ON m.line_id = b.id AND m.undone_at IS NULL AND m.rule = 'chargebacks'
WHERE l.kind = 'chargeback_reversal'
GROUP BY l.id, l.currency, l.amount, l.day
HAVING count(*) = 1
"""
