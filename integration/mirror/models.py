"""What each system last said, as rows. The remote stays the owner; these are copies."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Upper

from integration.core import searching
from integration.mirror import texts
from integration.mirror.contacts import Contact
from integration.mirror.documents import BookedOrder, PrimaDocument
from integration.mirror.order_words import words
from integration.mirror.shipments import Shipment
from integration.mirror.stock import Stock

__all__ = [
    "BookedOrder",
    "CampaignOrder",
    "Contact",
    "OrderCorrection",
    "PrimaCode",
    "PrimaCustomer",
    "PrimaDocument",
    "PrimaItem",
    "PrimaOrder",
    "Shipment",
    "Stock",
]


class CampaignOrder(models.Model):
    """A campaign order as it last arrived. `payload` is {"order": {}, "lines": [], "promotions": []}.

    The values in `payload` are the source's own text under our field names. `sent_hash` is the
    content that was sent to Prima; a later arrival with another hash is "changed after sending".
    """

    class Via(models.TextChoices):
        POLL = "poll", "Read from Marketing Cloud"
        PUSH = "push", "Pushed by a journey"

    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField()
    content_hash = models.CharField(max_length=64)
    sent_hash = models.CharField(max_length=64, blank=True)
    contact_key = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True)
    customer_name = models.CharField(max_length=200, blank=True)
    campaign = models.CharField(max_length=120, blank=True)
    journey = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=10, blank=True)
    total_paid = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    ordered_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField(null=True)
    via = models.CharField(max_length=4, choices=Via, default=Via.POLL)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-ordered_at", "key"]
        indexes = [
            # Orders waiting for a customer, when an account changes in Prima.
            models.Index(fields=["contact_key"], name="order_contact"),
            # The search box.
            models.Index(Upper("email"), name="order_email"),
            # The list of orders.
            models.Index(fields=["-ordered_at", "key"], name="order_recent"),
            # The search for any part of what an order is known by.
            searching.index(*texts.ORDERS, name="order_texts"),
            # What uses the mapping of a product or promotion.
            GinIndex(words("lines", "sku"), name="order_skus"),
            GinIndex(words("promotions", "code"), name="order_promotions"),
        ]

    def __str__(self) -> str:
        return self.key


class OrderCorrection(models.Model):
    """A person's correction of one order, kept beside the original.

    `changes` maps a JSON Pointer into the payload to {"from": …, "to": …}, and "of", which row of a
    list it was. The newest active correction of a pointer counts.
    """

    order = models.ForeignKey(CampaignOrder, on_delete=models.PROTECT, related_name="corrections")
    changes = models.JSONField()
    reason = models.CharField(max_length=250)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=150)
    made_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Correction of {self.order_id}"


class PrimaOrder(models.Model):
    """The order Prima booked for a campaign order: one for one, for ever."""

    campaign_order = models.OneToOneField(
        CampaignOrder, on_delete=models.PROTECT, related_name="prima_order"
    )
    prima_id = models.CharField(max_length=64)
    order_number = models.CharField(max_length=40, unique=True)
    account_code = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    gross = models.DecimalField(max_digits=18, decimal_places=4)
    order_status = models.CharField(max_length=20)
    payload = models.JSONField(help_text="What was sent.")
    found = models.BooleanField(
        default=False, help_text="Found in Prima after a doubtful answer, not created just then."
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            # What was booked on the accounts of a customer.
            models.Index(fields=["account_code"], name="prima_order_account"),
        ]

    def __str__(self) -> str:
        return self.order_number


class PrimaCustomer(models.Model):
    """An account of Prima. `data` is the whole record; the columns serve look-ups."""

    prima_id = models.CharField(max_length=64, unique=True)
    account_code = models.CharField(max_length=20, unique=True)
    contact_key = models.CharField(
        max_length=120, blank=True, help_text="External key stored at the account."
    )
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    is_pool = models.BooleanField(default=False)
    status = models.CharField(max_length=10, default="active")
    data = models.JSONField()
    version = models.CharField(max_length=64, blank=True)
    modified_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["account_code"]
        indexes = [
            # The order flow resolves customers by key, then by e-mail.
            models.Index(fields=["contact_key"], condition=~Q(contact_key=""), name="customer_key"),
            models.Index(Upper("email"), condition=~Q(email=""), name="customer_email"),
            # … and by tax number and telephone.
            models.Index(fields=["vat_number"], condition=~Q(vat_number=""), name="customer_vat"),
            models.Index(KeyTextTransform("phone", "data"), name="customer_phone"),
            # Suggestions by postcode.
            models.Index(Upper("postcode"), condition=~Q(postcode=""), name="customer_postcode"),
            # The search, and suggestions by words of the name.
            searching.index(*texts.ACCOUNTS, name="customer_texts"),
        ]

    def __str__(self) -> str:
        return f"{self.account_code} {self.name}"


class PrimaItem(models.Model):
    """A product code of Prima."""

    sku_key = models.CharField(max_length=80, unique=True)
    sku = models.CharField(max_length=40)
    description = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    status = models.CharField(max_length=12, default="active")
    tax_code = models.CharField(max_length=10, blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    gtin = models.CharField(max_length=20, blank=True)
    data = models.JSONField()
    version = models.CharField(max_length=64, blank=True)
    modified_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["sku_key"]
        indexes = [
            # The order flow maps a SKU without regard to case.
            models.Index(Upper("sku_key"), name="item_key"),
            # Documents name an item by its code without the matrix codes, too.
            models.Index(Upper("sku"), name="item_code"),
            # The search.
            searching.index(*texts.ITEMS, name="item_texts"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_key} {self.description}"


class PrimaCode(models.Model):
    """An entry of Prima's reference lists. `rate` (percent) only for tax codes."""

    class List(models.TextChoices):
        TAX = "tax", "Tax codes"
        CHARGE = "charge", "Charge codes"
        PROMOTION = "promotion", "Promotion codes"
        SOURCE_MEDIA = "source_media", "Source media"
        PAYMENT_METHOD = "payment_method", "Payment methods"

    list = models.CharField(max_length=20, choices=List)
    code = models.CharField(max_length=40)
    description = models.CharField(max_length=200, blank=True)
    tax_code = models.CharField(max_length=10, blank=True)
    rate = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["list", "code"]
        constraints = [models.UniqueConstraint(fields=["list", "code"], name="one_code_per_list")]

    def __str__(self) -> str:
        return f"{self.code} {self.description}"
