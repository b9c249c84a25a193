"""Home reads what waits from indexes of that alone."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0010_prima_subscription'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='orderevent',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'held'])), fields=['state', 'noted_at'], name='event_backlog'),
        ),
        migrations.AddIndex(
            model_name='syncitem',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'held'])), fields=['flow', 'state', 'created_at'], name='item_backlog'),
        ),
    ]
