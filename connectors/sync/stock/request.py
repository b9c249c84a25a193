"""Contacts who asked to be told when something is in stock again, and what came of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper


class StockRequest(models.Model):
    """One request, answered once. Asking again later is another request.

    waiting → sending → sent; left out: the consent gate said no; refused: Marketing Cloud did;
    lapsed: waited for longer than admin allows. "sending" in no run has an unknown outcome:
    Marketing Cloud is asked before anything is sent again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Told"
        LEFT_OUT = "left_out", "Left out"
        REFUSED = "refused", "Refused"
        LAPSED = "lapsed", "Lapsed"

    sku = models.CharField(max_length=120)
    contact_key = models.CharField(max_length=120)
    email = models.CharField(max_length=254, blank=True)
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    why = models.CharField(max_length=250, blank=True)
    event_key = models.CharField(max_length=120, blank=True)
    event_id = models.CharField(max_length=64, blank=True)
    sending_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact_key", "sku", "requested_at"], name="one_stock_request"
            )
        ]
        indexes = [
            # Who waits for what.
            models.Index(Upper("sku"), condition=Q(state="waiting"), name="request_waiting"),
            # Those of a run that was lost.
            models.Index(
                fields=["sending_at"], condition=Q(state="sending"), name="request_sending"
            ),
            # Who was let into the journey a moment ago: an opt-out looks for them there.
            models.Index(fields=["done_at"], condition=Q(state="sent"), name="request_told"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_key} {self.sku}"

    @property
    def key(self) -> str:
        """What cases call it."""
        return f"{self.contact_key} {self.sku} {self.requested_at:%Y-%m-%d %H:%M}"[-120:]
