"""An index of what differs and is settled: it counts as agreed, and a payout line as adjusted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0015_every_late_change")]
    operations = [
        migrations.AddIndex(
            model_name="difference",
            index=models.Index(
                fields=["control", "key"],
                condition=models.Q(state__in=["adjusted", "tolerated"]),
                name="difference_settled",
            ),
        ),
    ]
