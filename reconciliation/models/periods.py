"""Accounting periods: open, in review, signed by two, locked by the database."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Period(models.Model):
    """Some days of one company. While it is locked the database refuses to change what is in it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        REVIEW = "review", "In review"
        SIGNED = "signed", "Signed"
        LOCKED = "locked", "Locked"

    company = models.CharField(max_length=40, default="main")
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-first_day"]
        constraints = [
            models.UniqueConstraint(fields=["company", "first_day"], name="one_period_per_start"),
            models.CheckConstraint(name="period_days", condition=Q(last_day__gte=F("first_day"))),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%B %Y}"


class PeriodEvent(models.Model):
    """A step of a period: review begun, signed, locked, re-opened; with who, when and why."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=150)
    action = models.CharField(max_length=40)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.period}: {self.action}"


class LateArrival(models.Model):
    """Something dated in a locked period that came later, booked into the period given."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="late_arrivals")
    belongs_to = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=160)
    dated = models.DateField()
    amount = models.BigIntegerField(help_text="Minor units.")
    currency = models.CharField(max_length=3)
    arrived_at = models.DateTimeField()

    class Meta:
        ordering = ["-arrived_at"]
        constraints = [
            models.UniqueConstraint(fields=["object_type", "object_id"], name="late_once")
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}"
