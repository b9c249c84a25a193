"""Why the lines that are still open were not matched: the rule that came nearest, in words."""

from reconciliation.matching.desk import Desk

# The first place of a line counts, so they stand in the order of what a person can do with them:
# 1 other amount, 2 several alike, 3 other currency, 4 matched already, 5 deleted, 6 a receipt names
# it, 7 the same customer and amount. Where there is none, the kind of the line says why.
_REASONS = """
INSERT INTO reconciliation_nearmatch (line_id, document_id, rule, reason, difference, seen_at)
SELECT l.id, n.document_id,
       CASE n.place
           WHEN 1 THEN CASE WHEN n.is_exact THEN 'exact_reference' ELSE 'normalised_reference' END
           WHEN 2 THEN 'repeated_reference'
           WHEN 3 THEN CASE WHEN l.kind = 'refund' THEN 'foreign_refund' ELSE 'foreign_currency' END
           WHEN 4 THEN 'exact_reference'
           WHEN 5 THEN 'exact_reference'
           WHEN 6 THEN 'transaction_id'
           WHEN 7 THEN 'customer_amount'
           ELSE CASE l.kind
               WHEN 'fee' THEN 'fees'
               WHEN 'chargeback' THEN 'chargebacks'
               WHEN 'chargeback_reversal' THEN 'chargebacks'
               ELSE 'exact_reference' END
       END,
       left(CASE n.place
           WHEN 1 THEN 'The reference is the same, but the amounts differ by '
               || round(abs(n.difference) / power(10::numeric, g.digits), g.digits)
               || ' ' || l.currency || '.'
           WHEN 2 THEN 'Several lines or documents have this reference and amount;'
               || ' any of them could be it.'
           WHEN 3 THEN 'The reference is the same, but the document is in ' || n.currency
               || ' and the line in ' || l.currency
               || ', and the amounts do not agree at a known rate'
               || CASE WHEN EXISTS (SELECT 1 FROM account a
                                    WHERE a.purpose = 'fx' AND a.gateway = l.gateway)
                  THEN '.' ELSE ', or no account is set for exchange differences.' END
           WHEN 4 THEN 'Document ' || n.number || ' with this reference is matched already;'
               || ' this line may have come twice.'
           WHEN 5 THEN 'Prima no longer has document ' || n.number || ' with this reference.'
           WHEN 6 THEN 'The receipt names invoice ' || n.number
               || ', but the amounts do not agree.'
           WHEN 7 THEN CASE WHEN n.many = 1
               THEN 'Other lines of this customer have the same amount.'
               ELSE n.many || ' invoices of this customer have this amount.' END
           ELSE CASE
               WHEN l.kind = 'fee'
               THEN 'No account is set for the fees of this gateway or for their VAT.'
               WHEN l.kind IN ('chargeback', 'chargeback_reversal') THEN
                   CASE WHEN EXISTS (SELECT 1 FROM account a
                                     WHERE a.purpose = 'chargeback' AND a.gateway = l.gateway)
                   THEN CASE l.kind WHEN 'chargeback'
                       THEN 'The sale that is charged back is not known.'
                       ELSE 'No chargeback of this amount is known that it would give back,'
                           || ' or another line could give it back as well.' END
                   ELSE 'No account is set for the chargebacks of ' || l.gateway || '.' END
               WHEN l.reference = '' THEN 'The line has no reference, and nothing else fits.'
               ELSE 'No document has this reference, and nothing else fits.' END
           END, 250),
       n.difference, %(at)s
FROM open_line l
LEFT JOIN currency_digits g ON g.currency = l.currency
LEFT JOIN (
    SELECT DISTINCT ON (line_id) *
    FROM (
        SELECT line_id, document_id, number, currency, is_exact, 1 AS many, place,
               CASE WHEN place IN (1, 2, 4) THEN line_amount - amount END AS difference
        FROM (
            SELECT c.*, l.amount AS line_amount,
                   CASE WHEN c.is_matched AND sign(c.amount) = sign(l.amount) THEN 4
                        WHEN c.is_deleted THEN 5
                        WHEN c.is_matched THEN NULL
                        WHEN c.currency <> l.currency THEN 3
                        WHEN c.amount = l.amount THEN 2
                        WHEN sign(c.amount) = sign(l.amount) THEN 1 END AS place
            FROM claim c
            JOIN open_line l ON l.id = c.line_id
        ) named
        WHERE place IS NOT NULL
        UNION ALL
        SELECT l.id, d.id, d.number, d.currency, false, 1, 6,
               CASE WHEN l.currency = d.currency THEN l.amount - d.amount END
        FROM open_line l
        JOIN receipt r ON r.transaction_id = l.transaction_id
        JOIN open_document d ON d.kind = 'invoice' AND d.number = r.invoice_number
        WHERE l.transaction_id <> '' AND l.kind = 'charge'
        UNION ALL
        SELECT l.id, min(d.id), min(d.number), '', false, count(*), 7, 0
        FROM open_line l
        JOIN open_document d
          ON d.email = l.email AND d.currency = l.currency AND d.amount = l.amount
         AND d.day BETWEEN l.day - %(window_days)s AND l.day + %(window_days)s
        WHERE l.email <> '' AND l.kind = 'charge' AND d.kind = 'invoice'
          AND NOT l.names_a_document AND NOT d.named_by_a_line
        GROUP BY l.id
    ) found
    ORDER BY line_id, place, number, document_id
) n ON n.line_id = l.id
"""
_LOOK = """
CROSS JOIN LATERAL (
    SELECT id, kind, company, date, currency, minor, external_ref, deleted_at
    FROM mirror_primadocument d
    WHERE d.reference_key = l.reference_key AND d.reference_key <> ''
    OFFSET 0
) d"""
# A run over a scope has looked already.
_LOOKED = "JOIN named_document d ON d.reference_key = l.reference_key"
_OF_EVERYTHING = """
DELETE FROM reconciliation_nearmatch n USING reconciliation_gatewayline l
WHERE l.id = n.line_id AND l.company = %(company)s AND l.booked_on <= %(as_of)s
"""
_OF_SCOPE = """
DELETE FROM reconciliation_nearmatch n USING scope_line s, reconciliation_gatewayline l
WHERE s.id = n.line_id AND l.id = s.id
  AND l.company = %(company)s AND l.booked_on <= %(as_of)s
"""
# Which documents a line names by its reference, whatever became of them. One of those that count is
# matched when it is not among the open ones: all of a reference are looked at together.
# All but the number is in the index of references.
_CLAIMS = """
CREATE TEMP TABLE claim ON COMMIT DROP AS
SELECT l.id AS line_id, d.id AS document_id, d.kind,
       CASE WHEN o.id IS NOT NULL THEN o.number
            ELSE (SELECT number FROM mirror_primadocument n WHERE n.id = d.id) END AS number,
       d.currency, d.minor AS amount,
       d.external_ref = l.reference AS is_exact, d.deleted_at IS NOT NULL AS is_deleted,
       CASE WHEN d.deleted_at IS NULL THEN o.id IS NULL ELSE (
           SELECT true FROM reconciliation_match m
           WHERE m.document_id = d.id AND m.undone_at IS NULL LIMIT 1) IS NOT NULL
       END AS is_matched
FROM open_line l
{named}
LEFT JOIN open_document o ON o.id = d.id
WHERE d.company = %(company)s AND d.kind <> 'receipt' AND d.date <= %(as_of)s;
ANALYZE claim
"""


def note(desk: Desk, *, everything: bool) -> int:
    """How many lines are left, each with its reason."""
    desk.do(_OF_EVERYTHING if everything else _OF_SCOPE)
    desk.do(_CLAIMS.format(named=_LOOK if everything else _LOOKED))
    return desk.do(_REASONS)
