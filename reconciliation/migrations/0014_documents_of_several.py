"""The database knows how few documents are of several orders, so that it goes by their index."""

from django.db import migrations

FORWARD = """
CREATE STATISTICS document_orders ON (cardinality(order_numbers)) FROM mirror_primadocument;
"""
BACKWARD = "DROP STATISTICS document_orders;"


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0013_match_made")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
