"""How many calls each flow made to each system, hour by hour."""

from django.db import models


class FlowCalls(models.Model):
    """`failed` are those that went wrong, `slowed` among them those told to slow down."""

    flow = models.CharField(max_length=60)
    system = models.CharField(max_length=10)
    hour = models.DateTimeField(help_text="Its beginning.")
    calls = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    slowed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-hour", "flow", "system"]
        constraints = [
            # The page of the load reads the hours of one day.
            models.UniqueConstraint(fields=["hour", "flow", "system"], name="one_count_an_hour")
        ]

    def __str__(self) -> str:
        return f"{self.flow} {self.system} {self.hour:%Y-%m-%d %H}"
