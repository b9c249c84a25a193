"""Writes down what a rule found: one statement for all of it."""

from reconciliation.matching.desk import Desk
from reconciliation.matching.result import Yield, yield_of
from reconciliation.matching.rule import Rule

_EXTRA = {"fx_difference": "0", "fx_currency": "''", "account_code": "''"}
_COLUMNS = """
    control, rule, company, currency, left_total, right_total, difference, fx_difference,
    fx_currency, account_code, day, made_at, made_by_name, reason, undone_by_name, undone_reason
"""
# Matches as they are stored; a pair gets its number only then.
_FOUND = """
CREATE TEMP TABLE {name} (
    id bigint, head_id bigint, line_id bigint, document_id bigint, control text, rule text,
    company text, currency text, left_total bigint, right_total bigint, difference bigint,
    fx_difference bigint, fx_currency text, account_code text, day date, made_at timestamptz,
    made_by_name text, reason text, undone_by_name text, undone_reason text
) ON COMMIT DROP
"""
_NEXT = "nextval((SELECT pg_get_serial_sequence('reconciliation_match', 'id'))::regclass)"

# A match that would lie in a shut period is booked on the first day after it that takes bookings.
_PAIRS = """
INSERT INTO made (line_id, document_id, {columns})
SELECT f.line_id, f.document_id, %(control)s, %(rule)s, f.company, f.currency, f.left_total,
       f.right_total, f.left_total - f.right_total, {extra}, COALESCE(s.opens, f.day), %(at)s,
       %(made_by_name)s, %(reason)s, '', ''
FROM {found} f
LEFT JOIN shut s ON f.day BETWEEN s.first_day AND s.last_day
WHERE NOT EXISTS (
    SELECT 1 FROM taken_apart t
    WHERE t.line_id = f.line_id AND t.document_id = f.document_id)
"""
_GROUPS = """
INSERT INTO made (id, head_id, line_id, document_id, {columns})
SELECT CASE WHEN part = 1 THEN head END, CASE WHEN part > 1 THEN head END,
       f.lines[part], f.documents[part],
       %(control)s, %(rule)s, f.company, f.currency,
       CASE WHEN part = 1 THEN f.left_total ELSE 0 END,
       CASE WHEN part = 1 THEN f.right_total ELSE 0 END,
       CASE WHEN part = 1 THEN f.left_total - f.right_total ELSE 0 END,
       {extra}, COALESCE(s.opens, f.day), %(at)s, %(made_by_name)s, %(reason)s, '', ''
FROM (
    SELECT g.*, {next} AS head
    FROM {found} g
    WHERE NOT (SELECT EXISTS (SELECT 1 FROM taken_apart)) OR NOT EXISTS (
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
_TAKE_OUT = """
DELETE FROM open_line o USING made m WHERE o.id = m.line_id;
DELETE FROM open_document o USING made m WHERE o.id = m.document_id;
UPDATE receipt o SET is_open = false FROM made m WHERE o.id = m.document_id
"""
_MATCHES = "SELECT count(*) FROM made WHERE head_id IS NULL"
_SWALLOWED = """
SELECT currency, sum(difference)::bigint FROM made WHERE difference <> 0 GROUP BY currency
"""
_WAIT = "INSERT INTO waiting SELECT * FROM made"
_STORE = """
INSERT INTO reconciliation_match (id, head_id, line_id, document_id, {columns})
SELECT COALESCE(id, {next}), head_id, line_id, document_id, {columns} FROM {name} ORDER BY line_id
"""
_GLANCE = """
INSERT INTO reconciliation_match ({number}line_id, document_id, {columns})
SELECT {numbered}f.line_id, f.document_id, %(control)s, %(rule)s, %(company)s, f.currency,
       f.left_total, f.right_total, f.left_total - f.right_total, {extra}, f.day, %(at)s,
       %(made_by_name)s, %(reason)s, '', ''
FROM glance f
WHERE f.fits
"""
# As many numbers as there may be lines, taken at once: a million calls for the next one take longer.
_NUMBERS = """
SELECT setval(of, last + lines), last
FROM (SELECT pg_get_serial_sequence('reconciliation_match', 'id') AS of) s,
     (SELECT COALESCE(max(id), 0) AS lines FROM reconciliation_gatewayline) l,
     LATERAL (SELECT nextval(of) AS last OFFSET 0) n
"""


def ready(desk: Desk, *, wait: bool) -> None:
    """Once in a run, before the first rule; with `wait`, matches may have to wait."""
    desk.do(_FOUND.format(name="made"))
    if wait:
        desk.do(_FOUND.format(name="waiting"))


def keep(desk: Desk, rule: Rule, *, wait: bool) -> Yield:
    """Finds the rule's matches among what is set aside, and stores them, or has them wait."""
    insert = _insert(rule, _GROUPS if rule.groups else _PAIRS, next=_NEXT)
    made = desk.do(insert, rule=rule.slug, reason=rule.reason)
    if not made:
        return yield_of(rule, 0, [])
    desk.do(_TAKE_OUT)
    ((matches,),) = desk.rows(_MATCHES)
    found = yield_of(rule, matches, desk.rows(_SWALLOWED))
    desk.do(_WAIT if wait else _store("made"))
    desk.do("TRUNCATE made")
    return found


def keep_waiting(desk: Desk) -> None:
    """Stores what had to wait."""
    desk.do(_store("waiting"))
    desk.do("TRUNCATE waiting")


def _store(name: str) -> str:
    return _STORE.format(name=name, columns=_COLUMNS, next=_NEXT)


def keep_glance(desk: Desk, rule: Rule) -> int:
    """Stores the pairs of `glance` as this rule's. Answers how many."""
    return desk.do(
        _insert(rule, _GLANCE, number="", numbered=""), rule=rule.slug, reason=rule.reason
    )


def take_numbers(desk: Desk) -> int:
    """As many as there may be lines; the number before the first."""
    ((_, last),) = desk.rows(_NUMBERS)
    return int(last)


def fill_with_glance(desk: Desk, rule: Rule, last: int) -> int:
    """The same, where no line has a match yet: a match takes its number from its line."""
    form = _insert(rule, _GLANCE, number="id, ", numbered="%(last)s + f.line_id, ")
    return desk.do(form, rule=rule.slug, reason=rule.reason, last=last)


def _insert(rule: Rule, form: str, **more: str) -> str:
    of_head = "CASE WHEN part = 1 THEN f.{name} ELSE {empty} END" if rule.groups else "f.{name}"
    extra = [
        of_head.format(name=name, empty=empty) if name in rule.extra else empty
        for name, empty in _EXTRA.items()
    ]
    found = f"({rule.sql})"
    return form.format(columns=_COLUMNS, extra=", ".join(extra), found=found, **more)
