"""What belongs together: lines of gateways and documents of Prima, each in one match at most."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from integration.mirror.documents import PrimaDocument
from reconciliation.models.payouts import BankLine, GatewayLine, Payout


class Heads(models.Manager["Match"]):
    """One row for each match, however many lines and documents are in it."""

    def get_queryset(self) -> models.QuerySet["Match"]:
        return super().get_queryset().filter(head__isnull=True)


class Match(models.Model):
    """One or several lines against one or several documents, in one currency, minor units.

    Nearly every match is one line and one document, and one row. Of a larger match this is the
    head; each row of its tail (`head` is set, its totals are 0) holds a further line, a further
    document, or both. So the two partial unique constraints below let every line and document be in
    one active match at most, whatever its shape. A line without a document is booked to
    `account_code` (a fee, a chargeback).

    `left_total` is of the lines, `right_total` of the documents or what was booked; `difference` is
    what a tolerance swallowed, left minus right. `fx_difference` is what the exchange rate made
    of it, in `fx_currency`, the currency of the line. An undone match stays for the record.

    The references have no foreign key in the database: checking a million rows one by one takes
    longer than matching them. Rules insert from the tables themselves, and triggers refuse to
    delete what is in a match.
    """

    id: int
    control = models.CharField(max_length=40)
    rule = models.CharField(max_length=40)
    company = models.CharField(max_length=40, default="main")
    currency = models.CharField(max_length=3)
    head = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="tail",
        db_constraint=False,
        db_index=False,
    )
    line = models.ForeignKey(
        GatewayLine,
        null=True,
        on_delete=models.PROTECT,
        related_name="matches",
        db_constraint=False,
        db_index=False,
    )
    document = models.ForeignKey(
        PrimaDocument,
        null=True,
        on_delete=models.PROTECT,
        related_name="matches",
        db_constraint=False,
        db_index=False,
    )
    left_total = models.BigIntegerField()
    right_total = models.BigIntegerField()
    difference = models.BigIntegerField(default=0)
    fx_difference = models.BigIntegerField(default=0)
    fx_currency = models.CharField(max_length=3, blank=True)
    account_code = models.CharField("ledger account", max_length=40, blank=True)
    day = models.DateField(help_text="Day of the latest line: decides the period.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    made_by_name = models.CharField(max_length=150, default="Prima desk")
    reason = models.CharField(max_length=250, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    undone_by_name = models.CharField(max_length=150, blank=True)
    undone_reason = models.CharField(max_length=250, blank=True)

    objects = Heads()
    rows: "models.Manager[Match]" = models.Manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name_plural = "matches"
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(undone_at__isnull=True), name="a_line_is_matched_once"
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(undone_at__isnull=True),
                name="a_document_is_matched_once",
            ),
            models.CheckConstraint(
                name="a_match_holds_something",
                condition=Q(line__isnull=False) | Q(document__isnull=False),
            ),
        ]
        indexes = [
            # The further lines and documents of a match.
            models.Index(fields=["head"], condition=Q(head__isnull=False), name="match_tail"),
            # What was undone since the last run; what a person took apart.
            models.Index(
                fields=["undone_at"], condition=Q(undone_at__isnull=False), name="match_undone"
            ),
            # The matches of a period. Rows come nearly in order of days, so this costs little.
            BrinIndex(fields=["day"], name="match_day"),
            # What was matched since yesterday, on the overview.
            BrinIndex(fields=["made_at"], name="match_made"),
        ]

    def __str__(self) -> str:
        return f"{self.control} {self.rule} {self.pk}"

    @staticmethod
    def with_tail(found: "models.QuerySet[Match]") -> "models.QuerySet[Match]":
        """Each with its first line and document, and its further ones as `parts`."""
        tail = models.Prefetch("tail", Match.rows.only("head", "line", "document"), to_attr="parts")
        return found.select_related("line", "document").prefetch_related(tail)

    def all_lines(self) -> models.QuerySet[GatewayLine]:
        """The gateway's side, whatever the size of the match."""
        return GatewayLine.objects.filter(pk__in=self._parts("line"))

    def all_documents(self) -> models.QuerySet[PrimaDocument]:
        """Prima's side."""
        return PrimaDocument.objects.filter(pk__in=self._parts("document"))

    def _parts(self, side: str) -> "models.QuerySet[Match, int]":
        own = Match.rows.filter(Q(pk=self.pk) | Q(head=self.pk))
        return own.filter(**{f"{side}__isnull": False}).order_by().values_list(f"{side}_id")


class NearMatch(models.Model):
    """A line no rule would match: the rule that came nearest, and why it did not."""

    line = models.OneToOneField(
        GatewayLine, on_delete=models.CASCADE, related_name="near", db_constraint=False
    )
    document = models.ForeignKey(
        PrimaDocument,
        null=True,
        on_delete=models.CASCADE,
        related_name="near",
        db_constraint=False,
    )
    rule = models.CharField(max_length=40)
    reason = models.CharField(max_length=250)
    difference = models.BigIntegerField(null=True, help_text="Line minus document, minor units.")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "near matches"

    def __str__(self) -> str:
        return self.reason


class Change(models.Model):
    """A line or document that changed in what a match rests on. Triggers write these rows.

    `was_…` is what it was known by before: whatever hung together with that is looked at again.
    """

    side = models.CharField(max_length=8)
    object_id = models.BigIntegerField()
    what = models.CharField(max_length=120)
    was_reference = models.TextField(blank=True, default="")
    was_transaction = models.TextField(blank=True, default="")
    was_parent = models.TextField(blank=True, default="")
    was_invoice = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.side} {self.object_id}: {self.what}"


class LedgerAccount(models.Model):
    """Where what is no sale is booked: fees, their VAT, chargebacks, exchange differences."""

    class Purpose(models.TextChoices):
        FEE = "fee", "Gateway fees"
        FEE_TAX = "fee_tax", "VAT on gateway fees"
        CHARGEBACK = "chargeback", "Chargebacks"
        FX = "fx", "Exchange differences"

    company = models.CharField(max_length=40, default="main")
    purpose = models.CharField(max_length=12, choices=Purpose)
    gateway = models.CharField(max_length=40, blank=True, help_text="Empty: every other gateway.")
    code = models.CharField("account", max_length=40)

    class Meta:
        ordering = ["company", "purpose", "gateway"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "purpose", "gateway"], name="one_account_per_purpose"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.code}"


class MatchBounds(models.Model):
    """How far the rules may look. Without a row the defaults here hold."""

    control = models.CharField(max_length=40, unique=True)
    window_days = models.PositiveSmallIntegerField("days between line and document", default=7)
    most_parts = models.PositiveSmallIntegerField("parts of one sum", default=5)
    most_candidates = models.PositiveSmallIntegerField("candidates for one sum", default=12)
    rate_days = models.PositiveSmallIntegerField("days an exchange rate holds", default=5)

    class Meta:
        verbose_name_plural = "match bounds"

    def __str__(self) -> str:
        return self.control


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
