"""Money that went back in another currency than the credit note's."""

from reconciliation.matching.foreign import worth
from reconciliation.matching.rule import Rule


class ForeignRefund(Rule):
    slug = "foreign_refund"
    title = "Refunded in another currency"
    reason = "The amount agrees in the credit note's currency; the rate made the difference."
    order = 85
    after_sales = True
    extra = ("fx_difference", "fx_currency", "account_code")
    groups = True
    sql = worth("""
    SELECT l.id AS line_id, d.id AS document_id
    FROM open_line l
    JOIN open_document d
      ON d.reference_key = l.reference_key AND d.currency <> l.currency
    WHERE l.reference_key <> '' AND l.kind = 'refund' AND d.kind = 'credit_note'
""")
