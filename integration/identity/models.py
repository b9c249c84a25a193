"""Customers and every key the two systems know them by."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from integration.identity.durable import new_uid
from integration.identity.reviews import Candidate, Distinction, LinkOutcome, LinkRun

__all__ = [
    "DEFAULT_COMPANY",
    "Candidate",
    "Customer",
    "CustomerLink",
    "Distinction",
    "LinkOutcome",
    "LinkRun",
    "Merger",
]

DEFAULT_COMPANY = "main"


class Customer(models.Model):
    """One customer under one durable key. A merged one stays, and points to who they became.

    `name` is a copy for lists; what is known of the customer is in both systems.
    """

    uid = models.UUIDField(primary_key=True, default=new_uid, editable=False)
    name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    merged_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["uid"]
        constraints = [
            models.CheckConstraint(
                name="customer_merged_with_a_date",
                condition=Q(merged_into__isnull=True, merged_at__isnull=True)
                | Q(merged_into__isnull=False, merged_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """By its key: what it is called by goes into the audit trail and onto pages of everybody."""
        return str(self.uid)

    def called(self, *, personal: bool) -> str:
        """Name and key for those who may see personal data, the key alone for all others."""
        return f"{self.name} ({self.uid})" if personal and self.name else str(self.uid)


class CustomerLink(models.Model):
    """A key by which a system knows a customer: a contact key, or an account code of a company.

    `active` is the key that is written to; an `alias` resolves as well, for ever; a `retired` one
    was taken back and stays for the record. A key belongs to one customer at a time, whatever its
    case, and a customer has one active key in each system and company.
    """

    class System(models.TextChoices):
        SFMC = "sfmc", "Marketing Cloud"
        PRIMA = "prima", "Prima"

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        ALIAS = "alias", "Alias"
        RETIRED = "retired", "Retired"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="links")
    system = models.CharField(max_length=10, choices=System)
    company = models.CharField(max_length=40, default=DEFAULT_COMPANY)
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    method = models.CharField(max_length=40, help_text="How it was found.")
    evidence = models.JSONField(default=dict, blank=True)
    linked_by = models.CharField(max_length=150)
    linked_at = models.DateTimeField(auto_now_add=True)
    retired_by = models.CharField(max_length=150, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["system", "key", "-linked_at"]
        constraints = [
            models.UniqueConstraint(
                "system",
                "company",
                Upper("key"),
                condition=~Q(state="retired"),
                name="a_key_belongs_to_one_customer",
            ),
            models.UniqueConstraint(
                fields=["customer", "system", "company"],
                condition=Q(state="active"),
                name="one_active_key_per_system",
            ),
            models.CheckConstraint(
                name="link_retired_with_a_date",
                condition=Q(state="retired", retired_at__isnull=False)
                | (~Q(state="retired") & Q(retired_at__isnull=True)),
            ),
        ]
        indexes = [
            # The history of a key, retired links too.
            models.Index("system", Upper("key"), name="link_key"),
        ]

    def __str__(self) -> str:
        return f"{self.get_system_display()} {self.key}"


class Merger(models.Model):
    """Two customers that were found to be one, and what it takes to have them apart again.

    `snapshot` has the links of both as they were, and those the merger made.
    """

    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="mergers")
    gone = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    snapshot = models.JSONField()
    reason = models.CharField(max_length=250)
    merged_by = models.CharField(max_length=150)
    merged_at = models.DateTimeField()
    undone_by = models.CharField(max_length=150, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_why = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-merged_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"],
                condition=Q(undone_at__isnull=True),
                name="merged_into_one_customer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone} into {self.kept}"
