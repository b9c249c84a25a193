"""What a rule finds at a glance over all open items: most of a first run, written in one go.

`glance` has a row for each reference key. Those that fit are pairs; the others are left.
"""

from reconciliation.matching import open_items, store
from reconciliation.matching.desk import Desk
from reconciliation.matching.result import Yield, yield_of
from reconciliation.matching.rule import Rule

MANY = 5_000
"""From so many rows on an empty table is better filled before its indexes are built."""

# Both indexes are in the order of the references, so that going along both is all there is to do.
_IN_ORDER = """
SET LOCAL enable_hashjoin = off; SET LOCAL enable_hashagg = off; SET LOCAL enable_mergejoin = on;
SET LOCAL max_parallel_workers_per_gather = 0
"""
_AS_BEFORE = """
SET LOCAL enable_hashjoin = on; SET LOCAL enable_hashagg = on; SET LOCAL enable_mergejoin = off;
SET LOCAL max_parallel_workers_per_gather = {workers}
"""
_NOT_AGAIN = """
UPDATE glance f SET fits = false FROM taken_apart t
WHERE t.line_id = f.line_id AND t.document_id = f.document_id
  AND EXISTS (SELECT 1 FROM taken_apart)
"""
# EXISTS spares reading a million rows where no period is shut.
_TO_OPEN_DAYS = """
UPDATE glance f SET day = s.opens FROM shut s
WHERE f.day BETWEEN s.first_day AND s.last_day AND EXISTS (SELECT 1 FROM shut)
"""
_YIELD = """
SELECT currency, count(*), sum(left_total)::bigint, sum(left_total - right_total)::bigint
FROM glance WHERE fits GROUP BY currency
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
    is_first = bool(desk.rows(_IS_EMPTY)[0][0])
    ((workers,),) = desk.rows("SHOW max_parallel_workers_per_gather")
    open_items.look_at_large(desk, is_first=is_first)
    desk.do(_IN_ORDER)
    rows = desk.do(f"CREATE TEMP TABLE glance ON COMMIT DROP AS {rule.at_large}")
    desk.do(_AS_BEFORE.format(workers=int(workers)))
    desk.do(_NOT_AGAIN)
    desk.do(_TO_OPEN_DAYS)
    if is_first and rows >= MANY:
        _fill(desk, rule)
    else:
        store.keep_glance(desk, rule)
    found = yield_of(rule, desk.rows(_YIELD))
    open_items.set_aside_what_is_left(desk, is_first=is_first)
    return found


def _fill(desk: Desk, rule: Rule) -> None:
    """Nobody else sees the table before all its indexes are there again, or nothing happened.

    What is written into a table emptied in the same transaction need not be logged where the
    database keeps no replica; it is on disk before the transaction ends.
    """
    desk.do("TRUNCATE reconciliation_match")
    indexes = desk.rows(_INDEXES)
    for name, _, is_primary in indexes:
        desk.do(_TAKE_AWAY[is_primary].format(name=name))
    store.fill_with_glance(desk, rule)
    for name, definition, is_primary in indexes:
        desk.do(definition)
        if is_primary:
            desk.do(_AS_PRIMARY.format(name=name))
