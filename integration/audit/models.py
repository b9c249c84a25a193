"""The audit trail: append-only and hash-chained."""

from django.conf import settings
from django.db import models

from integration.core import searching

TEXTS = ("target_label", "target_id", "target_type")


class AuditEntry(models.Model):
    """Who did what to what, when. The database refuses to change or delete a row.

    `hash` is SHA-256 over the entry and `previous_hash`, so a removed or altered entry shows.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=150)
    action = models.CharField(max_length=80)
    target_type = models.CharField(max_length=80, blank=True)
    target_id = models.CharField(max_length=120, blank=True)
    target_label = models.CharField(max_length=250, blank=True)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            # History of one thing, on its page.
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
            # The trail of one person or one action, on the audit page.
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["action", "-id"], name="audit_action"),
            # The search for what it was done to.
            searching.index(*TEXTS, name="audit_texts"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.action} {self.target_label}".strip()
