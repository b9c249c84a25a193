"""What was matched since yesterday, and documents of several orders, are found among all others."""

import django.contrib.postgres.indexes
from django.db import migrations


FORWARD = """
CREATE INDEX document_of_several ON mirror_primadocument (kind)
    WHERE cardinality(order_numbers) > 1;
"""
BACKWARD = "DROP INDEX document_of_several;"


class Migration(migrations.Migration):

    dependencies = [
        ('mirror', '0011_by_day'),
        ('reconciliation', '0012_tolerance_and_late_changes'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddIndex(
            model_name='match',
            index=django.contrib.postgres.indexes.BrinIndex(fields=['made_at'], name='match_made'),
        ),
    ]
