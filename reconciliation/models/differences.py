"""What does not agree, and what two people decided to do about it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from integration.core.money import Money, from_minor


class ControlRun(models.Model):
    """One execution of a control: what it looked at and found."""

    control = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    as_of = models.DateField(null=True, help_text="Empty for the running comparison.")
    since = models.DateTimeField(null=True, help_text="Only what changed after this; empty: all.")
    compared = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    healed = models.PositiveIntegerField(default=0)
    standing = models.PositiveIntegerField(default=0)
    tolerated = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["control", "-started_at"], name="control_recent")]

    def __str__(self) -> str:
        return f"{self.control} {self.started_at:%Y-%m-%d %H:%M}"


class Difference(models.Model):
    """One thing that does not agree between two sides. The same thing again is the same row.

    `left` and `right` are what the sides said, as text by field. `amount` is signed minor units of
    `currency`, left minus right. It heals by itself when both sides agree, and says why.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        PROPOSED = "proposed", "Awaiting approval"
        TIMING = "timing", "Timing"
        ADJUSTED = "adjusted", "Adjusted"
        HEALED = "healed", "Healed"
        TOLERATED = "tolerated", "Within tolerance"

    control = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    category = models.CharField(max_length=40)
    company = models.CharField(max_length=40, default="main")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    title = models.CharField(max_length=250)
    left = models.JSONField(default=dict)
    right = models.JSONField(default=dict)
    fields = models.JSONField(default=list, help_text="Names of the fields that differ.")
    amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    gateway = models.CharField(max_length=40, blank=True)
    campaign = models.CharField(max_length=120, blank=True)
    day = models.DateField(help_text="Decides the period.")
    cause = models.CharField(
        max_length=120, blank=True, help_text="What a systematic difference comes from."
    )
    near_rule = models.CharField(max_length=40, blank=True)
    near_reason = models.CharField(max_length=250, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    timing_until = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=250, blank=True)
    case_id = models.BigIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-first_seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["control", "key", "category"],
                condition=Q(closed_at__isnull=True),
                name="one_open_difference",
            ),
            models.UniqueConstraint(
                fields=["control", "key", "category"],
                condition=Q(state="tolerated"),
                name="one_tolerated_difference",
            ),
        ]
        indexes = [
            # The list and the overview: open differences by control and age.
            models.Index(
                fields=["control", "first_seen_at"],
                condition=Q(closed_at__isnull=True),
                name="difference_open",
            ),
            models.Index(fields=["company", "day"], name="difference_day"),
            # What counts as agreed though it differs; whether a payout line is adjusted.
            models.Index(
                fields=["control", "key"],
                condition=Q(state__in=["adjusted", "tolerated"]),
                name="difference_settled",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DayTotal(models.Model):
    """What went into a step of the control totals on a day, as the last run summed it up.

    `key` is that of the control; `amount` is minor units. A million orders are not summed up again
    each time somebody looks at what agrees.
    """

    key = models.CharField(max_length=200, primary_key=True)
    company = models.CharField(max_length=40, default="main")
    day = models.DateField()
    currency = models.CharField(max_length=3, blank=True)
    amount = models.BigIntegerField()

    class Meta:
        ordering = ["-day", "key"]
        indexes = [
            # The overview of a month.
            models.Index(fields=["day"], name="day_total_day"),
        ]

    def __str__(self) -> str:
        return self.key


class DifferenceEvent(models.Model):
    """The history of a difference. Never changed."""

    difference = models.ForeignKey(Difference, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    note = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.action}"


class Rejection(models.Model):
    """A person said that this document does not belong to this line: it is not offered again."""

    line = models.ForeignKey("GatewayLine", on_delete=models.CASCADE, related_name="rejections")
    document = models.ForeignKey(
        "mirror.PrimaDocument", on_delete=models.CASCADE, related_name="rejections"
    )
    person_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["line", "document"], name="rejected_once")]

    def __str__(self) -> str:
        return f"{self.line_id} not {self.document_id}"


class Presence(models.Model):
    """Who looked at a line of the matching screen last, so that a second person is told."""

    line = models.OneToOneField("GatewayLine", on_delete=models.CASCADE, related_name="presence")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} at {self.line_id}"


class Adjustment(models.Model):
    """A proposal about one difference; a second person of finance decides it."""

    class Kind(models.TextChoices):
        WRITE_OFF = "write_off", "Write off"
        FEE = "fee", "Book as gateway fee"
        FX = "fx", "Book as exchange difference"
        TIMING = "timing", "Mark as timing"
        MATCH = "match", "Match by hand"
        UNMATCH = "unmatch", "Undo a match"

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    difference = models.ForeignKey(
        Difference, on_delete=models.PROTECT, null=True, related_name="adjustments"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    payload = models.JSONField(default=dict)
    amount = models.BigIntegerField(default=0, help_text="Signed minor units.")
    currency = models.CharField(max_length=3, blank=True)
    company = models.CharField(max_length=40, default="main")
    day = models.DateField()
    account_code = models.CharField("ledger account", max_length=40, blank=True)
    reason = models.CharField(max_length=250)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposer_name = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decider_name = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                name="adjustment_by_a_second_person",
                condition=Q(decider__isnull=True)
                | Q(state="withdrawn")
                | ~Q(decider=F("proposer")),
            ),
            models.CheckConstraint(
                name="adjustment_decided_has_decider",
                condition=Q(state="proposed") | Q(decider__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["difference"],
                condition=Q(state="proposed"),
                name="one_open_adjustment",
            ),
        ]

    def __str__(self) -> str:
        if not self.currency:
            return self.get_kind_display()
        amount = Money(from_minor(self.amount, self.currency), self.currency)
        return f"{self.get_kind_display()} {amount}"


class Tolerance(models.Model):
    """How much a control may swallow, per currency; both limits must hold. Never silent."""

    control = models.CharField(max_length=40)
    currency = models.CharField(max_length=3, help_text="ISO code, or * for every other.")
    absolute = models.BigIntegerField("absolute, in minor units", default=0)
    relative = models.DecimalField(
        "relative, in percent", max_digits=7, decimal_places=4, default=0
    )

    class Meta:
        ordering = ["control", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["control", "currency"], name="one_tolerance")
        ]

    def __str__(self) -> str:
        return f"{self.control} {self.currency}"


class AdjustmentLimit(models.Model):
    """Up to which amount a role may decide for a kind of adjustment, in minor units.

    Above the highest limit nobody may decide it in the desk; without any, nobody at all.
    """

    kind = models.CharField(max_length=10, choices=Adjustment.Kind)
    currency = models.CharField(max_length=3, help_text="ISO code, or * for every other.")
    role = models.CharField(max_length=20, default="finance")
    amount = models.BigIntegerField(
        "limit in minor units", help_text="5000 is 50.00 in a currency with two decimals."
    )

    class Meta:
        ordering = ["kind", "currency", "amount"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "currency", "role"], name="one_adjustment_limit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.currency}, {self.role}"


class ExchangeRate(models.Model):
    """Units of `quote` for one `base` on a day, and where it was taken from."""

    day = models.DateField()
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-day", "base", "quote"]
        constraints = [
            models.UniqueConstraint(fields=["day", "base", "quote"], name="one_rate_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.base}/{self.quote} {self.rate}"


class SavedView(models.Model):
    """A person's own filter of a list, under a name."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    page = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    query = models.TextField(blank=True)

    class Meta:
        ordering = ["page", "name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="one_view_per_name")
        ]

    def __str__(self) -> str:
        return self.name
