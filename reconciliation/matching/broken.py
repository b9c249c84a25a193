"""Matches whose line or document changed since: they no longer hold, and the rules look again."""

from reconciliation.matching.desk import Desk

# A person's match stays when only what the rules go by has changed.
_NONE = """
CREATE TEMP TABLE broken (match_id bigint, reason text, is_locked boolean) ON COMMIT DROP
"""
_BROKEN = """
INSERT INTO broken
SELECT match_id,
       left(string_agg('The ' || side || ' changed after it was matched: ' || what,
                       '; ' ORDER BY side, what), 240) || '.' AS reason,
       bool_or(is_locked) AS is_locked
FROM (
    SELECT DISTINCT match_id, side, what, reconciliation_in_locked_period(company, day) AS is_locked
    FROM (
        SELECT COALESCE(m.head_id, m.id) AS match_id, c.side, c.what, m.company, m.day, m.made_by_id
        FROM (SELECT * FROM reconciliation_change WHERE side = 'line' ORDER BY object_id OFFSET 0) c
        JOIN reconciliation_match m ON m.line_id = c.object_id AND m.undone_at IS NULL
        WHERE m.control = %(control)s
        UNION ALL
        SELECT COALESCE(m.head_id, m.id), c.side, c.what, m.company, m.day, m.made_by_id
        FROM (SELECT * FROM reconciliation_change WHERE side = 'document'
              ORDER BY object_id OFFSET 0) c
        JOIN reconciliation_match m ON m.document_id = c.object_id AND m.undone_at IS NULL
        WHERE m.control = %(control)s
    ) changed
    WHERE made_by_id IS NULL OR what ~ 'amount|currency|kind|company|deleted'
) told
GROUP BY match_id
"""
_UNDO = """
UPDATE reconciliation_match m
SET undone_at = %(at)s, undone_by_name = %(made_by_name)s, undone_reason = b.reason
FROM broken b
WHERE b.match_id = m.{key} AND NOT b.is_locked AND m.undone_at IS NULL
"""
_COUNT = (
    "SELECT count(*) FILTER (WHERE NOT is_locked), count(*) FILTER (WHERE is_locked) FROM broken"
)

# By their ids: one that is written now may have a lower id than the last that is to be seen.
_SEEN = """
CREATE TEMP TABLE seen_change ON COMMIT DROP AS SELECT id FROM reconciliation_change
"""
# What broke a match in a locked period is kept, for the day the period is opened again.
_FORGET = """
DELETE FROM reconciliation_change c USING seen_change seen
WHERE c.id = seen.id
  AND CASE c.side
      WHEN 'line' THEN EXISTS (
        SELECT 1 FROM reconciliation_gatewayline l
        WHERE l.id = c.object_id AND l.company = %(company)s)
      ELSE EXISTS (
        SELECT 1 FROM mirror_primadocument d
        WHERE d.id = c.object_id AND d.company = %(company)s) END
  AND NOT EXISTS (
    SELECT 1 FROM broken b
    JOIN reconciliation_match m ON m.id = b.match_id
    LEFT JOIN reconciliation_match t ON t.head_id = m.id
    WHERE b.is_locked AND CASE c.side
        WHEN 'line' THEN c.object_id IN (m.line_id, t.line_id)
        ELSE c.object_id IN (m.document_id, t.document_id) END)
"""


def undo_broken(desk: Desk, *, is_first: bool) -> tuple[int, int]:
    """How many matches broke, and how many stay though they should, as their period is locked.

    In a first run there are none, and the matches are not to be read yet.
    """
    desk.do(_NONE)
    if is_first:
        return 0, 0
    desk.do(_BROKEN)
    desk.do("ANALYZE broken")
    desk.do(_UNDO.format(key="id"))
    desk.do(_UNDO.format(key="head_id"))
    ((broken, locked),) = desk.rows(_COUNT)
    return broken, locked


def note_changes(desk: Desk) -> None:
    """Before anything is looked at: what changes after that is for the next run."""
    desk.do(_SEEN)


def forget_changes(desk: Desk) -> None:
    """Those that were noted have been looked at."""
    desk.do(_FORGET)
