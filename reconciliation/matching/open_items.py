"""The lines and documents that are still open, set aside narrowly for the rules to read.

`open_line`, `open_document` and `receipt` live as long as a run. In a run over everything the first
rule reads the first two as views: a copy of everything would cost more than the rule does.
"""

from reconciliation.matching.desk import Desk

_LINE = """
SELECT l.id, l.kind, l.gross AS amount, l.fee_tax, l.currency, l.booked_on AS day, l.occurred_at,
       l.gateway, l.account, l.line_id, l.reference, l.reference_key, l.transaction_id,
       l.parent_transaction_id, upper(l.customer_email) AS email, l.original_amount,
       l.original_currency, false AS names_a_document
FROM reconciliation_gatewayline l
WHERE l.company = %(company)s AND l.booked_on <= %(as_of)s
  AND l.kind IN ('charge', 'refund', 'chargeback', 'chargeback_reversal', 'fee')
  AND NOT EXISTS (
    SELECT 1 FROM reconciliation_match m WHERE m.line_id = l.id AND m.undone_at IS NULL)
"""
_DOCUMENT = """
SELECT d.id, d.kind, d.minor AS amount, d.currency, d.date AS day, d.number,
       d.external_ref AS reference, d.reference_key, d.transaction_id, d.invoice_number,
       upper(d.customer_email) AS email, false AS named_by_a_line
FROM mirror_primadocument d
WHERE d.company = %(company)s AND d.date <= %(as_of)s
  AND d.kind IN ('invoice', 'credit_note') AND d.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM reconciliation_match m WHERE m.document_id = d.id AND m.undone_at IS NULL)
"""
_IN_SCOPE = " AND {}.id IN (SELECT id FROM {})"

_RECEIPTS = """
CREATE TEMP TABLE receipt ON COMMIT DROP AS
SELECT DISTINCT r.id, r.number, r.invoice_number, r.transaction_id, r.currency,
       abs(r.minor) AS amount,
       (r.voucher_number <> '' OR lower(r.method) = 'voucher') AS is_voucher,
       NOT EXISTS (
           SELECT 1 FROM reconciliation_match m
           WHERE m.document_id = r.id AND m.undone_at IS NULL) AS is_open
FROM (
    SELECT d.* FROM mirror_primadocument d
    JOIN open_line l ON d.transaction_id = l.transaction_id
    WHERE d.transaction_id <> '' AND d.kind = 'receipt'
    UNION ALL
    SELECT d.* FROM mirror_primadocument d
    JOIN open_line l ON d.transaction_id = l.parent_transaction_id
    WHERE d.transaction_id <> '' AND d.kind = 'receipt'
    UNION ALL
    SELECT d.* FROM mirror_primadocument d
    JOIN open_document i ON i.kind = 'invoice' AND d.invoice_number = i.number
    WHERE d.invoice_number <> '' AND d.kind = 'receipt'
) r
WHERE r.company = %(company)s AND r.deleted_at IS NULL AND r.date <= %(as_of)s
"""

# Which documents an open line names by its reference, whatever became of them.
_CLAIMS = """
CREATE TEMP TABLE claim ON COMMIT DROP AS
SELECT l.id AS line_id, d.id AS document_id, d.kind, d.number, d.currency, d.minor AS amount,
       d.external_ref = l.reference AS is_exact, d.deleted_at IS NOT NULL AS is_deleted,
       EXISTS (
           SELECT 1 FROM reconciliation_match m
           WHERE m.document_id = d.id AND m.undone_at IS NULL) AS is_matched
FROM open_line l
JOIN mirror_primadocument d ON d.reference_key = l.reference_key AND d.reference_key <> ''
WHERE d.company = %(company)s AND d.kind <> 'receipt' AND d.date <= %(as_of)s
"""
_NAMES = """
UPDATE open_line l SET names_a_document = true
WHERE EXISTS (SELECT 1 FROM claim c WHERE c.line_id = l.id)
   OR EXISTS (SELECT 1 FROM receipt r
              WHERE r.transaction_id = l.transaction_id AND l.transaction_id <> '')
"""
_NAMED = """
UPDATE open_document d SET named_by_a_line = true
WHERE EXISTS (
        SELECT 1 FROM reconciliation_gatewayline l
        WHERE l.reference_key = d.reference_key AND l.reference_key <> ''
          AND l.company = %(company)s AND l.booked_on <= %(as_of)s AND l.kind = 'charge')
   OR EXISTS (
        SELECT 1 FROM receipt r
        JOIN reconciliation_gatewayline l ON l.transaction_id = r.transaction_id
        WHERE r.invoice_number = d.number AND l.transaction_id <> ''
          AND l.company = %(company)s AND l.booked_on <= %(as_of)s)
"""
_KEYED = """
CREATE INDEX ON open_line (id);
CREATE INDEX ON open_document (id);
ANALYZE open_line; ANALYZE open_document;
"""


def look_at_everything(desk: Desk) -> None:
    """For the rules that go over all open items where they are."""
    desk.do(f"CREATE TEMP VIEW open_line AS {_LINE}")
    desk.do(f"CREATE TEMP VIEW open_document AS {_DOCUMENT}")


def set_aside_what_is_left(desk: Desk) -> None:
    """After those rules: what they left, for all others."""
    desk.do("DROP VIEW open_line; DROP VIEW open_document")
    desk.do(f"CREATE TEMP TABLE open_line ON COMMIT DROP AS {_LINE}")
    desk.do(f"CREATE TEMP TABLE open_document ON COMMIT DROP AS {_DOCUMENT}")
    _complete(desk)


def set_aside_the_scope(desk: Desk) -> None:
    """Only what `scope_line` and `scope_document` hold; for all rules."""
    lines = _LINE + _IN_SCOPE.format("l", "scope_line")
    documents = _DOCUMENT + _IN_SCOPE.format("d", "scope_document")
    desk.do(f"CREATE TEMP TABLE open_line ON COMMIT DROP AS {lines}")
    desk.do(f"CREATE TEMP TABLE open_document ON COMMIT DROP AS {documents}")
    _complete(desk)


def take_out_matched(desk: Desk, after: int) -> None:
    """What the matches numbered above `after` hold is no longer open."""
    desk.do(
        "DELETE FROM open_line o USING reconciliation_match m"
        " WHERE m.id > %(after)s AND m.line_id = o.id AND m.undone_at IS NULL",
        after=after,
    )
    desk.do(
        "DELETE FROM open_document o USING reconciliation_match m"
        " WHERE m.id > %(after)s AND m.document_id = o.id AND m.undone_at IS NULL",
        after=after,
    )
    desk.do(
        "UPDATE receipt o SET is_open = false FROM reconciliation_match m"
        " WHERE m.id > %(after)s AND m.document_id = o.id AND m.undone_at IS NULL",
        after=after,
    )


def _complete(desk: Desk) -> None:
    desk.do(_KEYED)
    desk.do(_RECEIPTS)
    desk.do("ANALYZE receipt")
    desk.do(_CLAIMS)
    desk.do("ANALYZE claim")
    desk.do(_NAMES)
    desk.do(_NAMED)
    desk.do("ANALYZE open_line; ANALYZE open_document")
