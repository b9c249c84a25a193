"""Texts are found by what stands anywhere in them through an index of their pieces.

A piece is three letters in a row, in capitals; see `integration.core.searching`.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION search_grams(VARIADIC said text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(substr(whole, place, 3)), '{}')
    FROM upper(array_to_string(said, E'\\n')) AS whole,
        generate_series(1, length(whole) - 2) AS place
$$;
"""
BACKWARD = "DROP FUNCTION search_grams(VARIADIC text[]);"


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
