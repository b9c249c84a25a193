"""Classes of items by how soon a change of their stock must be in Marketing Cloud."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

RULES = ("skus", "seasons", "brands", "kinds", "sold_within_days")


def listed(text: str) -> list[str]:
    """The entries of a list typed with commas or one a line, in capitals."""
    return [one.strip().upper() for one in text.replace(",", "\n").splitlines() if one.strip()]


class StockClass(models.Model):
    """An item belongs to the first class of which a rule fits; a class without rules takes the rest."""

    name = models.CharField(max_length=60, unique=True)
    place = models.PositiveSmallIntegerField(
        default=10, help_text="Classes are asked in this order; the first that fits is it."
    )
    every_minutes = models.PositiveIntegerField(
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(7 * 24 * 60)],
        help_text="How often changes of these items go to Marketing Cloud.",
    )
    skus = models.TextField("product codes", blank=True, help_text="Prima's, one a line.")
    seasons = models.CharField(max_length=250, blank=True, help_text="With commas between.")
    brands = models.CharField(max_length=250, blank=True, help_text="With commas between.")
    kinds = models.CharField(
        max_length=80,
        blank=True,
        help_text="Prima's kinds of item: stock, service, non_stock, kit. With commas between.",
    )
    sold_within_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Sold within so many days, in orders of Prima."
    )

    class Meta:
        ordering = ["place", "id"]
        verbose_name = "stock class"
        verbose_name_plural = "stock classes"

    def __str__(self) -> str:
        return self.name

    @property
    def takes_the_rest(self) -> bool:
        return not any(getattr(self, rule) for rule in RULES)

    def clean(self) -> None:
        others = StockClass.objects.exclude(pk=self.pk)
        if self.takes_the_rest and any(one.takes_the_rest for one in others):
            raise ValidationError("Another class without rules takes the rest already.")
