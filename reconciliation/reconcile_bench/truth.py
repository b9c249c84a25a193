"""Holds the matches against the truth: which are false, which cases were found, rule by rule."""

from typing import Any

from django.db import connection

from reconciliation.reconcile_bench.world import NEVER_MATCHED

# The case of a row is in its name. A duplicate's second line belongs to no match; which of the two
# is the second nobody can tell, so either may be matched, but not both.
_PARTS = """
CREATE TEMP TABLE part AS
SELECT COALESCE(m.head_id, m.id) AS match_id, m.rule, p.side, p.number
FROM reconciliation_match m
LEFT JOIN reconciliation_gatewayline l ON l.id = m.line_id
LEFT JOIN mirror_primadocument d ON d.id = m.document_id
CROSS JOIN LATERAL (VALUES
    ('line', substring(l.line_id FROM '^L([0-9]+)-')::bigint),
    ('document', substring(d.prima_id FROM '^D([0-9]+)-')::bigint)) p (side, number)
WHERE m.undone_at IS NULL AND p.number IS NOT NULL
"""
_MATCHES = """
CREATE TEMP TABLE judged AS
SELECT match_id, rule, min(number) AS number,
       min(number) <> max(number) OR bool_or(t.kind = ANY (%s)) AS is_false,
       count(*) FILTER (WHERE side = 'line') AS lines,
       count(*) FILTER (WHERE side = 'document') AS documents
FROM part JOIN truth t USING (number)
GROUP BY match_id, rule
"""
# How many matches, lines and documents a case has when everything of it was found.
_EXPECTED = {
    "exact": (1, 1, 1),
    "no_reference": (1, 1, 1),
    "duplicate": (1, 1, 1),
    "split": (1, 2, 1),
    "normalised": (1, 1, 1),
    "transaction": (1, 1, 1),
    "several_invoices": (1, 1, 2),
    "within_tolerance": (1, 1, 1),
    "refund": (1, 1, 1),
    "refund_by_parent": (2, 2, 2),
    "chargeback": (2, 2, 1),
    "reversal": (2, 3, 1),
    "fee": (1, 1, 0),
    "foreign": (1, 1, 1),
    "voucher": (1, 1, 2),
}
_CASES = """
SELECT t.kind, count(*),
       count(*) FILTER (WHERE (j.matches, j.lines, j.documents) = (e.matches, e.lines, e.documents))
FROM truth t
JOIN (VALUES {expected}) e (kind, matches, lines, documents) USING (kind)
LEFT JOIN (
    SELECT number, count(*) AS matches, sum(lines) AS lines, sum(documents) AS documents
    FROM judged WHERE NOT is_false GROUP BY number
) j USING (number)
GROUP BY t.kind ORDER BY t.kind
"""
_RULES = """
SELECT rule, count(*), count(*) FILTER (WHERE is_false) FROM judged GROUP BY rule ORDER BY rule
"""
# One case with more matches than it has sales is wrong however well its rows go together.
_TOO_MANY = """
SELECT count(*) FROM (
    SELECT number FROM judged j JOIN truth t USING (number)
    WHERE t.kind IN ('exact', 'duplicate') GROUP BY number HAVING count(*) > 1) more
"""


def judge() -> dict[str, Any]:
    """`false_matches`, `recall` over all cases, and both by rule and by kind of case."""
    expected = ", ".join(f"('{kind}', {a}, {b}, {c})" for kind, (a, b, c) in _EXPECTED.items())
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.part, pg_temp.judged")
        cursor.execute(_PARTS)
        cursor.execute(_MATCHES, [list(NEVER_MATCHED)])
        cursor.execute(_CASES.format(expected=expected))
        cases = {kind: {"cases": many, "found": hit} for kind, many, hit in cursor.fetchall()}
        cursor.execute(_RULES)
        by_rule = {rule: {"matches": many, "false": bad} for rule, many, bad in cursor.fetchall()}
        cursor.execute(_TOO_MANY)
        too_many = int(cursor.fetchone()[0])
    return {
        "cases": cases,
        "rules": by_rule,
        "false_matches": sum(rule["false"] for rule in by_rule.values()) + too_many,
        "recall": _share(cases),
    }


def _share(cases: dict[str, dict[str, int]]) -> float:
    """Of all cases or, when that is less, of those that are not simply exact."""
    designed = [told for kind, told in cases.items() if kind != "exact"]
    return min(_found(list(cases.values())), _found(designed))


def _found(cases: list[dict[str, int]]) -> float:
    many = sum(told["cases"] for told in cases)
    return sum(told["found"] for told in cases) / many if many else 1.0
