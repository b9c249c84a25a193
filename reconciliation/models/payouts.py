"""Files of gateways and banks as evidence, and what they say, line by line, in minor units."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from integration.mirror.documents import letters


class StatementFile(models.Model):
    """A file as it came: kept unchanged, known by its hash, imported whole or not at all.

    Of a report that came in an archive, name, hash and path are its own; those of the archive as it
    came are `packed_…`. `totals` are net amounts as text by currency. `preview` is what a person sees before deciding,
    as `reconciliation.importing.totals.Preview` writes it.
    """

    class State(models.TextChoices):
        READING = "reading", "Being read"
        PREVIEW = "preview", "Waits for a decision"
        IMPORTED = "imported", "Imported"
        HELD = "held", "Held"
        REFUSED = "refused", "Refused"
        DISCARDED = "discarded", "Discarded"

    sha256 = models.CharField(max_length=64)
    packed_name = models.CharField(max_length=250, blank=True)
    packed_sha256 = models.CharField(max_length=64, blank=True)
    packed_path = models.CharField(max_length=300, blank=True)
    company = models.CharField(max_length=40, default="main")
    name = models.CharField(max_length=250)
    size = models.BigIntegerField()
    path = models.CharField(
        max_length=300, help_text="Where the evidence is kept, under MEDIA_ROOT."
    )
    format = models.CharField(max_length=60, blank=True)
    gateway = models.CharField(max_length=40, blank=True)
    account = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEW)
    lines = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(
        default=0, help_text="How many of the lines another bank statement brought already."
    )
    totals = models.JSONField(default=dict, help_text="Currency to amounts as text.")
    preview = models.JSONField(default=dict)
    message = models.TextField(blank=True, help_text="In words for people.")
    via = models.CharField(max_length=20, default="upload")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_by_name = models.CharField(max_length=150)
    uploaded_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True)
    imported_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-uploaded_at"]
        indexes = [
            # The list of files, newest first.
            models.Index(fields=["-uploaded_at"], name="file_recent"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                condition=Q(state="imported"),
                name="a_file_is_imported_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def taken(self) -> str:
        """How many lines an import brings, and how many more were known before, in words."""
        new = self.lines - self.known
        if self.known and not new:
            return f"no new line, {self.known:,} known already"
        words = f"{new:,} line{'' if new == 1 else 's'}"
        return f"{words}, {self.known:,} more known already" if self.known else words


class Payout(models.Model):
    """One payout of a gateway. `stated` is what the file says was paid, `computed` Σ net."""

    file = models.ForeignKey(StatementFile, on_delete=models.PROTECT, related_name="payouts")
    company = models.CharField(max_length=40, default="main")
    gateway = models.CharField(max_length=40)
    account = models.CharField(max_length=80, blank=True)
    payout_id = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    paid_on = models.DateField()
    stated = models.BigIntegerField(null=True, help_text="Minor units.")
    computed = models.BigIntegerField(default=0, help_text="Minor units.")
    bank_reference = models.CharField(max_length=120, blank=True)
    line_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-paid_on", "gateway", "payout_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "account", "payout_id", "currency"], name="one_payout"
            )
        ]
        indexes = [
            # The list of payouts, newest first.
            models.Index(fields=["-paid_on", "-id"], name="payout_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.payout_id}"

    @property
    def due(self) -> int:
        """What should arrive at the bank, in minor units; of nothing there is no booking."""
        return self.computed if self.stated is None else self.stated


class GatewayLine(models.Model):
    """One balance movement. Amounts are signed minor units of `currency`: money in is positive."""

    file = models.ForeignKey(StatementFile, on_delete=models.PROTECT, related_name="+")
    payout = models.ForeignKey(
        Payout, null=True, on_delete=models.PROTECT, related_name="gateway_lines"
    )
    company = models.CharField(max_length=40, default="main")
    gateway = models.CharField(max_length=40)
    account = models.CharField(max_length=80, blank=True)
    line_id = models.CharField(max_length=160)
    kind = models.CharField(max_length=24)
    gross = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)
    fee_tax = models.BigIntegerField(default=0)
    net = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    occurred_at = models.DateTimeField()
    booked_on = models.DateField()
    reference = models.CharField(max_length=160, blank=True)
    transaction_id = models.CharField(max_length=160, blank=True)
    parent_transaction_id = models.CharField(max_length=160, blank=True)
    customer_email = models.CharField(max_length=254, blank=True)
    description = models.CharField(max_length=250, blank=True)
    original_amount = models.BigIntegerField(null=True)
    original_currency = models.CharField(max_length=3, blank=True)
    rate = models.DecimalField(max_digits=18, decimal_places=8, null=True)
    row = models.PositiveIntegerField(default=0)
    reference_key = models.GeneratedField(
        expression=letters("reference"), output_field=models.TextField(), db_persist=True
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "account", "line_id"], name="a_line_is_imported_once"
            )
        ]
        indexes = [
            # Lines of a payout, and the open lines of a day and currency.
            models.Index(fields=["payout", "row"], name="line_payout"),
            models.Index(fields=["booked_on", "currency"], name="line_day"),
        ]

    def __str__(self) -> str:
        return self.line_id


class BankLine(models.Model):
    """One booking of the bank account; `amount` is signed minor units, money in is positive.

    `part` counts the statements of the file and `seq` their bookings, oldest first; `balance` is
    what the account held before it by its statement, None for bookings of before this was kept.
    """

    file = models.ForeignKey(StatementFile, on_delete=models.PROTECT, related_name="+")
    company = models.CharField(max_length=40, default="main")
    account = models.CharField(max_length=80)
    statement = models.CharField(max_length=120, blank=True)
    line_id = models.CharField(max_length=160)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    text = models.TextField(blank=True)
    end_to_end = models.CharField(max_length=160, blank=True)
    bank_ref = models.CharField(max_length=80, blank=True, help_text="The bank's own id.")
    row = models.PositiveIntegerField(default=0)
    part = models.PositiveIntegerField(default=0)
    seq = models.PositiveIntegerField(default=0)
    balance = models.BigIntegerField(null=True, help_text="Before it, in minor units.")

    class Meta:
        ordering = ["-booked_on", "id"]
        indexes = [
            # Bookings of the days that another statement of the account holds, too.
            models.Index(fields=["account", "booked_on"], name="booking_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "line_id"], name="a_booking_is_imported_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.text[:60]}"


class BankLineAgain(models.Model):
    """A booking of a later statement that is one already known: seen again, not booked again."""

    file = models.ForeignKey(StatementFile, on_delete=models.PROTECT, related_name="again")
    bank_line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="again")
    statement = models.CharField(max_length=120, blank=True)
    line_id = models.CharField(max_length=160)
    text = models.TextField(blank=True)
    row = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "bank_line"], name="a_booking_is_seen_once_in_a_file"
            )
        ]

    def __str__(self) -> str:
        return self.line_id


class GatewayMapping(models.Model):
    """A generic CSV as set up in admin: which column is what, and how its values are written."""

    name = models.CharField(max_length=80, unique=True)
    gateway = models.CharField(max_length=40)
    settings = models.JSONField(default=dict)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
