"""Why the lines that are still open were not matched: the rule that came nearest, in words."""

from reconciliation.matching.desk import Desk

# The first reason of a line counts, so they stand in the order of what a person can do with them.
_REASONS = """
INSERT INTO reconciliation_nearmatch (line_id, document_id, rule, reason, difference, seen_at)
SELECT DISTINCT ON (line_id) line_id, document_id, rule, left(reason, 250), difference, %(at)s
FROM (
    SELECT c.line_id, c.document_id, 1 AS place, c.number,
           CASE WHEN c.is_exact THEN 'exact_reference' ELSE 'normalised_reference' END AS rule,
           'The reference is the same, but the amounts differ by '
           || round(abs(l.amount - c.amount) / power(10::numeric, g.digits), g.digits)
           || ' ' || l.currency || '.' AS reason,
           l.amount - c.amount AS difference
    FROM claim c
    JOIN open_line l ON l.id = c.line_id
    JOIN currency_digits g ON g.currency = l.currency
    WHERE NOT c.is_matched AND NOT c.is_deleted AND c.currency = l.currency
      AND c.amount <> l.amount AND sign(c.amount) = sign(l.amount)
    UNION ALL
    SELECT c.line_id, c.document_id, 2, c.number, 'repeated_reference',
           'Several lines or documents have this reference and amount; any of them could be it.',
           0
    FROM claim c
    JOIN open_line l ON l.id = c.line_id
    WHERE NOT c.is_matched AND NOT c.is_deleted AND c.currency = l.currency
      AND c.amount = l.amount
    UNION ALL
    SELECT c.line_id, c.document_id, 3, c.number, 'foreign_currency',
           'The reference is the same, but the document is in ' || c.currency
           || ' and the line in ' || l.currency || ', and the amounts do not agree at a known rate'
           || CASE WHEN EXISTS (SELECT 1 FROM account a
                                WHERE a.purpose = 'fx' AND a.gateway = l.gateway)
              THEN '.' ELSE ', or no account is set for exchange differences.' END,
           NULL
    FROM claim c
    JOIN open_line l ON l.id = c.line_id
    WHERE NOT c.is_matched AND NOT c.is_deleted AND c.currency <> l.currency
    UNION ALL
    SELECT c.line_id, c.document_id, 4, c.number, 'exact_reference',
           'Document ' || c.number || ' with this reference is matched already;'
           || ' this line may have come twice.', l.amount - c.amount
    FROM claim c
    JOIN open_line l ON l.id = c.line_id
    WHERE c.is_matched AND sign(c.amount) = sign(l.amount)
    UNION ALL
    SELECT c.line_id, c.document_id, 5, c.number, 'exact_reference',
           'Prima no longer has document ' || c.number || ' with this reference.', NULL
    FROM claim c
    WHERE c.is_deleted
    UNION ALL
    SELECT l.id, d.id, 6, d.number, 'transaction_id',
           'The receipt names invoice ' || d.number || ', but the amounts do not agree.',
           CASE WHEN l.currency = d.currency THEN l.amount - d.amount END
    FROM open_line l
    JOIN receipt r ON r.transaction_id = l.transaction_id
    JOIN open_document d ON d.kind = 'invoice' AND d.number = r.invoice_number
    WHERE l.transaction_id <> '' AND l.kind = 'charge'
    UNION ALL
    SELECT l.id, min(d.id), 7, min(d.number), 'customer_amount',
           CASE WHEN count(*) = 1 THEN 'Other lines of this customer have the same amount.'
           ELSE count(*) || ' invoices of this customer have this amount.' END, 0
    FROM open_line l
    JOIN open_document d
      ON d.email = l.email AND d.currency = l.currency AND d.amount = l.amount
     AND d.day BETWEEN l.day - %(window_days)s AND l.day + %(window_days)s
    WHERE l.email <> '' AND l.kind = 'charge' AND d.kind = 'invoice'
      AND NOT l.names_a_document AND NOT d.named_by_a_line
    GROUP BY l.id
    UNION ALL
    SELECT l.id, NULL, 8, '', 'fees',
           'No account is set for the fees of this gateway or for their VAT.', NULL
    FROM open_line l WHERE l.kind = 'fee'
    UNION ALL
    SELECT l.id, NULL, 9, '', 'chargebacks',
           CASE WHEN EXISTS (SELECT 1 FROM account a
                             WHERE a.purpose = 'chargeback' AND a.gateway = l.gateway)
           THEN 'The sale that is charged back is not known.'
           ELSE 'No account is set for the chargebacks of ' || l.gateway || '.' END, NULL
    FROM open_line l WHERE l.kind IN ('chargeback', 'chargeback_reversal')
    UNION ALL
    SELECT l.id, NULL, 10, '', 'exact_reference',
           CASE WHEN l.reference = '' THEN 'The line has no reference, and nothing else fits.'
           ELSE 'No document has this reference, and nothing else fits.' END, NULL
    FROM open_line l
) reasons
ORDER BY line_id, place, number, document_id
"""
_OF_EVERYTHING = """
DELETE FROM reconciliation_nearmatch n USING reconciliation_gatewayline l
WHERE l.id = n.line_id AND l.company = %(company)s AND l.booked_on <= %(as_of)s
"""
_OF_SCOPE = "DELETE FROM reconciliation_nearmatch n USING scope_line s WHERE s.id = n.line_id"
# Which documents a line names by its reference, whatever became of them.
_CLAIMS = """
CREATE TEMP TABLE claim ON COMMIT DROP AS
SELECT l.id AS line_id, d.id AS document_id, d.kind, d.number, d.currency, d.minor AS amount,
       d.external_ref = l.reference AS is_exact, d.deleted_at IS NOT NULL AS is_deleted,
       (SELECT true FROM reconciliation_match m
        WHERE m.document_id = d.id AND m.undone_at IS NULL LIMIT 1) IS NOT NULL AS is_matched
FROM open_line l
CROSS JOIN LATERAL (
    SELECT id, kind, company, number, date, currency, minor, external_ref, deleted_at
    FROM mirror_primadocument d
    WHERE d.reference_key = l.reference_key AND d.reference_key <> ''
    OFFSET 0
) d
WHERE d.company = %(company)s AND d.kind <> 'receipt' AND d.date <= %(as_of)s;
ANALYZE claim
"""


def note(desk: Desk, *, everything: bool) -> int:
    """How many lines are left, each with its reason."""
    desk.do(_OF_EVERYTHING if everything else _OF_SCOPE)
    desk.do(_CLAIMS)
    return desk.do(_REASONS)
