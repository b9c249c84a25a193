"""Titles of before, which named customers, are made anew: by key, as every title is now."""

from typing import Any

from django.db import migrations

from exceptions.kind import kinds
from exceptions.storable import text

BATCH = 1_000
_CASES = """
UPDATE exceptions_exceptioncase AS it SET title = told.title
FROM unnest(%s::bigint[], %s::text[]) AS told (id, title) WHERE it.id = told.id
"""
# What was asked of Prima stands as title of the work, as note of the case, and in its results.
_WORK = """
WITH renamed AS (
    SELECT id, case_id, title AS was, left(CASE action
        WHEN 'create_account' THEN 'Open an account for contact ' || (payload #>> '{request,contact}')
        ELSE 'Set the tax number of account ' || (payload #>> '{request,account}') END, 250) AS title
    FROM exceptions_bulkjob
    WHERE action IN ('create_account', 'set_tax_number') AND payload ? 'request'
), noted AS (
    UPDATE exceptions_caseevent AS it SET note = renamed.title FROM renamed
    WHERE it.case_id = renamed.case_id AND it.action = 'acted' AND it.note = renamed.was
        AND renamed.was <> renamed.title
)
UPDATE exceptions_bulkjob AS it SET
    title = renamed.title,
    results = replace(it.results::text, to_jsonb(renamed.was)::text, to_jsonb(renamed.title)::text)::jsonb
FROM renamed WHERE it.id = renamed.id AND renamed.was <> renamed.title
"""


def by_key(apps: Any, schema_editor: Any) -> None:
    """A batch of cases at a time; only those whose kind would call them something else now."""
    cases, after = apps.get_model("exceptions", "ExceptionCase").objects.order_by("pk"), 0
    with schema_editor.connection.cursor() as cursor:
        while rows := list(
            cases.filter(pk__gt=after).values_list("pk", "kind", "title", "facts")[:BATCH]
        ):
            made = {
                pk: (text(kinds()[kind].title_for(facts), 250), title)
                for pk, kind, title, facts in rows
                if kind in kinds()
            }
            other = {pk: new for pk, (new, title) in made.items() if new != title}
            if other:
                cursor.execute(_CASES, [list(other), list(other.values())])
            after = rows[-1][0]
        cursor.execute(_WORK)


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0004_preflights")]
    operations = [migrations.RunPython(by_key, migrations.RunPython.noop)]
