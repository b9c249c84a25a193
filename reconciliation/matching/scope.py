"""What a run has to look at again: what changed, and everything open that hangs together with it.

Two items hang together when they share a reference, a transaction, an invoice or, where they have
no reference to go by, a customer. That is followed until nothing new turns up, so a run over the
scope decides as a run over everything would.
"""

from collections.abc import Collection
from dataclasses import dataclass

from reconciliation.matching import open_items, ties
from reconciliation.matching.desk import Desk
from reconciliation.matching.open_items import (
    DOCUMENT_COLUMNS,
    DOCUMENT_COUNTS,
    LINE_COLUMNS,
    LINE_COUNTS,
)

MOST_ITEMS = 150_000
"""Beyond so many, a run over everything is quicker."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Lines and documents to look at, by their numbers, besides what changed."""

    lines: Collection[int] = ()
    documents: Collection[int] = ()


_TABLES = """
CREATE TEMP TABLE fresh_line (id bigint, is_open boolean) ON COMMIT DROP;
CREATE TEMP TABLE fresh_document (id bigint, is_open boolean) ON COMMIT DROP;
CREATE TEMP TABLE scope_line ON COMMIT DROP AS
SELECT {line}, false AS counts, 0 AS round FROM reconciliation_gatewayline l LIMIT 0;
CREATE TEMP TABLE scope_document ON COMMIT DROP AS
SELECT {document}, false AS counts, 0 AS round FROM mirror_primadocument d LIMIT 0;
"""
# What this run itself has undone is open, and need not be looked for among the matches.
_FIRST_LINES = """
INSERT INTO fresh_line
SELECT id, bool_or(is_open) FROM (
    SELECT id, false AS is_open FROM reconciliation_gatewayline
    WHERE company = %(company)s AND file_id = ANY (ARRAY(
        SELECT id FROM reconciliation_statementfile WHERE imported_at >= %(since)s))
    UNION ALL
    SELECT object_id, false FROM reconciliation_change WHERE side = 'line'
    UNION ALL
    SELECT line_id, undone_at = %(at)s FROM reconciliation_match
    WHERE undone_at >= %(since)s AND line_id IS NOT NULL
    UNION ALL
    SELECT unnest(%(lines)s::bigint[]), false
) first
GROUP BY id
"""
_FIRST_DOCUMENTS = """
INSERT INTO fresh_document
SELECT id, bool_or(is_open) FROM (
    SELECT id, false AS is_open FROM mirror_primadocument
    WHERE read_at >= %(since)s AND company = %(company)s
    UNION ALL
    SELECT object_id, false FROM reconciliation_change WHERE side = 'document'
    UNION ALL
    SELECT document_id, undone_at = %(at)s FROM reconciliation_match
    WHERE undone_at >= %(since)s AND document_id IS NOT NULL
    UNION ALL
    SELECT unnest(%(documents)s::bigint[]), false
) first
GROUP BY id
"""
# Only what is open takes others along; a receipt does too, as it ties transactions to invoices, and
# a chargeback, as it ties what may come back of it.
# In the order in which they are stored, a look into an index often finds its page at hand.
_ADD_LINES = """
INSERT INTO scope_line
SELECT {line}, f.is_open AND {counts}, %(round)s
FROM (
    SELECT id, COALESCE(is_open, false) OR (
        SELECT true FROM reconciliation_match m
        WHERE m.line_id = f.id AND m.undone_at IS NULL LIMIT 1) IS NULL AS is_open
    FROM fresh_line f ORDER BY id OFFSET 0
) f
JOIN reconciliation_gatewayline l ON l.id = f.id
WHERE f.is_open OR l.kind = 'chargeback'
"""
_ADD_DOCUMENTS = """
INSERT INTO scope_document
SELECT {document}, {counts}, %(round)s
FROM (SELECT * FROM fresh_document ORDER BY id OFFSET 0) f
JOIN mirror_primadocument d ON d.id = f.id
WHERE f.is_open OR d.kind = 'receipt' OR (
    SELECT true FROM reconciliation_match m
    WHERE m.document_id = f.id AND m.undone_at IS NULL LIMIT 1) IS NULL
"""
_FRESH = "SELECT (SELECT count(*) FROM fresh_line) + (SELECT count(*) FROM fresh_document)"


def find(desk: Desk, scope: Scope) -> bool:
    """Sets aside what hangs together; `scope_line` and `scope_document` say what was looked at.

    False, with nothing set aside, when that is too much to be worth it.
    """
    desk.do(_TABLES.format(line=LINE_COLUMNS, document=DOCUMENT_COLUMNS))
    ties.begin(desk)
    desk.do(_FIRST_LINES, lines=list(scope.lines))
    desk.do(_FIRST_DOCUMENTS, documents=list(scope.documents))
    found, turn = 0, 0
    while fresh := _fresh(desk):
        found, turn = found + fresh, turn + 1
        if found > MOST_ITEMS:
            return False
        desk.do(_ADD_LINES.format(line=LINE_COLUMNS, counts=LINE_COUNTS), round=turn)
        desk.do(
            _ADD_DOCUMENTS.format(document=DOCUMENT_COLUMNS, counts=DOCUMENT_COUNTS), round=turn
        )
        ties.follow(desk, turn)
    open_items.set_aside_scope(desk, names=ties.NAMES, named=ties.NAMED)
    return True


def _fresh(desk: Desk) -> int:
    return int(desk.rows(_FRESH)[0][0])
