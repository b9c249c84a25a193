"""Keeps what controls find: the same difference is the same row; what agrees again has healed.

Rows of a signed or locked period are left as they stand. What is found there later is dated on the
first day that still takes bookings, with a trace.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection as database

from reconciliation import periods
from reconciliation.control import Control, Scope
from reconciliation.models import Difference, DifferenceEvent, LateArrival

WHO = "Prima desk"

_TABLES = """
CREATE TEMP TABLE IF NOT EXISTS scope (key text PRIMARY KEY) ON COMMIT DROP;
CREATE TEMP TABLE IF NOT EXISTS found (
    key text, category text, company text, day date, currency text, amount bigint, base bigint,
    gateway text, campaign text, title text, left_side jsonb, right_side jsonb, fields text[],
    near_rule text, near_reason text, cause text,
    tolerated boolean NOT NULL DEFAULT false, dated date
) ON COMMIT DROP;
TRUNCATE scope, found;
"""

_SCOPE = """
INSERT INTO scope
SELECT DISTINCT key FROM ({keys}) AS keys WHERE key IS NOT NULL AND key <> ''
"""

_FOUND = """
INSERT INTO found (key, category, company, day, currency, amount, base, gateway, campaign, title,
    left_side, right_side, fields, near_rule, near_reason, cause)
SELECT DISTINCT ON (key, category) left(key, 200), category, company, day, currency, amount, base,
    left(gateway, 40), left(COALESCE(campaign, ''), 120), left(title, 250), left_side, right_side,
    fields, near_rule, left(near_reason, 250), cause
FROM ({compare}) AS answer
WHERE day <= %(until)s
ORDER BY key, category
"""

_TOLERATED = """
UPDATE found f SET tolerated = true
FROM (
    SELECT DISTINCT ON (f.currency) f.currency, t.absolute, t.relative
    FROM (SELECT DISTINCT currency FROM found) f
    JOIN reconciliation_tolerance t ON t.control = %(control)s AND t.currency IN (f.currency, '*')
    ORDER BY f.currency, t.currency = '*'
) t
WHERE t.currency = f.currency AND f.category = ANY(%(tolerable)s) AND f.amount <> 0
    AND abs(f.amount) <= t.absolute
    AND (t.relative = 0 OR abs(f.amount) * 100 <= t.relative * abs(f.base))
"""

# What two people booked about a difference counts against it: only the rest is left to explain, and
# where both sides agree by now, what was booked has to be taken back. The parts see one snapshot, and
# each is about other rows.
_BOOKED = """
WITH booked AS (
    SELECT d.key, d.category, d.currency, sum(d.amount)::bigint AS amount, max(d.id) AS last
    FROM reconciliation_difference d
    WHERE d.control = %(control)s AND d.state = 'adjusted' AND d.key IN (SELECT key FROM scope)
    GROUP BY 1, 2, 3
), settled AS (
    DELETE FROM found f USING booked b
    WHERE (b.key, b.category, b.currency, b.amount) = (f.key, f.category, f.currency, f.amount)
), agrees AS (
    INSERT INTO found (key, category, company, day, currency, amount, base, gateway, campaign,
        title, left_side, right_side, fields, near_rule, near_reason, cause)
    SELECT d.key, d.category, d.company, d.day, d.currency, -b.amount, 0, d.gateway, d.campaign,
        left('Adjusted, and so no longer: ' || d.title, 250), d."left", d."right",
        ARRAY(SELECT jsonb_array_elements_text(d.fields)), '', '', d.cause
    FROM booked b JOIN reconciliation_difference d ON d.id = b.last
    WHERE b.amount <> 0 AND NOT %(past)s AND NOT EXISTS (
        SELECT 1 FROM found f WHERE f.key = b.key AND f.category = b.category)
)
UPDATE found f SET amount = f.amount - b.amount, title = CASE WHEN b.amount = 0 THEN f.title
    ELSE left(f.title || ', besides what was adjusted', 250) END
FROM booked b
WHERE (b.key, b.category, b.currency) = (f.key, f.category, f.currency) AND f.amount <> b.amount
"""

_REFRESH = """
WITH news AS (
    SELECT d.id, f.*, d.amount AS was,
        (d.amount, d.currency) IS DISTINCT FROM (f.amount, f.currency)
        OR (d."left", d."right") IS DISTINCT FROM (f.left_side, f.right_side) AS changed
    FROM found f JOIN reconciliation_difference d
        ON d.control = %(control)s AND d.key = f.key AND d.category = f.category
        AND d.closed_at IS NULL
        AND NOT reconciliation_in_locked_period(d.company, d.day)
    WHERE NOT f.tolerated
)
UPDATE reconciliation_difference d SET
    title = n.title, "left" = n.left_side, "right" = n.right_side, amount = n.amount,
    currency = n.currency, fields = to_jsonb(n.fields), gateway = n.gateway,
    campaign = n.campaign, cause = left(COALESCE(n.cause, ''), 120), near_rule = n.near_rule, near_reason = n.near_reason,
    last_seen_at = %(at)s, version = d.version + 1
