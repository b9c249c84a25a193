"""The lines and documents that are still open, set aside narrowly for the rules to read.

`open_line`, `open_document` and `receipt` live as long as a run. In a run over everything the first
rule reads the first two as views: a copy of everything would cost more than the rule does.
"""

from reconciliation.matching.desk import Desk

_LINE = """
SELECT l.id, l.kind, l.gross AS amount, l.fee_tax, l.currency, l.booked_on AS day, l.occurred_at,
       l.gateway, l.account, l.line_id, l.reference, l.reference_key, l.transaction_id,
       l.parent_transaction_id, upper(l.customer_email) AS email, l.original_amount,
       l.original_currency, {names} AS names_a_document
FROM reconciliation_gatewayline l
WHERE l.company = %(company)s AND l.booked_on <= %(as_of)s
  AND l.kind IN ('charge', 'refund', 'chargeback', 'chargeback_reversal', 'fee')
  AND NOT EXISTS (
    SELECT 1 FROM reconciliation_match m WHERE m.line_id = l.id AND m.undone_at IS NULL)
"""
_DOCUMENT = """
SELECT d.id, d.kind, d.minor AS amount, d.currency, d.date AS day, d.number,
       d.external_ref AS reference, d.reference_key, d.transaction_id, d.invoice_number,
       upper(d.customer_email) AS email, {named} AS named_by_a_line
FROM mirror_primadocument d
WHERE d.company = %(company)s AND d.date <= %(as_of)s
  AND d.kind IN ('invoice', 'credit_note') AND d.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM reconciliation_match m WHERE m.document_id = d.id AND m.undone_at IS NULL)
"""
_IN_SCOPE = " AND {}.id IN (SELECT id FROM {})"

# Whatever became of the document, or of the line: who is named is not up for guessing. LIMIT makes
# it a look into the index for each of the few, where EXISTS would read the whole table.
_NAMES = """(
    SELECT true FROM mirror_primadocument n
    WHERE n.reference_key = l.reference_key AND n.reference_key <> '' LIMIT 1) IS NOT NULL"""
_NAMED = """(
    SELECT true FROM reconciliation_gatewayline n
    WHERE n.reference_key = d.reference_key AND n.reference_key <> '' AND n.kind = 'charge'
    LIMIT 1) IS NOT NULL"""

_RECEIPTS = """
CREATE TEMP TABLE receipt ON COMMIT DROP AS
SELECT DISTINCT r.id, r.number, r.invoice_number, r.transaction_id, r.currency,
       abs(r.minor) AS amount,
       (r.voucher_number <> '' OR lower(r.method) = 'voucher') AS is_voucher,
       NOT EXISTS (
           SELECT 1 FROM reconciliation_match m
           WHERE m.document_id = r.id AND m.undone_at IS NULL) AS is_open
FROM (
    SELECT d.* FROM (
        SELECT transaction_id FROM open_line WHERE transaction_id <> ''
        UNION ALL
        SELECT parent_transaction_id FROM open_line WHERE parent_transaction_id <> ''
    ) l
    CROSS JOIN LATERAL (
        SELECT {columns} FROM mirror_primadocument d
        WHERE d.transaction_id = l.transaction_id AND d.transaction_id <> '' OFFSET 0) d
    UNION ALL
    SELECT d.* FROM open_document i
    CROSS JOIN LATERAL (
        SELECT {columns} FROM mirror_primadocument d
        WHERE d.invoice_number = i.number AND d.invoice_number <> '' OFFSET 0) d
    WHERE i.kind = 'invoice'
) r
WHERE r.kind = 'receipt' AND r.company = %(company)s AND r.deleted_at IS NULL
  AND r.date <= %(as_of)s
"""
_OF_RECEIPT = """
    id, number, kind, company, date, deleted_at, invoice_number, transaction_id, currency, minor,
    voucher_number, method
"""
_NAMES_BY_RECEIPT = """
UPDATE open_line l SET names_a_document = true
FROM receipt r
WHERE r.transaction_id = l.transaction_id AND r.transaction_id <> '' AND NOT l.names_a_document
"""
_NAMED_BY_RECEIPT = """
UPDATE open_document d SET named_by_a_line = true
FROM receipt r
WHERE r.invoice_number = d.number AND r.transaction_id <> '' AND NOT d.named_by_a_line
  AND EXISTS (
    SELECT 1 FROM reconciliation_gatewayline l
    WHERE l.transaction_id = r.transaction_id AND l.transaction_id <> '')
"""


# Of what the rules join by.
_STATISTICS = """
ANALYZE open_line (id, kind, currency, reference_key, transaction_id, email, amount);
ANALYZE open_document (id, kind, currency, reference_key, number, email, amount);
"""


def look_at_everything(desk: Desk) -> None:
    """For the rules that go over all open items where they are."""
    desk.do(f"CREATE TEMP VIEW open_line AS {_LINE.format(names=False)}")
    desk.do(f"CREATE TEMP VIEW open_document AS {_DOCUMENT.format(named=False)}")


def set_aside_what_is_left(desk: Desk) -> None:
    """After those rules: what they left, for all others."""
    desk.do("DROP VIEW open_line; DROP VIEW open_document")
    _set_aside(desk, "", "")


def set_aside_the_scope(desk: Desk) -> None:
    """Only what `scope_line` and `scope_document` hold; for all rules."""
    _set_aside(desk, _IN_SCOPE.format("l", "scope_line"), _IN_SCOPE.format("d", "scope_document"))


def _set_aside(desk: Desk, which_lines: str, which_documents: str) -> None:
    lines = _LINE.format(names=_NAMES) + which_lines
    documents = _DOCUMENT.format(named=_NAMED) + which_documents
    desk.do(f"CREATE TEMP TABLE open_line ON COMMIT DROP AS {lines}")
    desk.do(f"CREATE TEMP TABLE open_document ON COMMIT DROP AS {documents}")
    desk.do(_STATISTICS)
    desk.do(_RECEIPTS.format(columns=_OF_RECEIPT))
    desk.do("ANALYZE receipt")
    desk.do(_NAMES_BY_RECEIPT)
    desk.do(_NAMED_BY_RECEIPT)
