"""Writes many rows in one statement, as one JSON text that the database takes apart itself.

Django's own way gives PostgreSQL a list for every column, and writing those lists out takes longer
than everything else that is done with the rows.
"""

import json
from collections.abc import Sequence

from django.db import connection as database
from django.db.models import Model


def write(rows: Sequence[Model], *, unique: str = "", update: Sequence[str] = ()) -> None:
    """Inserts the rows, all of one model and without ids.

    Of rows whose `unique` field is taken, the fields in `update` are written. Without `unique`, the
    rows that are there are left as they are.
    """
    if not rows:
        return
    meta = type(rows[0])._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    records = [{field.column: getattr(row, field.attname) for field in fields} for row in rows]
    name = database.ops.quote_name
    columns_by_field = {field.name: field.column for field in fields}
    columns = ", ".join(map(name, columns_by_field.values()))
    table = name(meta.db_table)
    taken = "DO NOTHING"
    if unique:
        news = ", ".join(f"{name(field)} = excluded.{name(field)}" for field in update)
        taken = f"({name(columns_by_field[unique])}) DO UPDATE SET {news}"
    statement = (
        f"INSERT INTO {table} ({columns}) "  # noqa: S608 - the model's own names
        f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s) "
        f"ON CONFLICT {taken}"
    )
    with database.cursor() as cursor:
        cursor.execute(statement, [as_json(records)])


def as_json(records: Sequence[object]) -> str:
    """Rows as the one text."""
    return json.dumps(records, default=str, ensure_ascii=False)
