"""The lines and documents that are still open, set aside narrowly for the rules to read.

`open_line`, `open_document` and `receipt` live as long as a run. In a run over everything the first
rule reads the first two as views of what it could pair at a glance: a copy of everything would cost
more than the rule does.
"""

from reconciliation.matching.desk import A_FEW, Desk

LINE_COLUMNS = """
    l.id, l.kind, l.gross AS amount, l.fee_tax, l.currency, l.booked_on AS day, l.occurred_at,
    l.gateway, l.account, l.line_id, l.reference, l.reference_key, l.transaction_id,
    l.parent_transaction_id, upper(l.customer_email) AS email, l.original_amount,
    l.original_currency"""
LINE_COUNTS = """
    l.company = %(company)s AND l.booked_on <= %(as_of)s
    AND l.kind IN ('charge', 'refund', 'chargeback', 'chargeback_reversal', 'fee')"""
DOCUMENT_COLUMNS = """
    d.id, d.kind, d.minor AS amount, d.currency, d.date AS day, d.number,
    d.external_ref AS reference, d.reference_key, d.transaction_id, d.invoice_number,
    upper(d.customer_email) AS email"""
DOCUMENT_COUNTS = """
    d.company = %(company)s AND d.date <= %(as_of)s
    AND d.kind IN ('invoice', 'credit_note') AND d.deleted_at IS NULL"""
NAMED_DOCUMENT_COLUMNS = """
    d.reference_key, d.id, d.kind, d.company, d.date, d.currency, d.minor, d.external_ref,
    d.deleted_at"""
"""All of it is in the index of references."""
_LINE = "SELECT {columns}, {names} AS names_a_document FROM {source} l"
_DOCUMENT = "SELECT {columns}, {named} AS named_by_a_line FROM {source} d"
# What can be paired at a glance, and all else.
_LINE_AT_LARGE = " AND l.reference_key <> '' AND l.kind = 'charge'"
_DOCUMENT_AT_LARGE = " AND d.reference_key <> '' AND d.kind = 'invoice'"
_LINE_ELSE = " AND (l.reference_key = '' OR l.kind <> 'charge')"
_DOCUMENT_ELSE = """
  AND (d.kind = 'credit_note' OR (d.kind = 'invoice' AND d.reference_key = ''))
"""
_LINE_IS_OPEN = """
  AND (SELECT true FROM reconciliation_match m
       WHERE m.line_id = l.id AND m.undone_at IS NULL LIMIT 1) IS NULL
"""
_DOCUMENT_IS_OPEN = """
  AND (SELECT true FROM reconciliation_match m
       WHERE m.document_id = d.id AND m.undone_at IS NULL LIMIT 1) IS NULL
"""

# What the first rule left (`left_key`), and whether it met the other side by its key. Of a key that
# several have it names one.
_LEFT_LINES = """
CREATE TEMP TABLE left_line ON COMMIT DROP AS
SELECT line_id AS id, document_id IS NOT NULL AS met FROM left_key WHERE lines = 1
UNION ALL
SELECT l.id, g.document_id IS NOT NULL
FROM left_key g
JOIN reconciliation_gatewayline l ON l.reference_key = g.key AND l.kind = 'charge'
WHERE g.lines > 1 AND l.reference_key <> ''
  AND l.company = %(company)s AND l.booked_on <= %(as_of)s {still_open}
"""
_LEFT_DOCUMENTS = """
CREATE TEMP TABLE left_document ON COMMIT DROP AS
SELECT document_id AS id, line_id IS NOT NULL AS met FROM left_key WHERE documents = 1
UNION ALL
SELECT d.id, g.line_id IS NOT NULL
FROM left_key g
JOIN mirror_primadocument d ON d.reference_key = g.key AND d.kind = 'invoice'
WHERE g.documents > 1 AND d.reference_key <> ''
  AND d.company = %(company)s AND d.date <= %(as_of)s AND d.deleted_at IS NULL {still_open}
"""
# In the order in which they are stored, a look into the index finds the row before it at hand.
_IN_ORDER = "JOIN (SELECT * FROM {left} ORDER BY id) s ON s.id ="
_LEFT = "ANALYZE left_line; ANALYZE left_document; DROP TABLE left_key"

# Whatever became of the document, or of the line: who is named is not up for guessing. LIMIT makes
# it a look into the index for each of the few, where EXISTS would read the whole table.
_NAMES = """
    CASE WHEN l.reference_key = '' THEN false
    WHEN {met} THEN true
    ELSE (
        SELECT true FROM mirror_primadocument n
        WHERE n.reference_key = l.reference_key AND n.reference_key <> '' LIMIT 1) IS NOT NULL
    END"""
_NAMED = """
    CASE WHEN d.reference_key = '' THEN false
    WHEN {met} THEN true
    ELSE (
        SELECT true FROM reconciliation_gatewayline n
        WHERE n.reference_key = d.reference_key AND n.reference_key <> '' AND n.kind = 'charge'
        LIMIT 1) IS NOT NULL
    END"""

_RECEIPT_IS_OPEN = """
    (SELECT true FROM reconciliation_match m
     WHERE m.document_id = r.id AND m.undone_at IS NULL LIMIT 1) IS NULL"""
