"""Writes down what a rule found: one statement for all of it."""

from reconciliation.matching.desk import Desk
from reconciliation.matching.rule import Rule

_EXTRA = {"fx_difference": "0", "fx_currency": "''", "account_code": "''"}
_COLUMNS = """
    control, rule, company, currency, left_total, right_total, difference, fx_difference,
    fx_currency, account_code, day, made_at, made_by_name, reason, undone_by_name, undone_reason
"""

# A match that would lie in a shut period is booked on the first day after it that takes bookings.
_PAIRS = """
INSERT INTO reconciliation_match (line_id, document_id, {columns})
SELECT f.line_id, f.document_id, %(control)s, %(rule)s, f.company, f.currency, f.left_total,
       f.right_total, f.left_total - f.right_total, {extra}, COALESCE(s.opens, f.day), %(at)s,
       %(made_by_name)s, %(reason)s, '', ''
FROM ({found}) f
LEFT JOIN shut s ON f.day BETWEEN s.first_day AND s.last_day
WHERE NOT EXISTS (
    SELECT 1 FROM taken_apart t WHERE t.line_id = f.line_id AND t.document_id = f.document_id)
"""
_GROUPS = """
WITH found AS MATERIALIZED (
    SELECT f.*, nextval(pg_get_serial_sequence('reconciliation_match', 'id')) AS head
    FROM ({found}) f
    WHERE NOT EXISTS (
        SELECT 1 FROM taken_apart t
        WHERE t.lines = ARRAY(SELECT unnest(f.lines) ORDER BY 1)
          AND t.documents = ARRAY(SELECT unnest(f.documents) ORDER BY 1))
)
INSERT INTO reconciliation_match (id, head_id, line_id, document_id, {columns})
SELECT CASE WHEN part = 1 THEN head
       ELSE nextval(pg_get_serial_sequence('reconciliation_match', 'id')) END,
       CASE WHEN part > 1 THEN head END, f.lines[part], f.documents[part],
       %(control)s, %(rule)s, f.company, f.currency,
       CASE WHEN part = 1 THEN f.left_total ELSE 0 END,
       CASE WHEN part = 1 THEN f.right_total ELSE 0 END,
       CASE WHEN part = 1 THEN f.left_total - f.right_total ELSE 0 END,
       {extra}, COALESCE(s.opens, f.day), %(at)s, %(made_by_name)s, %(reason)s, '', ''
FROM found f
CROSS JOIN LATERAL generate_series(
    1, greatest(cardinality(f.lines), cardinality(f.documents))) part
LEFT JOIN shut s ON f.day BETWEEN s.first_day AND s.last_day
"""


def keep(desk: Desk, rule: Rule) -> int:
    """Finds and stores the rule's matches; how many rows that made."""
    extra = [f"f.{name}" if name in rule.extra else empty for name, empty in _EXTRA.items()]
    form = _GROUPS if rule.groups else _PAIRS
    statement = form.format(columns=_COLUMNS, extra=", ".join(extra), found=rule.sql)
    return desk.do(statement, rule=rule.slug, reason=rule.reason)


def last_match(desk: Desk) -> int:
    """The number of the latest match, or 0."""
    return int(desk.rows("SELECT COALESCE(max(id), 0) FROM reconciliation_match")[0][0])
