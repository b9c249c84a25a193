"""The row of the desk for one row of a data extension: what shall be there, and what is."""

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Upper


class OutgoingRow(models.Model):
    """What the desk wants in a data extension of Marketing Cloud, under our field names.

    `part` is a part of the target tables ("product"). `key` is its primary key, the values of
    several columns joined by "|". A row goes when `content_hash` differs from `confirmed_hash`, the
    content Marketing Cloud last confirmed. `refused_hash` is content it refused for good: that is
    not sent again until the content changes or a person says so. `attempts` are tries of the
    content there is now.
    """

    part = models.CharField(max_length=12)
    key = models.CharField(max_length=200)
    values = models.JSONField()
    content_hash = models.CharField(max_length=32)
    confirmed_hash = models.CharField(max_length=32, default="", blank=True)
    refused_hash = models.CharField(max_length=32, default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    last_error = models.CharField(max_length=250, default="", blank=True)
    changed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["part", "key"]
        constraints = [models.UniqueConstraint(fields=["part", "key"], name="one_outgoing_row")]
        indexes = [
            # What is still to go, in the order of its number.
            models.Index(
                fields=["part", "id"],
                condition=~Q(content_hash=F("confirmed_hash")) & ~Q(content_hash=F("refused_hash")),
                name="outgoing_to_go",
            ),
            # Products by the SKU of a request, whatever its case.
            models.Index("part", Upper("key"), name="outgoing_by_name"),
            # What Marketing Cloud refused, on the page of the flow.
            models.Index(
                fields=["part", "id"], condition=~Q(refused_hash=""), name="outgoing_refused"
            ),
            # The purchase history of some contacts.
            models.Index(
                KeyTextTransform("contact_key", "values"),
                condition=Q(part="purchase"),
                name="outgoing_contact",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.key}"
