"""Our address at Prima, which notifies it of changes, and the secret that signs what comes."""

from django.db import models

from integration.core.secrets import SecretField


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