FROM news n WHERE n.id = d.id AND (n.changed OR d.near_reason <> n.near_reason)
RETURNING d.id, d.key, n.changed
"""

_SEEN = """
UPDATE reconciliation_difference d SET last_seen_at = %(at)s
FROM found f WHERE d.control = %(control)s AND d.key = f.key AND d.category = f.category
    AND d.closed_at IS NULL AND d.last_seen_at < %(at)s
"""

_OVERDUE = """
UPDATE reconciliation_difference SET state = 'open', version = version + 1
WHERE control = %(control)s AND closed_at IS NULL AND state = 'timing'
    AND timing_until < %(today)s AND NOT reconciliation_in_locked_period(company, day)
RETURNING id, key
"""

_OPEN = """
INSERT INTO reconciliation_difference (control, key, category, company, state, title, "left",
    "right", fields, amount, currency, gateway, campaign, day, cause, near_rule,
    near_reason, first_seen_at, last_seen_at, closed_at, closed_by, version)
SELECT %(control)s, f.key, f.category, f.company,
    CASE WHEN f.tolerated THEN 'tolerated' ELSE 'open' END, f.title, f.left_side, f.right_side,
    to_jsonb(f.fields), f.amount, f.currency, f.gateway, f.campaign, f.day,
    left(COALESCE(f.cause, ''), 120), f.near_rule, f.near_reason, %(at)s, %(at)s, CASE WHEN f.tolerated THEN %(at)s END,
    CASE WHEN f.tolerated THEN 'Within the tolerance of this control' ELSE '' END, 1
FROM found f
WHERE NOT EXISTS (
    SELECT 1 FROM reconciliation_difference d
    WHERE d.control = %(control)s AND d.key = f.key AND d.category = f.category
    AND (d.closed_at IS NULL AND NOT f.tolerated OR d.state = 'tolerated' AND f.tolerated)
)
RETURNING id, key, state
"""

_SWALLOW = """
UPDATE reconciliation_difference d SET state = 'tolerated', closed_at = %(at)s, amount = f.amount,
    closed_by = 'Within the tolerance of this control', version = d.version + 1
FROM found f
WHERE f.tolerated AND d.control = %(control)s AND d.key = f.key AND d.category = f.category
    AND (d.closed_at IS NULL OR d.state = 'tolerated' AND d.amount <> f.amount)
    AND NOT reconciliation_in_locked_period(d.company, d.day)
RETURNING d.id, d.key
"""

_HEAL = """
UPDATE reconciliation_difference d SET state = 'healed', closed_at = %(at)s,
    closed_by = COALESCE(%(words)s::jsonb ->> d.category, 'Both sides agree'),
    version = d.version + 1
WHERE d.control = %(control)s AND (d.closed_at IS NULL OR d.state = 'tolerated')
    AND {inside}
    AND NOT EXISTS (SELECT 1 FROM found f WHERE f.key = d.key AND f.category = d.category
        AND (d.state <> 'tolerated' OR f.tolerated))
    AND NOT reconciliation_in_locked_period(d.company, d.day)
RETURNING d.id, d.key, d.closed_by
"""
_IN_SCOPE = "d.key IN (SELECT key FROM scope)"


@dataclass(slots=True)
class Tally:
    """What a run came to; `keys` are those whose cases have to be told, `closed`
    the rows that closed."""

    compared: int = 0
    standing: int = 0
    opened: int = 0
    healed: int = 0
    tolerated: int = 0
    keys: set[str] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    by_category: dict[str, tuple[int, dict[str, int]]] = field(default_factory=dict)


def find(control: Control, scope: Scope) -> Tally:
    """Fills the tables `scope` and `found`; nothing is kept yet. Runs in the caller's transaction."""
    told = {**scope.parameters(), "control": control.slug}
    told["tolerable"] = [one.slug for one in control.categories if one.tolerable]
    told["keys"] = list(scope.keys)
    keys = control.everything if scope.since is None else control.changed
    if scope.keys:
        keys = "SELECT unnest(%(keys)s::text[]) AS key"
    with database.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute(
            _SCOPE.format(keys=keys),
            told,
        )
        cursor.execute("ANALYZE scope")
        cursor.execute(_FOUND.format(compare=control.compare), told)
        cursor.execute(_BOOKED, {**told, "past": scope.as_of is not None})
        cursor.execute(_TOLERATED, told)
        cursor.execute("SELECT count(*) FROM scope")
        tally = Tally(compared=cursor.fetchone()[0])
        cursor.execute(
            "SELECT category, currency, count(*), sum(amount)::bigint FROM found"
            " WHERE NOT tolerated GROUP BY 1, 2 ORDER BY 1, 2"
        )
        for category, currency, number, amount in cursor.fetchall():
            count, sums = tally.by_category.setdefault(category, (0, {}))
            tally.by_category[category] = (count + number, {**sums, currency: amount})
            tally.standing += number
    return tally


