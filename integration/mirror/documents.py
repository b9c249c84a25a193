"""Prima's orders, invoices, credit notes and receipts, as Prima last told them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Upper


class Letters(Func):
    """Only letters and digits, in upper case: "co-2026/17" and "CO202617" are the same."""

    function = "REGEXP_REPLACE"
    output_field = models.TextField()


def letters(column: str) -> Letters:
    return Letters(Upper(F(column)), Value("[^A-Z0-9]"), Value(""), Value("g"))


class Mirrored(models.Model):
    """What all copies share. `deleted_at` is a tombstone: Prima no longer has it.

    `read_at` is when its contents last changed here; `confirmed_at` when Prima last named it.
    """

    prima_id = models.CharField(max_length=64, unique=True)
    company = models.CharField(max_length=40, default="main")
    data = models.JSONField()
    version = models.CharField(max_length=64, blank=True)
    modified_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class BookedOrder(Mirrored):
    """An order as Prima holds it now, whoever booked it. Amounts are the order's own currency."""

    order_number = models.CharField(max_length=40, unique=True)
    external_system = models.CharField(max_length=20, blank=True)
    external_ref = models.CharField(max_length=120, blank=True)
    account_code = models.CharField(max_length=20, blank=True)
    order_date = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    tax = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    gross = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    discount = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    charges = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    line_count = models.PositiveIntegerField(default=0)
    order_status = models.CharField(max_length=20, blank=True)
    fulfilment_status = models.CharField(max_length=20, blank=True)
    invoice_status = models.CharField(max_length=20, blank=True)
    payment_status = models.CharField(max_length=20, blank=True)
    reference_key = models.GeneratedField(
        expression=letters("external_ref"), output_field=models.TextField(), db_persist=True
    )

    class Meta:
        ordering = ["-order_date", "order_number"]
        indexes = [
            # What is agreed of a month.
            models.Index(fields=["order_date"], name="booked_day"),
            # Campaign order to Prima order.
            models.Index(fields=["external_system", "external_ref"], name="booked_reference"),
            # What changed since the last reconciliation.
            models.Index(fields=["read_at"], name="booked_read"),
        ]

    def __str__(self) -> str:
        return self.order_number


class PrimaDocument(Mirrored):
    """An invoice, credit note or receipt. All amounts are positive; `kind` gives the direction."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        CREDIT_NOTE = "credit_note", "Credit note"
        RECEIPT = "receipt", "Receipt"

    kind = models.CharField(max_length=12, choices=Kind)
    number = models.CharField(max_length=40)
    date = models.DateField()
    due_date = models.DateField(null=True)
    account_code = models.CharField(max_length=20, blank=True)
    order_number = models.CharField(max_length=40, blank=True)
    order_numbers = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    external_ref = models.CharField(max_length=120, blank=True)
    invoice_number = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    tax = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    gross = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    minor = models.BigIntegerField(
        default=0, help_text="Gross in minor units; a credit note's is negative."
    )
    outstanding = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    method = models.CharField(max_length=40, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    transaction_id = models.CharField(max_length=120, blank=True)
    voucher_number = models.CharField(max_length=60, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    customer_email = models.CharField(max_length=254, blank=True)
    reference_key = models.GeneratedField(
        expression=letters("external_ref"), output_field=models.TextField(), db_persist=True
    )

    class Meta:
        ordering = ["-date", "kind", "number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="one_document_per_number")
        ]
        indexes = [
            # Order to its documents.
            models.Index(fields=["order_number", "kind"], name="document_order"),
            # What a line without a match might belong to by its amount, about its day.
            models.Index(fields=["date", "minor"], name="document_day"),
            # What an account was invoiced, for its purchase history.
            models.Index(Upper("account_code"), name="document_account"),
            # What changed since the last reconciliation.
            models.Index(fields=["read_at"], name="document_read"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
