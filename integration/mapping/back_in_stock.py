"""How contacts are told that a product is there again."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class BackInStock(models.Model):
    """One row. Without an event nobody is told, and the requests wait."""

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        SMS = "sms", "Text message"

    event_key = models.CharField(
        "event definition key",
        max_length=120,
        blank=True,
        help_text="Of the journey in Marketing Cloud that tells them. Empty: nobody is told.",
    )
    channel = models.CharField(
        max_length=5,
        choices=Channel,
        default=Channel.EMAIL,
        help_text="How the journey reaches them: who said no to that is left out.",
    )
    least_stock = models.DecimalField(
        max_digits=12,
        decimal_places=3,
        default=1,
        validators=[MinValueValidator(0)],
        help_text="So much must be there before anybody is told.",
    )
    wait_days = models.PositiveSmallIntegerField(
        default=180,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text="A request older than this lapses.",
    )

    class Meta:
        verbose_name = "back in stock"
        verbose_name_plural = "back in stock"

    def __str__(self) -> str:
        return self.event_key or "nobody is told"
