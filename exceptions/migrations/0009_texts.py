"""Cases are searched for through an index."""

import django.contrib.postgres.indexes
import integration.core.searching
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_search_grams'),
        ('exceptions', '0008_occurrence_currency'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='exceptioncase',
            index=django.contrib.postgres.indexes.GinIndex(integration.core.searching.Grams(models.Value(''), 'title'), gin_pending_list_limit=32768, name='case_texts'),
        ),
        migrations.AddIndex(
            model_name='occurrence',
            index=django.contrib.postgres.indexes.GinIndex(integration.core.searching.Grams(models.Value(''), 'external_id', 'label'), gin_pending_list_limit=32768, name='occurrence_texts'),
        ),
    ]
