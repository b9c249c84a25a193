"""What is set of a flow, what its people asked of it and what its calls came to."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from integration.schedules import title_of


class FlowSetting(models.Model):
    """What admins set of a flow: when and how often it runs, how much it takes, how fast.

    A flow that is `paused_at` does not run at all until somebody lets it go on. In its quiet hours
    it runs only when somebody starts it. The bucket (`tokens`, `refilled_at`) is for its own
    calls a second, shared by all workers.
    """

    class Priority(models.IntegerChoices):
        LOW = 1, "Low: gives way to all others"
        NORMAL = 2, "Normal"
        HIGH = 3, "High: the others give way"

    flow = models.CharField(max_length=60, unique=True)
    enabled = models.BooleanField(default=True)
    every_minutes = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    batch_size = models.PositiveIntegerField(
        default=200, validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    max_attempts = models.PositiveSmallIntegerField(default=8)
    silent_after_minutes = models.PositiveIntegerField(
        default=30, help_text="No success for this long is shown as silence."
    )
    priority = models.PositiveSmallIntegerField(
        choices=Priority, default=Priority.NORMAL, help_text="When calls to a system are scarce."
    )
    calls_per_second = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text="Of this flow alone. Empty: as many as the connections allow.",
    )
    quiet_from = models.TimeField(
        null=True, blank=True, help_text="From then on it does not run by itself."
    )
    quiet_until = models.TimeField(
        null=True, blank=True, help_text="Until then, the next morning if it is earlier."
    )
    paused_at = models.DateTimeField(null=True, editable=False)
    paused_by = models.CharField(max_length=150, blank=True, editable=False)
    tokens = models.FloatField(default=0, editable=False)
    refilled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["flow"]
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_have_both_ends",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                violation_error_message="Quiet hours need a beginning and an end.",
            )
        ]

    def __str__(self) -> str:
        return title_of(self.flow)

    def is_quiet(self, at: time) -> bool:
        """Whether the time of day lies in the quiet hours, which may go over midnight."""
        begins, ends = self.quiet_from, self.quiet_until
        if begins is None or ends is None or begins == ends:
            return False
        if begins < ends:
            return begins <= at < ends
        return at >= begins or at < ends


class FlowAsk(models.Model):
    """One row a flow. `asked_at` is empty when nobody has asked since it last began to run.

    `missed` is set by a task that found the flow running already: it runs once more afterwards.
    """

    flow = models.CharField(max_length=60, unique=True)
    asked_at = models.DateTimeField(null=True)
    missed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.flow


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
