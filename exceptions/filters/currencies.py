"""The currencies that cases can be narrowed to."""

from django.db import connection

FOUND = """
WITH RECURSIVE found (currency) AS (
    (SELECT currency FROM exceptions_occurrence WHERE currency > '' ORDER BY currency LIMIT 1)
    UNION ALL
    SELECT (SELECT currency FROM exceptions_occurrence
            WHERE currency > found.currency ORDER BY currency LIMIT 1)
    FROM found WHERE found.currency IS NOT NULL
)
SELECT currency FROM found WHERE currency IS NOT NULL
"""
"""From one currency to the next along the index, however many orders are behind the cases."""


def currencies() -> list[tuple[str, str]]:
    """Of the orders that are or were behind a case."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND)
        return [(code, code) for (code,) in cursor.fetchall()]
