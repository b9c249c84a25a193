"""A chargeback of a sale we know, booked to its account; and what came back of one booked so."""
# ruff: noqa: S608 - every part of the SQL is a constant of the product.

from reconciliation.matching.rule import Rule

_ALIKE = """b.kind = 'chargeback' AND b.gateway = r.gateway AND b.currency = r.currency
     AND b.company = %(company)s AND b.gross = -r.{amount}"""


def _tied(reversals: str, backs: str) -> str:
    """SQL: reversals of one table with the chargebacks of another that they may give back."""
    ours = reversals == "open_line"
    alike = _ALIKE.format(amount="amount" if ours else "gross")
    own = "" if ours else " AND r.company = %(company)s AND r.booked_on <= %(as_of)s"
    ways = (
        "b.parent_transaction_id = r.parent_transaction_id AND b.parent_transaction_id <> ''",
        "b.transaction_id = r.parent_transaction_id AND b.transaction_id <> ''",
        "b.reference_key = r.reference_key AND b.reference_key <> ''",
    )
    return " UNION ".join(
        f"""
    SELECT r.id AS reversal_id, b.id AS back_id
    FROM {reversals} r
    JOIN {backs} b
      ON {way}
     AND {alike}
    WHERE r.kind = 'chargeback_reversal'{own}"""
        for way in ways
    )


class Chargebacks(Rule):
    slug = "chargebacks"
    title = "Chargeback to its account"
    reason = "The sale that is charged back is known; no credit note stands against it."
    order = 92
    after_sales = True
    extra = ("account_code",)
    # By the sale or the chargeback it names, or by the reference alone. As many may come back of what
    # some reversals share as was booked, so that nothing comes back twice.
    sql = f"""
WITH tied AS ({_tied("open_line", "reconciliation_gatewayline")}
), given_back AS (
    SELECT t.reversal_id, t.back_id, m.account_code
    FROM tied t
    JOIN reconciliation_match m
      ON m.line_id = t.back_id AND m.undone_at IS NULL AND m.rule = 'chargebacks'
), back AS (
    SELECT * FROM reconciliation_gatewayline WHERE id IN (SELECT back_id FROM given_back)
), claim_on AS (
    SELECT t.reversal_id, t.back_id
    FROM ({_tied("reconciliation_gatewayline", "back")}) t
    LEFT JOIN reconciliation_match m ON m.line_id = t.reversal_id AND m.undone_at IS NULL
    WHERE m.id IS NULL OR m.rule = 'chargebacks'
)
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
SELECT %(company)s, l.currency, l.id, NULL, l.amount, l.amount, l.day, max(g.account_code)
FROM given_back g
JOIN open_line l ON l.id = g.reversal_id
WHERE (
    SELECT count(DISTINCT c.reversal_id) FROM claim_on c
    WHERE c.back_id IN (SELECT o.back_id FROM given_back o WHERE o.reversal_id = l.id)
) <= (SELECT count(*) FROM given_back o WHERE o.reversal_id = l.id)
GROUP BY l.id, l.currency, l.amount, l.day
HAVING count(DISTINCT g.account_code) = 1
"""
