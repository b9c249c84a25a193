"""What went into each step of the control totals on a day, kept by the runs; the next one fills it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0016_settled_differences")]
    operations = [
        migrations.CreateModel(
            name="DayTotal",
            fields=[
                ("key", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("company", models.CharField(default="main", max_length=40)),
                ("day", models.DateField()),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("amount", models.BigIntegerField()),
            ],
            options={
                "ordering": ["-day", "key"],
                "indexes": [models.Index(fields=["day"], name="day_total_day")],
            },
        ),
    ]
