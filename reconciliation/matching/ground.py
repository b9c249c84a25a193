"""What the rules stand on besides lines and documents: accounts, digits, shut days, bounds."""

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Max

from integration.core.money import is_currency, minor_digits
from reconciliation import periods
from reconciliation.matching.desk import Desk
from reconciliation.matching.rule import CONTROL
from reconciliation.models import MatchBounds, Period, Tolerance

TEMPORARY = (
    "open_line", "open_document", "receipt", "claim", "made", "waiting", "account", "currency_digits", "shut",
    "taken_apart", "scope_line", "scope_document", "scope_key", "fresh_line", "fresh_document",
    "fresh_key", "named_line", "named_document", "broken", "seen_change", "glance", "left_key", "left_line", "left_document",
)  # fmt: skip

# A gateway without an account of its own has that for every gateway.
_ACCOUNTS = """
CREATE TEMP TABLE account ON COMMIT DROP AS
SELECT DISTINCT ON (g.gateway, a.purpose) g.gateway, a.purpose, a.code
FROM (SELECT DISTINCT gateway FROM open_line) g
JOIN reconciliation_ledgeraccount a
  ON a.company = %(company)s AND a.gateway IN (g.gateway, '')
ORDER BY g.gateway, a.purpose, a.gateway = ''
"""
_DIGITS = """
CREATE TEMP TABLE currency_digits ON COMMIT DROP AS
SELECT key AS currency, value::int AS digits FROM json_each_text(%(digits)s::json)
"""
_SHUT = """
CREATE TEMP TABLE shut ON COMMIT DROP AS
SELECT (s->>0)::date AS first_day, (s->>1)::date AS last_day, (s->>2)::date AS opens
FROM json_array_elements(%(shut)s::json) s
"""
# A person took these apart, so no rule puts them together again.
_NOTHING_APART = """
CREATE TEMP TABLE taken_apart (
    lines bigint[], documents bigint[], line_id bigint, document_id bigint
) ON COMMIT DROP
"""
_TAKEN_APART = """
INSERT INTO taken_apart
SELECT lines, documents,
       CASE WHEN cardinality(lines) = 1 THEN lines[1] END AS line_id,
       CASE WHEN cardinality(documents) = 1 THEN documents[1] END AS document_id
FROM (
    SELECT COALESCE(array_agg(line_id ORDER BY line_id)
                    FILTER (WHERE line_id IS NOT NULL), '{}') AS lines,
           COALESCE(array_agg(document_id ORDER BY document_id)
                    FILTER (WHERE document_id IS NOT NULL), '{}') AS documents
    FROM reconciliation_match
    WHERE undone_at IS NOT NULL AND undone_by_id IS NOT NULL AND control = %(control)s
    GROUP BY COALESCE(head_id, id)
) sides
"""


def bounds() -> Mapping[str, Any]:
    """How far the rules look, by parameter."""
    found = MatchBounds.objects.filter(control=CONTROL).first() or MatchBounds(control=CONTROL)
    names = ("window_days", "most_parts", "most_candidates", "rate_days")
    widest = Tolerance.objects.filter(control=CONTROL).aggregate(Max("absolute", default=0))
    return {
        **{name: getattr(found, name) for name in names},
        "most_swallowed": widest["absolute__max"],
    }


def clear(desk: Desk) -> None:
    """Whatever an earlier run in the same transaction left."""
    found = desk.rows(
        "SELECT relname, relkind FROM pg_class"
        " WHERE relnamespace = pg_my_temp_schema() AND relname = ANY (%(names)s)",
        names=list(TEMPORARY),
    )
    for name, kind in found:
        desk.do(f"DROP {'VIEW' if _text(kind) == 'v' else 'TABLE'} pg_temp.{name}")


def lay(desk: Desk, *, is_first: bool) -> None:
    """What does not hang on the open items. In a first run nothing was taken apart."""
    desk.do(_SHUT, shut=json.dumps(_shut_days(desk.known["company"])))
    desk.do(_NOTHING_APART)
    if not is_first:
        desk.do(_TAKEN_APART)


def lay_accounts(desk: Desk) -> None:
    """Needs the open lines."""
    desk.do(_ACCOUNTS)
    codes = desk.rows("SELECT currency FROM open_line UNION SELECT currency FROM open_document")
    digits = {code: minor_digits(code) for (code,) in codes if is_currency(code)}
    desk.do(_DIGITS, digits=json.dumps(digits))


def _shut_days(company: str) -> list[list[str]]:
    """First and last day of each shut period, and the day on which late bookings go instead."""
    shut = Period.objects.filter(
        company=company, state__in=[Period.State.SIGNED, Period.State.LOCKED]
    )
    return [
        [
            period.first_day.isoformat(),
            period.last_day.isoformat(),
            periods.booking_day(company, period.first_day).isoformat(),
        ]
        for period in shut
    ]


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
