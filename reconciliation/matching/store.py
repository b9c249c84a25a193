"""Writes down what a rule found: one statement for all of it."""

from reconciliation.matching.desk import Desk
from reconciliation.matching.result import Yield, yield_of
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
FROM {found} f
LEFT JOIN shut s ON f.day BETWEEN s.first_day AND s.last_day
WHERE NOT EXISTS (
    SELECT 1 FROM taken_apart t
    WHERE t.line_id = f.line_id AND t.document_id = f.document_id)
"""
_NOT_AGAIN = """
DELETE FROM pair f USING taken_apart t
WHERE t.line_id = f.line_id AND t.document_id = f.document_id
"""
_GROUPS = """
INSERT INTO reconciliation_match (id, head_id, line_id, document_id, {columns})
SELECT CASE WHEN part = 1 THEN head
       ELSE nextval(pg_get_serial_sequence('reconciliation_match', 'id')) END,
       CASE WHEN part > 1 THEN head END, f.lines[part], f.documents[part],
       %(control)s, %(rule)s, f.company, f.currency,
       CASE WHEN part = 1 THEN f.left_total ELSE 0 END,
       CASE WHEN part = 1 THEN f.right_total ELSE 0 END,
       CASE WHEN part = 1 THEN f.left_total - f.right_total ELSE 0 END,
       {extra}, COALESCE(s.opens, f.day), %(at)s, %(made_by_name)s, %(reason)s, '', ''
FROM (
    SELECT g.*, nextval(pg_get_serial_sequence('reconciliation_match', 'id')) AS head
    FROM {found} g
    WHERE NOT EXISTS (
        SELECT 1 FROM taken_apart t
        WHERE t.lines = ARRAY(SELECT unnest(g.lines) ORDER BY 1)
          AND t.documents = ARRAY(SELECT unnest(g.documents) ORDER BY 1))
    OFFSET 0
) f
CROSS JOIN LATERAL generate_series(
    1, greatest(cardinality(f.lines), cardinality(f.documents))) part
LEFT JOIN shut s ON f.day BETWEEN s.first_day AND s.last_day
"""
# What is in a match is no longer open for the rules that follow.
_AND_TAKE_OUT = """
WITH made AS ({insert} RETURNING line_id, document_id, head_id, currency, left_total, difference),
lines AS (DELETE FROM open_line o USING made m WHERE o.id = m.line_id),
documents AS (DELETE FROM open_document o USING made m WHERE o.id = m.document_id),
vouchers AS (UPDATE receipt o SET is_open = false FROM made m WHERE o.id = m.document_id)
SELECT currency, count(*), sum(left_total)::bigint, sum(difference)::bigint
FROM made WHERE head_id IS NULL GROUP BY currency
"""
_OF_PAIRS = """
SELECT currency, count(*), sum(left_total)::bigint, sum(left_total - right_total)::bigint
FROM pair GROUP BY currency
"""
_TO_OPEN_DAYS = """
UPDATE pair f SET day = s.opens FROM shut s WHERE f.day BETWEEN s.first_day AND s.last_day
"""
_PLAIN = """
INSERT INTO reconciliation_match (line_id, document_id, {columns})
SELECT f.line_id, f.document_id, %(control)s, %(rule)s, f.company, f.currency, f.left_total,
       f.right_total, f.left_total - f.right_total, {extra}, f.day, %(at)s,
       %(made_by_name)s, %(reason)s, '', ''
FROM pair f
"""
# What a run over an empty table writes need not be logged where the database keeps no replica.
_FRESH = "SELECT NOT EXISTS (SELECT 1 FROM reconciliation_match)"


def keep(desk: Desk, rule: Rule) -> Yield:
    """Finds and stores the rule's matches among what is set aside."""
    insert = _insert(rule, _GROUPS if rule.groups else _PAIRS)
    statement = _AND_TAKE_OUT.format(insert=insert)
    return yield_of(rule, desk.rows(statement, rule=rule.slug, reason=rule.reason))


def keep_at_large(desk: Desk, rule: Rule) -> Yield:
    """The same for what the rule finds at a glance; finding may use several processors."""
    desk.do(f"CREATE TEMP TABLE pair ON COMMIT DROP AS {rule.at_large}")
    desk.do(_NOT_AGAIN)
    desk.do(_TO_OPEN_DAYS)
    if desk.rows(_FRESH)[0][0]:
        desk.do("TRUNCATE reconciliation_match")
    desk.do(_insert(rule, _PLAIN), rule=rule.slug, reason=rule.reason)
    found = yield_of(rule, desk.rows(_OF_PAIRS))
    desk.do("DROP TABLE pair")
    return found


def _insert(rule: Rule, form: str) -> str:
    extra = [f"f.{name}" if name in rule.extra else empty for name, empty in _EXTRA.items()]
    return form.format(columns=_COLUMNS, extra=", ".join(extra), found=f"({rule.sql})")
