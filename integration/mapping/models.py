"""Mappings: what a value of the campaigns means in Prima, and from when until when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper

from integration.mapping.back_in_stock import BackInStock
from integration.mapping.stock_classes import StockClass
from integration.records.milestones import Milestone

__all__ = [
    "BackInStock",
    "DateSpan",
    "DiscountRelease",
    "EffectiveMapping",
    "MilestoneEvent",
    "OrderPolicy",
    "ProductMapping",
    "PromotionMapping",
    "SourceTable",
    "StockClass",
    "TargetTable",
    "TaxRule",
    "TextRange",
    "ValueMapping",
    "exactly",
    "span",
]


class DateSpan(Func):
    """PostgreSQL's daterange over the two date columns, both ends included."""

    function = "DATERANGE"
    output_field = DateRangeField()


class TextRange(Func):
    """A range over text."""

    function = "TEXTRANGE"
    output_field = DateRangeField()  # Any range serves: only the operator looks at it.


def exactly(column: str) -> TextRange:
    """The text, whatever its case, as a range of one: GiST compares it without an extension."""
    return TextRange(Upper(column), Upper(column), Value("[]"))


def span() -> DateSpan:
    return DateSpan(F("valid_from"), F("valid_to"), Value("[]"))


class EffectiveMapping(models.Model):
    """A mapping with effective dates. `valid_to` is the last day; empty means until further notice."""

    valid_from = models.DateField(default="2020-01-01")
    valid_to = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=250, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class ProductMapping(EffectiveMapping):
    """A SKU of the campaigns → a product code of Prima (`sku_key` for matrix products)."""

    source_sku = models.CharField("campaign SKU", max_length=120)
    prima_sku = models.CharField("Prima product code", max_length=80)

    class Meta:
        ordering = ["source_sku", "-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="product_mapping_no_overlap",
                expressions=[
                    (exactly("source_sku"), RangeOperators.OVERLAPS),
                    (span(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=(
                    "This SKU is already mapped on some of these days. End the other mapping first."
                ),
            ),
            models.CheckConstraint(
                name="product_mapping_dates",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="The last day must not be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_sku} → {self.prima_sku}"


class PromotionMapping(EffectiveMapping):
    """A promotion code of the campaigns → where its money goes in Prima.

    `source_code` is the campaign's code, compared without case. Limits are of one order: above them
    a person of finance approves first. No limit set means the limits of the order policy.
    """

    class Treatment(models.TextChoices):
        DISCOUNT = "discount", "Discount on lines"
        CHARGE = "charge", "Reduction of a charge"
        PAYMENT = "payment", "Payment (voucher or credit)"

    source_code = models.CharField("campaign promotion code", max_length=80)
    treatment = models.CharField(max_length=10, choices=Treatment, default=Treatment.DISCOUNT)
    prima_code = models.CharField(
        "Prima code",
        max_length=40,
        help_text="Promotion code, charge code or payment method, depending on the treatment.",
    )
    max_percent = models.DecimalField(
        "limit in percent of the order", max_digits=7, decimal_places=4, null=True, blank=True
    )
    max_amount = models.DecimalField(
        "limit as an amount", max_digits=12, decimal_places=3, null=True, blank=True
    )
    may_stack = models.BooleanField("may be combined with others", default=True)

    class Meta:
        ordering = ["source_code", "-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="promotion_mapping_no_overlap",
                expressions=[
                    (exactly("source_code"), RangeOperators.OVERLAPS),
                    (span(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=(
                    "This promotion is already mapped on some of these days. "
                    "End the other mapping first."
                ),
            ),
            models.CheckConstraint(
                name="promotion_mapping_dates",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="The last day must not be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_code} → {self.prima_code}"


class ValueMapping(EffectiveMapping):
    """Any other value of the campaigns → Prima's word for it, by domain."""

    class Domain(models.TextChoices):
        CHARGE = "charge", "Charge"
        PAYMENT_METHOD = "payment_method", "Payment method"
        TERMS = "terms", "Payment terms"
        COUNTRY = "country", "Country"
        TAX_CODE = "tax_code", "Tax code"
        SOURCE_MEDIA = "source_media", "Campaign source"
        ATTRIBUTE = "attribute", "Attribute"

    domain = models.CharField(max_length=20, choices=Domain)
    source = models.CharField("campaign value", max_length=120)
    target = models.CharField("Prima value", max_length=120)

    class Meta:
        ordering = ["domain", "source", "-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="value_mapping_no_overlap",
                expressions=[
                    (exactly("domain"), RangeOperators.OVERLAPS),
                    (exactly("source"), RangeOperators.OVERLAPS),
                    (span(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=(
                    "This value is already mapped on some of these days. "
                    "End the other mapping first."
                ),
            ),
            models.CheckConstraint(
                name="value_mapping_dates",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="The last day must not be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_domain_display()}: {self.source} → {self.target}"


class TaxRule(models.Model):
    """What a customer in a country needs, and which tax code their goods get.

    `customer_type` "any" is used when no rule names the type. `country` "*" is used when no rule
    names the country. An empty `tax_code` leaves the tax code of the item.
    """

    country = models.CharField(max_length=2, help_text="ISO code, or * for every other country.")
    customer_type = models.CharField(
        max_length=10,
        choices=[("company", "Companies"), ("person", "Persons"), ("any", "Anybody")],
        default="any",
    )
    tax_number_required = models.BooleanField(default=False)
    tax_code = models.CharField("tax code instead of the item's", max_length=10, blank=True)

    class Meta:
        ordering = ["country", "customer_type"]
        constraints = [
            models.UniqueConstraint(fields=["country", "customer_type"], name="one_tax_rule")
        ]

    def __str__(self) -> str:
        return f"{self.country} / {self.get_customer_type_display()}"


class OrderPolicy(models.Model):
    """What the desk lets through. One row."""

    currencies = models.CharField(
        "currencies allowed", max_length=200, default="GBP,EUR", help_text="ISO codes with commas."
    )
    max_discount_percent = models.DecimalField(
        "discount limit in percent of the order",
        max_digits=7,
        decimal_places=4,
        default=40,
        help_text="Above it finance approves first.",
    )
    max_discount_amount = models.DecimalField(
        "discount limit as an amount", max_digits=12, decimal_places=3, default=500
    )
    max_promotions = models.PositiveSmallIntegerField("promotions per order at most", default=3)
    max_lines = models.PositiveIntegerField("lines per order at most", default=500)
    max_quantity = models.PositiveIntegerField("quantity per line at most", default=10_000)
    oldest_order_days = models.PositiveIntegerField("oldest order taken, in days", default=365)
    default_source_media = models.CharField("source media when none", max_length=20, blank=True)
    default_tax_code = models.CharField(
        "tax code of charges without one", max_length=10, default="S"
    )

    class Meta:
        verbose_name_plural = "order policy"

    def __str__(self) -> str:
        return "Order policy"


class SourceTable(models.Model):
    """A data extension that the desk reads, and what its columns are called.

    `columns` maps our field to their column, e.g. {"key": "OrderKey"}; absent fields keep the
    names of `integration.mapping.columns`.
    """

    class Part(models.TextChoices):
        ORDER = "order", "Orders"
        LINE = "line", "Order lines"
        PROMOTION = "promotion", "Order promotions"
        CONTACT = "contact", "Contacts and leads"
        WAITING = "waiting", "Back-in-stock requests"

    part = models.CharField(max_length=10, choices=Part, unique=True)
    data_extension = models.CharField("external key of the data extension", max_length=60)
    columns = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["part"]

    def __str__(self) -> str:
        return f"{self.get_part_display()}: {self.data_extension}"


class TargetTable(models.Model):
    """A data extension that the desk writes; without a row it has its usual name and columns.

    `columns` maps our field to their column, as for a source table.
    """

    class Part(models.TextChoices):
        CONTACT = "contact", "Customers and their consent"
        PRODUCT = "product", "Products and stock"
        ORDER = "order", "Orders and their state"
        ORDER_LINE = "order_line", "Order lines"
        PURCHASE = "purchase", "Purchase history"

    part = models.CharField(max_length=12, choices=Part, unique=True)
    data_extension = models.CharField("external key of the data extension", max_length=60)
    columns = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["part"]

    def __str__(self) -> str:
        return f"{self.get_part_display()}: {self.data_extension}"


class MilestoneEvent(EffectiveMapping):
    """A milestone of an order → the event definition whose journey tells the customer.

    `columns` maps our field to the name the entry data extension uses, as for a target table.
    Events of orders carry no marketing, so a marketing opt-out does not stop them.
    """

    milestone = models.CharField(
        max_length=20, choices=[(one.value, one.label) for one in Milestone]
    )
    event_definition = models.CharField("key of the event definition", max_length=100)
    columns = models.JSONField(default=dict, blank=True)
    latest_after_hours = models.PositiveIntegerField(
        "told at the latest, in hours",
        default=72,
        help_text="What the desk learns later than this is noted and not told any more.",
    )
    wait_minutes = models.PositiveIntegerField(
        "wait for tracking, in minutes",
        default=120,
        help_text="A despatch waits so long for its tracking number, and then goes without.",
    )
    service_only = models.BooleanField(
        "service messages only",
        default=False,
        help_text=(
            "The journey says what became of the order and advertises nothing. Contacts who opted "
            "out of marketing enter it, too."
        ),
    )

    class Meta:
        ordering = ["milestone", "-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="milestone_event_no_overlap",
                expressions=[
                    (exactly("milestone"), RangeOperators.OVERLAPS),
                    (span(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=(
                    "This milestone has an event on some of these days. End the other one first."
                ),
            ),
            models.CheckConstraint(
                name="milestone_event_dates",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="The last day must not be before the first.",
            ),
            models.CheckConstraint(
                name="milestone_event_is_service",
                condition=Q(service_only=True),
                violation_error_message=(
                    "Events of orders reach people who opted out of marketing. Confirm that the "
                    "journey carries service messages only."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_milestone_display()} → {self.event_definition}"


class DiscountRelease(models.Model):
    """Finance let one order pass with this promotion, as the order stood (`content_hash`)."""

    order_key = models.CharField(max_length=120)
    promotion_code = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    approval = models.CharField(max_length=40, help_text="Number of the approval.")
    released_by = models.CharField(max_length=150)
    released_at = models.DateTimeField()

    class Meta:
        ordering = ["-released_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["order_key", "promotion_code", "content_hash"], name="one_discount_release"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_key} {self.promotion_code}"
