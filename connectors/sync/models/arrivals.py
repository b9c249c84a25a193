"""What the remote systems send by themselves, as it came, and how they were asked to."""

from django.db import models
from django.db.models import Q

from integration.core.secrets import SecretField


class Inbound(models.Model):
    """A push as it arrived, kept before anything is made of it."""

    received_at = models.DateTimeField()
    body = models.TextField()
    signature = models.CharField(max_length=120)
    nonce = models.CharField(max_length=80, unique=True)
    order_key = models.CharField(max_length=120, blank=True)
    processed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S} {self.order_key}"


class NotificationCallback(models.Model):
    """Our address at Marketing Cloud's notification service, and the key that signs what comes.

    One row: creating → created → verified → subscribed. While it is being created, the service
    calls the address, which is how `verification_key` comes here.
    """

    class Status(models.TextChoices):
        CREATING = "creating", "Being registered"
        CREATED = "created", "Waiting to be verified"
        VERIFIED = "verified", "Verified"
        SUBSCRIBED = "subscribed", "Subscribed"
        BROKEN = "broken", "Not working"

    name = models.CharField(max_length=60, unique=True)
    url = models.URLField(max_length=300)
    callback_id = models.CharField(max_length=64, blank=True)
    verification_key = SecretField(blank=True, editable=False)
    signature_key = SecretField(blank=True, editable=False)
    previous_key = SecretField(
        blank=True, editable=False, help_text="Good for a while after a new key was made."
    )
    previous_until = models.DateTimeField(null=True, editable=False)
    subscription_id = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATING)
    created_at = models.DateTimeField()
    last_received_at = models.DateTimeField(null=True)
    refused = models.PositiveIntegerField(
        default=0, help_text="Messages whose signature was wrong."
    )
    message = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_status_display().lower()})"


class Notification(models.Model):
    """A message of the notification service as it came, kept before anything is made of it.

    The same body sent again is the same row.
    """

    received_at = models.DateTimeField()
    body = models.TextField()
    body_hash = models.CharField(max_length=64, unique=True)
    events = models.PositiveIntegerField(default=0)
    processed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-received_at"]
        indexes = [
            # What waits to be looked at.
            models.Index(
                fields=["id"], condition=Q(processed_at__isnull=True), name="notification_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S} {self.events}"


class PrimaSubscription(models.Model):
    """One row, of the company we are connected to. The secret is made here, and shown nowhere.

    A notification is only a hint where to look. `unheard` counts the looks that found news since
    the last one came: a few in a row, and Prima's notifications do not arrive.
    """

    class Status(models.TextChoices):
        CREATING = "creating", "Being registered"
        SUBSCRIBED = "subscribed", "Subscribed"
        NOT_OFFERED = "not_offered", "Not offered"
        BROKEN = "broken", "Not working"

    company = models.CharField(max_length=60, unique=True)
    url = models.URLField(max_length=300)
    remote_id = models.CharField(max_length=120, blank=True)
    secret = SecretField(blank=True, editable=False)
    previous_secret = SecretField(
        blank=True, editable=False, help_text="Good for a while after a new one was made."
    )
    previous_until = models.DateTimeField(null=True, editable=False)
    resources = models.JSONField(default=list)
    status = models.CharField(max_length=12, choices=Status, default=Status.CREATING)
    created_at = models.DateTimeField()
    last_received_at = models.DateTimeField(null=True)
    unheard = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(
        default=0, help_text="Messages whose signature was wrong or too old."
    )
    message = models.TextField(blank=True)

    class Meta:
        ordering = ["company"]
        verbose_name = "subscription at Prima"
        verbose_name_plural = "subscriptions at Prima"

    def __str__(self) -> str:
        return f"Prima {self.company} ({self.get_status_display().lower()})"
