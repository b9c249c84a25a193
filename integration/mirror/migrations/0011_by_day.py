"""Orders and documents are found by their day."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mirror', '0010_texts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='bookedorder',
            index=models.Index(fields=['order_date'], name='booked_day'),
        ),
        migrations.AddIndex(
            model_name='primadocument',
            index=models.Index(fields=['date', 'minor'], name='document_day'),
        ),
    ]
