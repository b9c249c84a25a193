"""Parcels as Prima last told them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from integration.mirror.documents import Mirrored


class Shipment(Mirrored):
    """A parcel of one or more orders. `tracking` is empty when Prima has told none (yet)."""

    number = models.CharField(max_length=40)
    order_numbers = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    carrier = models.CharField(max_length=80, blank=True)
    service = models.CharField(max_length=80, blank=True)
    tracking = models.CharField(max_length=120, blank=True)
    despatched_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["despatched_at", "number"]
        indexes = [
            # Order to its parcels.
            GinIndex(fields=["order_numbers"], name="shipment_orders"),
        ]

    def __str__(self) -> str:
        return self.number
