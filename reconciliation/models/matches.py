"""What belongs together: lines of gateways and documents of Prima, each in one match at most."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from integration.mirror.documents import PrimaDocument
from reconciliation.models.payouts import BankLine, GatewayLine, Payout


class Match(models.Model):
    """One or several lines against one or several documents, in one currency, minor units.

    `difference` is what a tolerance swallowed, left minus right; it is totalled and shown. Made by
    a rule, or by a person with a reason. An undone match stays for the record.
    """

    control = models.CharField(max_length=40)
    rule = models.CharField(max_length=40)
    company = models.CharField(max_length=40, default="main")
    currency = models.CharField(max_length=3)
    left_total = models.BigIntegerField()
    right_total = models.BigIntegerField()
    difference = models.BigIntegerField(default=0)
    day = models.DateField(help_text="Day of the latest line: decides the period.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_by_name = models.CharField(max_length=150, default="Prima desk")
    reason = models.CharField(max_length=250, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by_name = models.CharField(max_length=150, blank=True)
    undone_reason = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name_plural = "matches"
        indexes = [
            # The overview: matched value per control, currency and day.
            models.Index(
                fields=["control", "currency", "day"],
                condition=Q(undone_at__isnull=True),
                name="match_active",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.control} {self.rule} {self.pk}"


class MatchLine(models.Model):
    """A gateway's line in a match. `active` falls when the match is undone."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(GatewayLine, on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(active=True), name="a_line_is_matched_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.match_id}: line {self.line_id}"


class MatchDocument(models.Model):
    """A document of Prima in a match."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(PrimaDocument, on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(active=True), name="a_document_is_matched_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.match_id}: document {self.document_id}"


class BankMatch(models.Model):
    """A payout that arrived at the bank. One payout, one booking; the bank may sum several."""

    payout = models.OneToOneField(Payout, on_delete=models.PROTECT, related_name="bank_match")
    bank_line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="payout_matches")
    rule = models.CharField(max_length=40)
    difference = models.BigIntegerField(default=0, help_text="Minor units the bank lacks.")
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=150, default="Prima desk")

    class Meta:
        verbose_name_plural = "bank matches"

    def __str__(self) -> str:
        return f"{self.payout} ↔ {self.bank_line_id}"
