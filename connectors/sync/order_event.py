"""The outbox of order events: what customers are told of their orders, each once."""

from django.db import models
from django.db.models import Q

from integration.records.milestones import Milestone


class OrderEvent(models.Model):
    """A milestone an order has reached, and whether its customer was told.

    waiting → sending → sent; held: a person must act; passed: noted, and not told. `data` is what
    was told, without the address: that goes out and is not kept here. `parcel` names
    the parcel of a part despatch. An event that was being sent when its worker was lost is "in
    doubt": Marketing Cloud is asked before it is sent again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        HELD = "held", "Held"
        PASSED = "passed", "Passed over"

    key = models.CharField(
        max_length=110, unique=True, help_text="Journeys may tell repeats by it."
    )
    order_number = models.CharField(max_length=40)
    milestone = models.CharField(
        max_length=20, choices=[(one.value, one.label) for one in Milestone]
    )
    parcel = models.CharField(max_length=40, blank=True)
    reached_at = models.DateTimeField(help_text="When the order got there, as Prima tells.")
    noted_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    contact_key = models.CharField(max_length=120, blank=True)
    event_definition = models.CharField(max_length=100, blank=True)
    event_id = models.CharField(
        max_length=60, blank=True, help_text="Number Marketing Cloud gave it."
    )
    data = models.JSONField(default=dict, help_text="What was told.")
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    in_doubt = models.BooleanField(default=False)
    insisted = models.BooleanField(default=False, help_text="A person wants it told though late.")
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=250, blank=True, help_text="Why it waits, or was passed.")

    class Meta:
        ordering = ["-reached_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order_number", "milestone", "parcel"], name="one_event_per_milestone"
            ),
        ]
        indexes = [
            # The sender's claim.
            models.Index(
                fields=["not_before", "id"], condition=Q(state="waiting"), name="event_waiting"
            ),
            # What waits and what is held, among years of what was told.
            models.Index(
                fields=["state", "noted_at"],
                condition=Q(state__in=["waiting", "held"]),
                name="event_backlog",
            ),
            # The list of events, newest first.
            models.Index(fields=["-reached_at", "-id"], name="event_recent"),
            # Doubts are settled by contact and definition.
            models.Index(fields=["contact_key", "event_definition"], name="event_contact"),
        ]

    def __str__(self) -> str:
        return self.key


def key_of(order_number: str, milestone: str, parcel: str = "") -> str:
    """The key of an event as it is first noted; it stays when the parcel gets known later."""
    return ":".join(part for part in (order_number, milestone, parcel) if part)
