"""A fee that is a line of its own, booked to the account for fees."""

from reconciliation.matching.rule import Rule


class Fees(Rule):
    slug = "fees"
    title = "Fee to its account"
    reason = "The gateway's fee is booked to the account for fees, its VAT to that for VAT."
    order = 94
    after_sales = True
    extra = ("account_code",)
    # VAT needs an account of its own, or the fee waits for one.
    sql = """
SELECT %(company)s AS company, l.currency, l.id AS line_id, NULL::bigint AS document_id,
       l.amount AS left_total, l.amount AS right_total, l.day, a.code AS account_code
FROM open_line l
JOIN account a ON a.purpose = 'fee' AND a.gateway = l.gateway
WHERE l.kind = 'fee' AND (
    l.fee_tax = 0 OR EXISTS (
        SELECT 1 FROM account t WHERE t.purpose = 'fee_tax' AND t.gateway = l.gateway))
"""
