"""A customer's page finds what was booked on their accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mirror', '0011_by_day'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='primaorder',
            index=models.Index(fields=['account_code'], name='prima_order_account'),
        ),
    ]
