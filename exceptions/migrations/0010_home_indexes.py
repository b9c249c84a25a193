"""Home reads what waits from indexes of that alone."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exceptions', '0009_texts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='occurrence',
            index=models.Index(fields=['first_seen_at'], include=('case',), name='occurrence_recent'),
        ),
        migrations.AddIndex(
            model_name='occurrence',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['case', 'external_id'], include=('currency', 'amount'), name='occurrence_open'),
        ),
    ]
