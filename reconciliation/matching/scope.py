"""What a run has to look at again: what changed, and everything open that hangs together with it.

Two items hang together when they share a reference, a transaction, an invoice or, where they have
no reference to go by, a customer. That is followed until nothing new turns up, so a run over the
scope decides as a run over everything would.
"""

from collections.abc import Collection
from dataclasses import dataclass

from reconciliation.matching import open_items
from reconciliation.matching.desk import Desk

MOST_ITEMS = 150_000
"""Beyond so many, a run over everything is quicker."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Lines and documents to look at, by their numbers, besides what changed."""

    lines: Collection[int] = ()
    documents: Collection[int] = ()


_TABLES = """
CREATE TEMP TABLE scope_line (id bigint PRIMARY KEY) ON COMMIT DROP;
CREATE TEMP TABLE scope_document (id bigint PRIMARY KEY) ON COMMIT DROP;
CREATE TEMP TABLE scope_key (key text, value text) ON COMMIT DROP;
CREATE TEMP TABLE fresh_line (id bigint) ON COMMIT DROP;
CREATE TEMP TABLE fresh_document (id bigint) ON COMMIT DROP;
CREATE TEMP TABLE fresh_key (key text, value text) ON COMMIT DROP;
"""
_FIRST_LINES = """
INSERT INTO fresh_line
SELECT id FROM reconciliation_gatewayline
WHERE company = %(company)s AND file_id = ANY (ARRAY(
    SELECT id FROM reconciliation_statementfile WHERE imported_at >= %(since)s))
UNION
SELECT object_id FROM reconciliation_change WHERE side = 'line'
UNION
SELECT line_id FROM reconciliation_match WHERE undone_at >= %(since)s AND line_id IS NOT NULL
UNION
SELECT unnest(%(lines)s::bigint[])
"""
_FIRST_DOCUMENTS = """
INSERT INTO fresh_document
SELECT id FROM mirror_primadocument WHERE read_at >= %(since)s AND company = %(company)s
UNION
SELECT object_id FROM reconciliation_change WHERE side = 'document'
UNION
SELECT document_id FROM reconciliation_match
WHERE undone_at >= %(since)s AND document_id IS NOT NULL
UNION
SELECT unnest(%(documents)s::bigint[])
"""
# Only what is open takes others along; a receipt does too, as it ties transactions to invoices.
_OPEN_ONLY = """
DELETE FROM fresh_line f USING scope_line s WHERE s.id = f.id;
DELETE FROM fresh_document f USING scope_document s WHERE s.id = f.id;
DELETE FROM fresh_line f USING reconciliation_match m
WHERE m.line_id = f.id AND m.undone_at IS NULL;
DELETE FROM fresh_document f USING reconciliation_match m, mirror_primadocument d
WHERE m.document_id = f.id AND m.undone_at IS NULL AND d.id = f.id AND d.kind <> 'receipt';
INSERT INTO scope_line SELECT DISTINCT id FROM fresh_line;
INSERT INTO scope_document SELECT DISTINCT id FROM fresh_document;
ANALYZE fresh_line; ANALYZE fresh_document;
"""
# By what a line, or a document, hangs together with others. `customer` is whose, if that counts.
_OF_LINE = """
CROSS JOIN LATERAL (VALUES
    ('reference', l.reference_key), ('transaction', l.transaction_id),
    ('transaction', l.parent_transaction_id), ('customer', {customer})) k (key, value)
WHERE k.value <> ''"""
_OF_DOCUMENT = """
CROSS JOIN LATERAL (VALUES
    ('reference', d.reference_key), ('transaction', d.transaction_id),
    ('invoice', CASE WHEN d.kind = 'invoice' THEN d.number ELSE d.invoice_number END),
    ('customer', CASE WHEN d.kind = 'invoice' THEN {customer} END)) k (key, value)
WHERE k.value <> ''"""
# Most of what is new has been set aside by now; what the rules do not look at is read where it is.
_ALL_KEYS = """
TRUNCATE fresh_key;
INSERT INTO fresh_key
SELECT k.key, k.value
FROM fresh_line f
JOIN open_line l ON l.id = f.id
{of_line}
UNION
SELECT k.key, k.value
FROM fresh_document f
JOIN open_document d ON d.id = f.id
{of_document}
UNION
SELECT k.key, k.value
FROM fresh_line f
JOIN reconciliation_gatewayline l ON l.id = f.id
{of_line_elsewhere} AND NOT EXISTS (SELECT 1 FROM open_line o WHERE o.id = f.id)
UNION
SELECT k.key, k.value
FROM fresh_document f
JOIN mirror_primadocument d ON d.id = f.id
{of_document_elsewhere} AND NOT EXISTS (SELECT 1 FROM open_document o WHERE o.id = f.id)
UNION
SELECT 'invoice', i.number
FROM fresh_line f
JOIN open_line l ON l.id = f.id AND l.parent_transaction_id <> ''
JOIN reconciliation_gatewayline c
  ON c.transaction_id = l.parent_transaction_id AND c.transaction_id <> ''
JOIN reconciliation_match m ON m.line_id = c.id AND m.undone_at IS NULL
JOIN mirror_primadocument i ON i.id = m.document_id AND i.kind = 'invoice'
UNION
SELECT 'transaction', c.transaction_id
FROM fresh_document f
JOIN open_document d ON d.id = f.id AND d.kind = 'credit_note'
JOIN mirror_primadocument i ON i.kind = 'invoice' AND i.number = d.invoice_number
JOIN reconciliation_match m ON m.document_id = i.id AND m.undone_at IS NULL
JOIN reconciliation_gatewayline c ON c.id = m.line_id AND c.transaction_id <> '';
DELETE FROM fresh_key f USING scope_key s WHERE s.key = f.key AND s.value = f.value;
INSERT INTO scope_key SELECT * FROM fresh_key;
ANALYZE fresh_key;
"""
_KEYS = _ALL_KEYS.format(
    of_line=_OF_LINE.format(customer="CASE WHEN NOT l.names_a_document THEN l.email END"),
    of_document=_OF_DOCUMENT.format(customer="CASE WHEN NOT d.named_by_a_line THEN d.email END"),
    of_line_elsewhere=_OF_LINE.format(customer="upper(l.customer_email)"),
    of_document_elsewhere=_OF_DOCUMENT.format(customer="upper(d.customer_email)"),
)
_LINES = """
TRUNCATE fresh_line;
INSERT INTO fresh_line
SELECT l.id FROM fresh_key k JOIN reconciliation_gatewayline l
  ON l.reference_key = k.value AND l.reference_key <> '' WHERE k.key = 'reference'
UNION
SELECT l.id FROM fresh_key k JOIN reconciliation_gatewayline l
  ON l.transaction_id = k.value AND l.transaction_id <> '' WHERE k.key = 'transaction'
UNION
SELECT l.id FROM fresh_key k JOIN reconciliation_gatewayline l
  ON l.parent_transaction_id = k.value AND l.parent_transaction_id <> ''
WHERE k.key = 'transaction'
UNION
SELECT l.id FROM fresh_key k JOIN reconciliation_gatewayline l
  ON upper(l.customer_email) = k.value AND l.customer_email <> '' WHERE k.key = 'customer'
"""
_DOCUMENTS = """
TRUNCATE fresh_document;
INSERT INTO fresh_document
SELECT d.id FROM fresh_key k JOIN mirror_primadocument d
  ON d.reference_key = k.value AND d.reference_key <> '' WHERE k.key = 'reference'
UNION
SELECT d.id FROM fresh_key k JOIN mirror_primadocument d
  ON d.transaction_id = k.value AND d.transaction_id <> '' WHERE k.key = 'transaction'
UNION
SELECT d.id FROM fresh_key k JOIN mirror_primadocument d
  ON d.invoice_number = k.value AND d.invoice_number <> '' WHERE k.key = 'invoice'
UNION
SELECT d.id FROM fresh_key k JOIN mirror_primadocument d
  ON d.number = k.value AND d.kind = 'invoice' WHERE k.key = 'invoice'
UNION
SELECT d.id FROM fresh_key k JOIN mirror_primadocument d
  ON upper(d.customer_email) = k.value AND d.customer_email <> '' WHERE k.key = 'customer'
"""
_SIZE = "SELECT (SELECT count(*) FROM scope_line) + (SELECT count(*) FROM scope_document)"
_FRESH = "SELECT (SELECT count(*) FROM fresh_line) + (SELECT count(*) FROM fresh_document)"


def find(desk: Desk, scope: Scope) -> bool:
    """Sets aside what hangs together; `scope_line` and `scope_document` say what was looked at.

    False, with nothing set aside, when that is too much to be worth it.
    """
    desk.do(_TABLES)
    open_items.begin(desk)
    desk.do(_FIRST_LINES, lines=list(scope.lines))
    desk.do(_FIRST_DOCUMENTS, documents=list(scope.documents))
    while _count(desk, _FRESH):
        if _count(desk, _FRESH) + _count(desk, _SIZE) > MOST_ITEMS:
            open_items.begin_again(desk)
            return False
        desk.do(_OPEN_ONLY)
        open_items.add(desk)
        desk.do(_KEYS)
        desk.do(_LINES)
        desk.do(_DOCUMENTS)
    open_items.complete(desk)
    return True


def _count(desk: Desk, statement: str) -> int:
    return int(desk.rows(statement)[0][0])
