"""What Prima last said can be sold of each item."""

from django.db import models
from django.db.models import Q


class Stock(models.Model):
    """Free stock of one item, in its unit. Unknown is not zero: then `free_stock` is empty."""

    class Status(models.TextChoices):
        KNOWN = "known", "Known"
        UNKNOWN = "unknown", "Unknown"

    sku_key = models.CharField(max_length=80, unique=True)
    status = models.CharField(max_length=8, choices=Status)
    free_stock = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    available_on = models.DateField(null=True)
    warehouse = models.CharField(max_length=40, blank=True)
    as_of = models.DateTimeField(null=True)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["sku_key"]
        constraints = [
            models.CheckConstraint(
                name="known_stock_is_a_number",
                condition=Q(status="known", free_stock__isnull=False)
                | Q(status="unknown", free_stock__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sku_key} {'unknown' if self.free_stock is None else self.free_stock}"
