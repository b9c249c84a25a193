"""What a payment in another currency is worth, for the rules that match it."""

# The totals are in the document's currency: what the customer paid or, where the gateway does not
# say, what the line is at the rate of the day. The difference is what the payout lacks or has too
# much against that rate, in the payout's currency. Where the line alone does not pay an invoice,
# its vouchers do with it; of two answers within the tolerance the nearer counts.
_SQL = """
WITH pair AS (
{pairs}), counted AS (
    SELECT *, count(*) OVER (PARTITION BY line_id) AS documents,
           count(*) OVER (PARTITION BY document_id) AS lines
    FROM pair
), voucher AS (
    SELECT invoice_number, currency, array_agg(id ORDER BY number) AS ids,
           sum(amount)::bigint AS amount
    FROM receipt WHERE is_voucher AND is_open GROUP BY invoice_number, currency
), rated AS (
    SELECT l.id AS line_id, d.id AS document_id, l.currency AS line_currency, l.amount, l.day,
           l.original_amount, l.original_currency, l.gateway,
           d.currency, owed.right_total, owed.vouchers,
           rate.rate * power(10::numeric, paid.digits - billed.digits) AS rate
    FROM counted c
    JOIN open_line l ON l.id = c.line_id
    JOIN open_document d ON d.id = c.document_id
    LEFT JOIN voucher v
      ON d.kind = 'invoice' AND v.invoice_number = d.number AND v.currency = d.currency
    CROSS JOIN LATERAL (
        SELECT d.amount AS right_total, '{{}}'::bigint[] AS vouchers
        UNION ALL
        SELECT d.amount - v.amount, v.ids WHERE v.amount < d.amount
    ) owed
    JOIN currency_digits paid ON paid.currency = l.currency
    JOIN currency_digits billed ON billed.currency = d.currency
    CROSS JOIN LATERAL (
        SELECT CASE WHEN base = d.currency THEN x.rate ELSE 1 / x.rate END AS rate
        FROM reconciliation_exchangerate x
        WHERE (x.base, x.quote) IN ((d.currency, l.currency), (l.currency, d.currency))
          AND x.rate > 0 AND x.day BETWEEN l.day - %(rate_days)s AND l.day
        ORDER BY x.day DESC, x.base = d.currency DESC
        LIMIT 1
    ) rate
    WHERE c.documents = 1 AND c.lines = 1
), valued AS (
    SELECT *,
           CASE WHEN original_currency = currency THEN original_amount
                ELSE round(amount / rate)::bigint END AS left_total,
           CASE WHEN original_currency = currency THEN %(control)s
                ELSE %(control)s || '_fx' END AS control,
           amount - round(right_total * rate)::bigint AS fx_difference
    FROM rated
)
SELECT DISTINCT ON (v.line_id)
       %(company)s AS company, v.currency, ARRAY[v.line_id] AS lines,
       v.document_id || v.vouchers AS documents, v.left_total, v.right_total, v.day,
       v.fx_difference, v.line_currency AS fx_currency, COALESCE(a.code, '') AS account_code
FROM valued v
LEFT JOIN account a ON a.purpose = 'fx' AND a.gateway = v.gateway
WHERE v.left_total IS NOT NULL AND (a.code IS NOT NULL OR v.fx_difference = 0)
  AND CASE WHEN v.left_total = v.right_total THEN true
      ELSE reconciliation_swallows(v.control, v.currency, v.left_total, v.right_total) END
ORDER BY v.line_id, abs(v.left_total - v.right_total), cardinality(v.vouchers)
"""


def worth(pairs: str) -> str:
    """A rule's SELECT for groups, from one that gives line_id and document_id of what may be one."""
    return _SQL.format(pairs=pairs)
