"""The customer paid in the invoice's currency and the gateway paid out in another."""

from reconciliation.matching.foreign import worth
from reconciliation.matching.rule import Rule


class ForeignCurrency(Rule):
    slug = "foreign_currency"
    title = "Paid in another currency"
    reason = "The amount agrees in the invoice's currency; the rate made the difference."
    order = 67
    extra = ("fx_difference", "fx_currency", "account_code")
    groups = True
    sql = worth("""
    SELECT l.id AS line_id, d.id AS document_id
    FROM open_line l
    JOIN open_document d
      ON d.reference_key = l.reference_key AND d.currency <> l.currency
    WHERE l.reference_key <> '' AND l.kind = 'charge' AND d.kind = 'invoice'
    UNION
    SELECT l.id, d.id
    FROM open_line l
    JOIN receipt r ON r.transaction_id = l.transaction_id
    JOIN open_document d
      ON d.kind = 'invoice' AND d.number = r.invoice_number AND d.currency <> l.currency
    WHERE l.kind = 'charge' AND l.transaction_id <> ''
""")
