"""A voucher paid the invoice, or a voucher or credit a part of it and a line the rest."""

from reconciliation.matching.rule import Rule


class Vouchers(Rule):
    slug = "vouchers"
    title = "Paid with a voucher"
    reason = "The voucher and the line together pay the invoice."
    order = 60
    groups = True
    sql = """
WITH paid AS (
    SELECT d.id AS document_id, d.currency, d.amount, d.day, d.number, d.reference_key,
           array_agg(v.id ORDER BY v.number) AS vouchers, sum(v.amount)::bigint AS by_voucher
    FROM open_document d
    JOIN receipt v
      ON v.invoice_number = d.number AND v.currency = d.currency AND v.is_open AND v.is_voucher
    WHERE d.kind = 'invoice'
    GROUP BY d.id, d.currency, d.amount, d.day, d.number, d.reference_key
), pair AS (
    SELECT p.document_id, l.id AS line_id
    FROM paid p
    JOIN open_line l
      ON l.kind = 'charge' AND l.currency = p.currency AND l.reference_key = p.reference_key
    WHERE p.reference_key <> ''
    UNION
    SELECT p.document_id, l.id
    FROM paid p
    JOIN receipt r ON r.invoice_number = p.number AND r.transaction_id <> ''
    JOIN open_line l
      ON l.kind = 'charge' AND l.currency = p.currency AND l.transaction_id = r.transaction_id
), fits AS (
    SELECT pair.*, count(*) OVER (PARTITION BY pair.document_id) AS lines,
           count(*) OVER (PARTITION BY pair.line_id) AS documents
    FROM pair
    JOIN paid p USING (document_id)
    JOIN open_line l ON l.id = pair.line_id
    WHERE CASE WHEN l.amount = p.amount - p.by_voucher THEN true
          ELSE reconciliation_swallows(
              %(control)s, p.currency, l.amount, p.amount - p.by_voucher) END
)
SELECT %(company)s AS company, p.currency, ARRAY[l.id] AS lines,
       p.document_id || p.vouchers AS documents,
       l.amount AS left_total, p.amount - p.by_voucher AS right_total, l.day
FROM fits f
JOIN paid p USING (document_id)
JOIN open_line l ON l.id = f.line_id
WHERE f.lines = 1 AND f.documents = 1 AND p.amount > p.by_voucher
UNION ALL
SELECT %(company)s, p.currency, '{}'::bigint[], p.document_id || p.vouchers, 0, 0, p.day
FROM paid p
WHERE p.amount = p.by_voucher
"""
