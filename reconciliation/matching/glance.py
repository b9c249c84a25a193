"""What a rule finds at a glance over all open items: most of a first run, written in one go.

`glance` has a row for each reference key. Those that fit are pairs; the others are left.
"""

from reconciliation.matching import open_items, store
from reconciliation.matching.desk import Desk
from reconciliation.matching.result import Yield, yield_of
from reconciliation.matching.rule import Rule

MANY = 5_000
"""From so many on, a second process may help to look, and an empty table is better filled before its
indexes are built."""

# Both indexes are in the order of the references, so that going along both is all there is to do;
# each range by a process of its own.
_IN_ORDER = """
SET LOCAL enable_hashjoin = off; SET LOCAL enable_hashagg = off; SET LOCAL enable_mergejoin = on;
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0
"""
_AS_BEFORE = """
SET LOCAL enable_hashjoin = on; SET LOCAL enable_hashagg = on; SET LOCAL enable_mergejoin = off;
SET LOCAL parallel_setup_cost TO DEFAULT; SET LOCAL parallel_tuple_cost TO DEFAULT
"""
# A reference that halves the lines, as far as statistics know any.
_MIDDLE = """
SELECT bounds[(array_length(bounds, 1) + 1) / 2]
FROM (SELECT histogram_bounds::text::text[] AS bounds FROM pg_stats
      WHERE schemaname = current_schema() AND tablename = 'reconciliation_gatewayline'
        AND attname = 'reference_key') s
WHERE bounds IS NOT NULL
"""
_ABOUT = "SELECT reltuples FROM pg_class WHERE oid = 'reconciliation_gatewayline'::regclass"
_HALVES = ("reference_key < %(middle)s", "reference_key >= %(middle)s")
# Of a pair nobody asks by which key it was found.
_GLANCE = """
CREATE TEMP TABLE glance ON COMMIT DROP AS
SELECT CASE WHEN NOT fits THEN key END AS key, CASE WHEN NOT fits THEN lines END AS lines,
       CASE WHEN NOT fits THEN documents END AS documents, line_id, document_id,
       currency::varchar(3) AS currency, left_total, right_total, day, fits
FROM ({found}) found
"""
LEFT_KEYS = """
CREATE TEMP TABLE left_key ON COMMIT DROP AS
SELECT key, lines, documents, line_id, document_id, currency,
       CASE WHEN fits THEN left_total - right_total END AS swallowed
FROM glance WHERE NOT fits OR left_total <> right_total
"""
"""Of a key that several have it names one line and one document. In the same pass, the pairs whose
difference was swallowed, as rows without a key."""
_NOT_AGAIN = """
UPDATE glance f SET fits = false, lines = 1, documents = 1 FROM taken_apart t
WHERE f.fits AND t.line_id = f.line_id AND t.document_id = f.document_id
  AND EXISTS (SELECT 1 FROM taken_apart)
"""
# EXISTS spares reading a million rows where no period is shut.
_TO_OPEN_DAYS = """
UPDATE glance f SET day = s.opens FROM shut s
WHERE f.day BETWEEN s.first_day AND s.last_day AND EXISTS (SELECT 1 FROM shut)
"""
_SWALLOWED = """
SELECT currency, sum(swallowed)::bigint FROM left_key WHERE swallowed IS NOT NULL GROUP BY currency
"""
_IS_EMPTY = "SELECT NOT EXISTS (SELECT 1 FROM reconciliation_match)"
# Only its owner may take an index away and build it again, and nobody where others refer by it.
_INDEXES = """
SELECT quote_ident(c.relname), pg_get_indexdef(c.oid), i.indisprimary
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'reconciliation_match'::regclass AND i.indisunique
  AND pg_has_role(c.relowner, 'USAGE')
  AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.conindid = c.oid AND f.contype = 'f')
ORDER BY 1
"""
_TAKE_AWAY = {
    True: "ALTER TABLE reconciliation_match DROP CONSTRAINT {name}",
    False: "DROP INDEX {name}",
}
_AS_PRIMARY = (
    "ALTER TABLE reconciliation_match ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {name}"
)


def take(desk: Desk, rule: Rule) -> Yield:
    """Stores what the rule finds at large, and sets aside what it left for all rules."""
    is_first = is_empty(desk)
    rows = look(desk, rule, is_first=is_first)
    desk.do(_NOT_AGAIN)
    desk.do(LEFT_KEYS)
    if is_first and rows >= MANY:
        desk.do("TRUNCATE reconciliation_match")
        found = fill(desk, rule, store.take_numbers(desk))
    else:
        desk.do(_TO_OPEN_DAYS)
        found = _yield_of(desk, rule, store.keep_glance(desk, rule))
    open_items.set_aside_what_is_left(desk, is_first=is_first)
    return found


def is_empty(desk: Desk) -> bool:
    """Whether there is no match yet, active or undone."""
    return bool(desk.rows(_IS_EMPTY)[0][0])


def lines_about(desk: Desk) -> float:
    """How many lines there are, as far as statistics know: 0 or less when they know nothing."""
    return float(desk.rows(_ABOUT)[0][0])


def look(desk: Desk, rule: Rule, *, is_first: bool) -> int:
    """Lays `glance`. Answers how many references there are."""
    open_items.look_at_large(desk, is_first=is_first)
    desk.do(_IN_ORDER)
    rows = _look(desk, rule)
    desk.do(_AS_BEFORE)
    open_items.look_no_more(desk)
    return rows


def _look(desk: Desk, rule: Rule) -> int:
    """How many references there are."""
    middle = [value for (value,) in desk.rows(_MIDDLE)] if lines_about(desk) >= MANY else []
    ranges = _HALVES if middle else ("true",)
    found = " UNION ALL ".join(f"({rule.at_large.format(within=within)})" for within in ranges)
    return desk.do(_GLANCE.format(found=found), middle=middle[0] if middle else None)


def fill(desk: Desk, rule: Rule, last: int) -> Yield:
    """Stores the pairs of `glance` in the table of matches, emptied in this transaction.

    What is written into such a table need not be logged where the database keeps no replica; it is
    on disk before the transaction ends. Nobody else sees it before all its indexes are there again,
    or nothing happened. `last` is the number before the first one taken.
    """
    indexes = desk.rows(_INDEXES)
    for name, _, is_primary in indexes:
        desk.do(_TAKE_AWAY[is_primary].format(name=name))
    desk.do(_TO_OPEN_DAYS)
    rows = store.fill_with_glance(desk, rule, last)
    for name, definition, is_primary in indexes:
        desk.do(definition)
        if is_primary:
            desk.do(_AS_PRIMARY.format(name=name))
    return _yield_of(desk, rule, rows)


def _yield_of(desk: Desk, rule: Rule, rows: int) -> Yield:
    found = yield_of(rule, rows, desk.rows(_SWALLOWED))
    desk.do("DROP TABLE glance")
    return found
