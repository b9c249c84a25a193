"""Which flows were asked to run soon, so that many who ask make one task."""

from django.db import models


class FlowAsk(models.Model):
    """One row a flow. `asked_at` is empty when nobody has asked since it last began to run.

    `missed` is set by a task that found the flow running already: it runs once more afterwards.
    """

    flow = models.CharField(max_length=60, unique=True)
    asked_at = models.DateTimeField(null=True)
    missed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.flow