def keep(control: Control, scope: Scope, tally: Tally) -> None:
    """Opens, refreshes and heals rows by what `find` found, each with a line of history."""
    told = {**scope.parameters(), "control": control.slug, "words": _words(control)}
    late = _redated()
    with database.cursor() as cursor:
        cursor.execute(_SEEN, told)
        cursor.execute(_REFRESH, told)
        refreshed = cursor.fetchall()
        cursor.execute(_OVERDUE, told)
        overdue = cursor.fetchall()
        cursor.execute(_SWALLOW, told)
        swallowed = cursor.fetchall()
        cursor.execute(_OPEN, told)
        opened = cursor.fetchall()
        inside = "true" if scope.whole else _IN_SCOPE
        cursor.execute(_HEAL.format(inside=inside), told)
        healed = cursor.fetchall()
    _history(scope, [(pk, "Changed", "") for pk, _, changed in refreshed if changed])
    _history(
        scope, [(pk, "Open again", "It had not cleared by the day named.") for pk, _ in overdue]
    )
    _history(scope, [(pk, "Within tolerance", "") for pk, _ in swallowed])
    _history(scope, [(pk, "Found", "") for pk, _, _ in opened])
    _history(scope, [(pk, "Healed", words) for pk, _, words in healed])
    _trace(control, scope, late)
    tally.opened = sum(state == "open" for _, _, state in opened)
    tally.tolerated = len(swallowed) + sum(state != "open" for _, _, state in opened)
    tally.healed = len(healed)
    rows = [*refreshed, *overdue, *swallowed, *opened, *healed]
    tally.keys = {row[1] for row in rows} | _adjusted(control, scope)
    tally.closed = {row[0] for row in [*swallowed, *healed]}


def _adjusted(control: Control, scope: Scope) -> set[str]:
    """Keys of what two people adjusted lately: their cases have to be told."""
    begin = scope.since or scope.at - timedelta(days=2)
    rows = Difference.objects.filter(
        control=control.slug, state=Difference.State.ADJUSTED, closed_at__gte=begin
    )
    if scope.keys:
        rows = rows.filter(key__in=scope.keys)
    return set(rows.values_list("key", flat=True))


def _words(control: Control) -> str:
    pairs = ", ".join(f"{_json(one.slug)}: {_json(one.healed)}" for one in control.categories)
    return f"{{{pairs}}}"


def _json(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _redated() -> list[tuple[str, Any]]:
    """Moves what is dated in a period that is shut to the next open day; answers those days."""
    moved = []
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT f.company, f.day FROM found f JOIN reconciliation_period p"
            " ON p.company = f.company AND f.day BETWEEN p.first_day AND p.last_day"
            " WHERE p.state IN ('signed', 'locked')"
        )
        for company, day in cursor.fetchall():
            cursor.execute(
                "UPDATE found SET dated = day, day = %s WHERE company = %s AND day = %s",
                [periods.booking_day(company, day), company, day],
            )
            moved.append((company, day))
    return moved


def _trace(control: Control, scope: Scope, late: list[tuple[str, Any]]) -> None:
    """Differences opened just now whose own day lies in a period that is shut."""
    if not late:
        return
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT d.id, d.company, f.dated, d.day, d.amount, d.currency FROM found f"
            " JOIN reconciliation_difference d ON d.control = %s AND d.key = f.key"
            " AND d.category = f.category AND d.first_seen_at = %s WHERE f.dated IS NOT NULL",
            [control.slug, scope.at],
        )
        rows = cursor.fetchall()
    LateArrival.objects.bulk_create(
        [
            LateArrival(
                period=periods.period_of(company, day),
                belongs_to=periods.period_of(company, dated),
                object_type="difference",
                object_id=str(pk),
                dated=dated,
                amount=amount,
                currency=currency,
                arrived_at=scope.at,
            )
            for pk, company, dated, day, amount, currency in rows
        ],
        ignore_conflicts=True,
    )


def _history(scope: Scope, rows: Iterable[tuple[int, str, str]]) -> None:
    DifferenceEvent.objects.bulk_create(
        [
            DifferenceEvent(difference_id=pk, at=scope.at, actor_name=WHO, action=action, note=note)
            for pk, action, note in rows
        ],
        batch_size=2_000,
    )


def open_of(control: str, keys: Iterable[str]) -> list[Difference]:
    """The open differences of these records."""
    found = Difference.objects.filter(control=control, closed_at__isnull=True, key__in=list(keys))
    return list(found.order_by("key", "category"))