_RECEIPTS = """
CREATE TEMP TABLE receipt ON COMMIT DROP AS
SELECT DISTINCT r.id, r.number, r.invoice_number, r.transaction_id, r.currency,
       abs(r.minor) AS amount,
       {is_voucher} AS is_voucher,
       {is_open} AS is_open
FROM (
    SELECT {columns} FROM (
        SELECT transaction_id FROM open_line WHERE transaction_id <> ''
        UNION ALL
        SELECT parent_transaction_id FROM open_line WHERE parent_transaction_id <> ''
    ) l
    JOIN mirror_primadocument d ON d.transaction_id = l.transaction_id AND d.transaction_id <> ''
    UNION ALL
    SELECT {columns} FROM open_document i
    JOIN mirror_primadocument d ON d.invoice_number = i.number AND d.invoice_number <> ''
    WHERE i.kind = 'invoice'
) r
WHERE r.kind = 'receipt' AND r.company = %(company)s AND r.deleted_at IS NULL
  AND r.date <= %(as_of)s
"""
# Credit of the house has no transaction; beside a receipt that has one, it is what was left to pay.
_HOUSE_CREDIT = """
UPDATE receipt c SET is_voucher = true FROM receipt r
WHERE NOT c.is_voucher AND c.transaction_id = ''
  AND r.invoice_number = c.invoice_number AND r.transaction_id <> ''
"""
_OF_RECEIPT = """
    d.id, d.number, d.kind, d.company, d.date, d.deleted_at, d.invoice_number, d.transaction_id,
    d.currency, d.minor, d.voucher_number, d.method
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


_INDEXES = """
CREATE UNIQUE INDEX ON open_line (id);
CREATE UNIQUE INDEX ON open_document (id);
CREATE INDEX ON open_line (kind) WHERE kind <> 'charge';
CREATE INDEX ON open_document (kind) WHERE kind <> 'invoice'
"""
# Of what the rules join by.
_STATISTICS = """
ANALYZE open_line (id, kind, currency, reference_key, transaction_id, email, amount);
ANALYZE open_document (id, kind, currency, reference_key, number, email, amount);
"""
_A_SMALL_SAMPLE = "SET LOCAL default_statistics_target = 10"


def is_voucher(receipt: str) -> str:
    """SQL: whether this receipt is paid with a voucher."""
    return f"({receipt}.voucher_number <> '' OR lower({receipt}.method) = 'voucher')"


def look_no_more(desk: Desk) -> None:
    """Both names are free for what is set aside."""
    desk.do("DROP VIEW open_line; DROP VIEW open_document")


def look_at_large(desk: Desk, *, is_first: bool) -> None:
    """For the rule that goes over items where they are. A first run finds nothing matched."""
    lines, documents = _still_open(is_first=is_first)
    line = _line("false") + f" WHERE {LINE_COUNTS}" + _LINE_AT_LARGE + lines
    document = _document("false") + f" WHERE {DOCUMENT_COUNTS}" + _DOCUMENT_AT_LARGE + documents
    desk.do(f"CREATE TEMP VIEW open_line AS {line}")
    desk.do(f"CREATE TEMP VIEW open_document AS {document}")


def set_aside_what_is_left(desk: Desk, *, is_first: bool) -> None:
    """After that rule: what `left_key` says it left, and all it did not look at."""
    lines, documents = _still_open(is_first=is_first)
    desk.do(A_FEW)
    desk.do(_LEFT_LINES.format(still_open=lines))
    desk.do(_LEFT_DOCUMENTS.format(still_open=documents))
    desk.do(_LEFT)
    _set_aside(
        desk,
        f"{_line(_NAMES.format(met='s.met'))}"
        f" {_IN_ORDER.format(left='left_line')} l.id"
        f" UNION ALL {_line(_NAMES.format(met='false'))}"
        f" WHERE {LINE_COUNTS} {_LINE_ELSE} {lines}",
        f"{_document(_NAMED.format(met='s.met'))}"
        f" {_IN_ORDER.format(left='left_document')} d.id"
        f" UNION ALL {_document(_NAMED.format(met='false'))}"
        f" WHERE {DOCUMENT_COUNTS} {_DOCUMENT_ELSE} {documents}",
        is_first=is_first,
    )


def set_aside_scope(desk: Desk, *, names: str, named: str) -> None:
    """What counts of `scope_line` and `scope_document`; none of it is in a match."""
    desk.do(_A_SMALL_SAMPLE)
    _set_aside(
        desk,
        _LINE.format(columns="*", names=names, source="scope_line") + " WHERE counts",
        _DOCUMENT.format(columns="*", named=named, source="scope_document") + " WHERE counts",
        is_first=False,
    )


def _line(names: str) -> str:
    return _LINE.format(columns=LINE_COLUMNS, names=names, source="reconciliation_gatewayline")


def _document(named: str) -> str:
    return _DOCUMENT.format(columns=DOCUMENT_COLUMNS, named=named, source="mirror_primadocument")


def _still_open(*, is_first: bool) -> tuple[str, str]:
    """The conditions of lines and of documents; none when there are no matches yet."""
    return ("", "") if is_first else (_LINE_IS_OPEN, _DOCUMENT_IS_OPEN)


def _set_aside(desk: Desk, lines: str, documents: str, *, is_first: bool) -> None:
    desk.do(f"CREATE TEMP TABLE open_line ON COMMIT DROP AS {lines}")
    desk.do(f"CREATE TEMP TABLE open_document ON COMMIT DROP AS {documents}")
    desk.do(_INDEXES)
    desk.do(_STATISTICS)
    is_open = "true" if is_first else _RECEIPT_IS_OPEN
    desk.do(_RECEIPTS.format(columns=_OF_RECEIPT, is_open=is_open, is_voucher=is_voucher("r")))
    desk.do(_HOUSE_CREDIT)
    desk.do("ANALYZE receipt")
    desk.do(_NAMES_BY_RECEIPT)
    desk.do(_NAMED_BY_RECEIPT)
