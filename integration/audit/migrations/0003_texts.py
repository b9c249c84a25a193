"""The trail is searched through an index."""

import django.contrib.postgres.indexes
import integration.core.searching
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_search_grams'),
        ('audit', '0002_append_only'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='auditentry',
            index=django.contrib.postgres.indexes.GinIndex(integration.core.searching.Grams(models.Value(''), 'target_label', 'target_id', 'target_type'), gin_pending_list_limit=32768, name='audit_texts'),
        ),
    ]
