"""What ties open items together: a reference, a transaction, an invoice, or a customer.

Everything is looked up once, in rounds: each asks about what the one before it found. Of the lines
and documents of a reference all are kept, in `named_line` and `named_document`, as a reference that
names something is not up for guessing, whatever became of it.
"""

from reconciliation.matching.desk import Desk
from reconciliation.matching.open_items import NAMED_DOCUMENT_COLUMNS

NAMES = "l.reference_key IN (SELECT reference_key FROM named_document)"
"""Whether line `l` names a document. Asked so, the names are hashed once."""
NAMED = "d.reference_key IN (SELECT reference_key FROM named_line WHERE kind = 'charge')"
"""Whether document `d` is named by a charge."""

_TABLES = """
CREATE TEMP TABLE fresh_key (key text, value text) ON COMMIT DROP;
CREATE TEMP TABLE scope_key (key text, value text) ON COMMIT DROP;
CREATE TEMP TABLE named_line ON COMMIT DROP AS
SELECT reference_key, id, kind, 0 AS round FROM reconciliation_gatewayline LIMIT 0;
CREATE TEMP TABLE named_document ON COMMIT DROP AS
SELECT {named}, 0 AS round FROM mirror_primadocument d LIMIT 0;
"""
# All lines and documents of each reference, whatever became of them.
_NAMED = """
TRUNCATE fresh_key;
INSERT INTO fresh_key
SELECT 'reference', r.value
FROM (SELECT reference_key AS value FROM scope_line WHERE round = %(round)s
      UNION
      SELECT reference_key FROM scope_document WHERE round = %(round)s
      UNION
      SELECT was_reference FROM reconciliation_change WHERE %(round)s = 1) r
WHERE r.value <> ''
  AND NOT EXISTS (SELECT 1 FROM scope_key s WHERE s.key = 'reference' AND s.value = r.value)
ORDER BY r.value;
INSERT INTO scope_key SELECT * FROM fresh_key;
INSERT INTO named_line
SELECT l.reference_key, l.id, l.kind, %(round)s
FROM (SELECT value FROM fresh_key OFFSET 0) k
JOIN reconciliation_gatewayline l ON l.reference_key = k.value AND l.reference_key <> '';
INSERT INTO named_document
SELECT {named}, %(round)s
FROM (SELECT value FROM fresh_key OFFSET 0) k
JOIN mirror_primadocument d ON d.reference_key = k.value AND d.reference_key <> ''
"""
# By what else they hang together. That two charges or two invoices are of the same transaction means
# nothing until something names it: only what names them is asked for (`_LINES` and `_DOCUMENTS`), and
# that asks about the rest in its turn.
_KEYS = """
ANALYZE scope_line (round, kind); ANALYZE scope_document (round, kind); TRUNCATE fresh_key;
INSERT INTO fresh_key
SELECT DISTINCT found.key, found.value
FROM (
    SELECT 'transaction' AS key, l.transaction_id AS value
    FROM scope_line l
    WHERE l.round = %(round)s AND NOT (l.counts AND l.kind = 'charge')
    UNION ALL
    SELECT 'transaction', l.parent_transaction_id
    FROM scope_line l
    WHERE l.round = %(round)s AND l.parent_transaction_id <> ''
    UNION ALL
    SELECT 'customer', l.email
    FROM scope_line l
    WHERE l.round = %(round)s AND NOT (l.counts AND {names})
    UNION ALL
    SELECT 'transaction', d.transaction_id
    FROM scope_document d
    WHERE d.round = %(round)s AND d.transaction_id <> ''
    UNION ALL
    SELECT 'invoice', d.invoice_number
    FROM scope_document d
    WHERE d.round = %(round)s AND d.kind <> 'invoice'
    UNION ALL
    SELECT 'customer', d.email
    FROM scope_document d
    WHERE d.round = %(round)s AND d.kind = 'invoice' AND NOT (d.counts AND {named})
    UNION ALL
    SELECT 'invoice', i.number
    FROM scope_line l
    JOIN reconciliation_gatewayline c
      ON c.transaction_id = l.parent_transaction_id AND c.transaction_id <> ''
    JOIN reconciliation_match m ON m.line_id = c.id AND m.undone_at IS NULL
    JOIN mirror_primadocument i ON i.id = m.document_id AND i.kind = 'invoice'
    WHERE l.round = %(round)s AND l.counts AND l.parent_transaction_id <> ''
    UNION ALL
    SELECT 'transaction', c.transaction_id
    FROM scope_document d
    JOIN mirror_primadocument i ON i.kind = 'invoice' AND i.number = d.invoice_number
    JOIN reconciliation_match m ON m.document_id = i.id AND m.undone_at IS NULL
    JOIN reconciliation_gatewayline c ON c.id = m.line_id AND c.transaction_id <> ''
    WHERE d.round = %(round)s AND d.counts AND d.kind = 'credit_note'
    UNION ALL
    SELECT k.key, k.value
    FROM reconciliation_change c
    CROSS JOIN LATERAL (VALUES
        ('transaction', c.was_transaction), ('transaction', c.was_parent),
        ('invoice', c.was_invoice)) k (key, value)
    WHERE %(round)s = 1
) found
WHERE found.value <> ''
  AND NOT EXISTS (SELECT 1 FROM scope_key s WHERE s.key = found.key AND s.value = found.value);
INSERT INTO scope_key SELECT * FROM fresh_key;
ANALYZE fresh_key
"""
_LINES = """
TRUNCATE fresh_line;
INSERT INTO fresh_line
SELECT DISTINCT id FROM (
    SELECT id FROM named_line WHERE round = %(round)s
    UNION ALL
    SELECT p.id
    FROM scope_line l
    JOIN reconciliation_gatewayline p
      ON p.parent_transaction_id = l.transaction_id AND p.parent_transaction_id <> ''
    WHERE l.round = %(round)s AND l.counts AND l.kind = 'charge'
    UNION ALL
    SELECT l.id FROM fresh_key k JOIN reconciliation_gatewayline l
      ON l.transaction_id = k.value AND l.transaction_id <> '' WHERE k.key = 'transaction'
    UNION ALL
    SELECT l.id FROM fresh_key k JOIN reconciliation_gatewayline l
      ON l.parent_transaction_id = k.value AND l.parent_transaction_id <> ''
    WHERE k.key = 'transaction'
    UNION ALL
    SELECT l.id FROM fresh_key k JOIN reconciliation_gatewayline l
      ON upper(l.customer_email) = k.value AND l.customer_email <> '' WHERE k.key = 'customer'
) found
WHERE NOT EXISTS (SELECT 1 FROM scope_line s WHERE s.id = found.id)
"""
_DOCUMENTS = """
TRUNCATE fresh_document;
INSERT INTO fresh_document
SELECT DISTINCT id FROM (
    SELECT id FROM named_document WHERE round = %(round)s
    UNION ALL
    SELECT d.id
    FROM scope_line l
    JOIN mirror_primadocument d
      ON d.transaction_id = l.transaction_id AND d.transaction_id <> ''
    WHERE l.round = %(round)s AND l.counts AND l.kind = 'charge'
    UNION ALL
    SELECT d.id
    FROM scope_document i
    JOIN mirror_primadocument d ON d.invoice_number = i.number AND d.invoice_number <> ''
    WHERE i.round = %(round)s AND i.kind = 'invoice'
    UNION ALL
    SELECT d.id FROM fresh_key k JOIN mirror_primadocument d
      ON d.transaction_id = k.value AND d.transaction_id <> '' WHERE k.key = 'transaction'
    UNION ALL
    SELECT d.id FROM fresh_key k JOIN mirror_primadocument d
      ON d.invoice_number = k.value AND d.invoice_number <> '' WHERE k.key = 'invoice'
    UNION ALL
    SELECT d.id FROM fresh_key k JOIN mirror_primadocument d
      ON d.number = k.value AND d.kind = 'invoice' WHERE k.key = 'invoice'
    UNION ALL
    SELECT d.id FROM fresh_key k JOIN mirror_primadocument d
      ON upper(d.customer_email) = k.value AND d.customer_email <> '' WHERE k.key = 'customer'
) found
WHERE NOT EXISTS (SELECT 1 FROM scope_document s WHERE s.id = found.id)
"""


def begin(desk: Desk) -> None:
    """Nothing is known yet."""
    desk.do(_TABLES.format(named=NAMED_DOCUMENT_COLUMNS))


def follow(desk: Desk, turn: int) -> None:
    """Into `fresh_line` and `fresh_document`, what hangs together with what that round added."""
    desk.do(_NAMED.format(named=NAMED_DOCUMENT_COLUMNS), round=turn)
    desk.do(_KEYS.format(names=NAMES, named=NAMED), round=turn)
    desk.do(_LINES, round=turn)
    desk.do(_DOCUMENTS, round=turn)
