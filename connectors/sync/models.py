"""Connections and the rows that carry every sync: runs, items, cursors, exchanges."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from connectors.sync.flow_ask import FlowAsk
from connectors.sync.flow_calls import FlowCalls
from connectors.sync.order_event import OrderEvent
from connectors.sync.outgoing.row import OutgoingRow
from connectors.sync.prima_subscription import PrimaSubscription
from connectors.sync.stock.request import StockRequest
from integration.core.secrets import SecretField

__all__ = [
    "Connection",
    "Cursor",
    "Exchange",
    "FlowAsk",
    "FlowCalls",
    "FlowSetting",
    "Inbound",
    "OrderEvent",
    "OutgoingRow",
    "PrimaSubscription",
    "StockRequest",
    "SyncItem",
    "SyncRun",
]


class Connection(models.Model):
    """How to reach one remote system, how fast, and whether it is being rested.

    The token bucket (`tokens`, `refilled_at`), the marks of flows that others give way to
    (`high_at`, `normal_at`), the breaker (`failures`, `open_until`) and the shared access token
    live here, so that all workers of all machines see the same.
    """

    class System(models.TextChoices):
        SFMC = "sfmc", "Marketing Cloud"
        PRIMA = "prima", "Prima"

    system = models.CharField(max_length=10, choices=System, unique=True)
    base_url = models.URLField(
        help_text="Marketing Cloud: the address of the auth service. Prima: up to the company."
    )
    client_id = models.CharField(max_length=120)
    client_secret = SecretField(blank=True)
    account_id = models.CharField("business unit (MID)", max_length=40, blank=True)
    inbound_secret = SecretField(
        "secret of inbound pushes", blank=True, help_text="Signs orders pushed by journeys."
    )
    enabled = models.BooleanField(default=True)
    calls_per_second = models.PositiveIntegerField(
        default=10, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    calls_per_day = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="The day's budget of calls, to compare what was spent with.",
    )
    timeout_seconds = models.PositiveIntegerField(default=30)
    tokens = models.FloatField(default=0, editable=False)
    refilled_at = models.DateTimeField(null=True, editable=False)
    not_before = models.DateTimeField(null=True, editable=False)
    high_at = models.DateTimeField(null=True, editable=False)
    normal_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    open_until = models.DateTimeField(null=True, editable=False)
    access_token = SecretField(blank=True, editable=False)
    access_token_data = models.JSONField(default=dict, editable=False)
    access_token_expires_at = models.DateTimeField(null=True, editable=False)
    capabilities = models.JSONField(default=dict, editable=False)
    capabilities_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["system"]

    def __str__(self) -> str:
        return self.get_system_display()


class Lane(models.Model):
    """A way to a connection that nothing else can block: its own limit, breaker and rests.

    Opt-outs have one. Its calls come on top of the connection's, so what they need is always free.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="lanes")
    name = models.CharField(max_length=20)
    calls_per_second = models.PositiveIntegerField(
        default=50, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    tokens = models.FloatField(default=0, editable=False)
    refilled_at = models.DateTimeField(null=True, editable=False)
    not_before = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    open_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["connection", "name"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "name"], name="one_lane_of_a_name")
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.name}"


class Cursor(models.Model):
    """How far a feed has been read; moved only together with what it covers."""

    flow = models.CharField(max_length=60, unique=True)
    value = models.TextField(blank=True)
    moved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.flow


class SyncRun(models.Model):
    """One execution of a flow."""

    class Status(models.TextChoices):
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Succeeded"
        PARTLY = "partly", "Partly succeeded"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Stopped"

    flow = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=150, default="schedule")
    total = models.PositiveIntegerField(null=True, help_text="How many there are, when known.")
    seen = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True, help_text="In words for people.")
    traceback = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            # Sync health on the home page: the last runs of each flow.
            models.Index(fields=["flow", "-started_at"], name="run_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.flow} {self.started_at:%Y-%m-%d %H:%M}"


class SyncItem(models.Model):
    """One record of one flow and where it stands. The row is the truth, a task is a nudge.

    waiting → working → sending → sent; held: a person must act; rejected: a person refused it;
    cancelled: not wanted any more. An item whose lease ran out while "sending" has an unknown
    outcome: Prima is asked before anything is sent again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        WORKING = "working", "Being worked on"
        SENDING = "sending", "Being sent"
        SENT = "sent", "In Prima"
        HELD = "held", "Held"
        REJECTED = "rejected", "Rejected"
        CANCELLED = "cancelled", "Cancelled"

    flow = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    content_hash = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    in_doubt = models.BooleanField(
        default=False, help_text="It may have been sent: ask before sending again."
    )
    last_error = models.TextField(blank=True)
    reason = models.CharField(
        max_length=120, blank=True, help_text="Why it was set to wait again, e.g. a new mapping."
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["flow", "external_id"], name="one_item_per_record")
        ]
        indexes = [
            # The runner's claim.
            models.Index(
                fields=["flow", "not_before", "id"],
                condition=Q(state="waiting"),
                name="item_waiting",
            ),
            # Leases that ran out.
            models.Index(
                fields=["flow", "lease_until"],
                condition=Q(state__in=["working", "sending"]),
                name="item_leased",
            ),
            # Counts by state on the home page.
            models.Index(fields=["flow", "state"], name="item_state"),
        ]

    def __str__(self) -> str:
        return f"{self.flow} {self.external_id}"


class Exchange(models.Model):
    """A kept request and response of one item. Secrets are redacted before they get here."""

    item = models.ForeignKey(
        SyncItem, null=True, on_delete=models.CASCADE, related_name="exchanges"
    )
    run = models.ForeignKey(SyncRun, null=True, on_delete=models.SET_NULL, related_name="+")
    system = models.CharField(max_length=10)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    status = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField(default=0)
    request_body = models.TextField(blank=True)
    response_body = models.TextField(blank=True)
    request_id = models.CharField(max_length=80, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status or self.error}"


class Inbound(models.Model):
    """A push as it arrived, kept before anything is made of it."""

    received_at = models.DateTimeField()
    body = models.TextField()
    signature = models.CharField(max_length=120)
    nonce = models.CharField(max_length=80, unique=True)
    order_key = models.CharField(max_length=120, blank=True)
    processed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S} {self.order_key}"


class FlowSetting(models.Model):
    """What admins set of a flow: when and how often it runs, how much it takes, how fast.

    A flow that is `paused_at` does not run at all until somebody lets it go on. In its quiet hours
    it runs only when somebody starts it. The bucket (`tokens`, `refilled_at`) is for its own
    calls a second, shared by all workers.
    """

    class Priority(models.IntegerChoices):
        LOW = 1, "Low: gives way to all others"
        NORMAL = 2, "Normal"
        HIGH = 3, "High: the others give way"

    flow = models.CharField(max_length=60, unique=True)
    enabled = models.BooleanField(default=True)
    every_minutes = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    batch_size = models.PositiveIntegerField(
        default=200, validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    max_attempts = models.PositiveSmallIntegerField(default=8)
    silent_after_minutes = models.PositiveIntegerField(
        default=30, help_text="No success for this long is shown as silence."
    )
    priority = models.PositiveSmallIntegerField(
        choices=Priority, default=Priority.NORMAL, help_text="When calls to a system are scarce."
    )
    calls_per_second = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text="Of this flow alone. Empty: as many as the connections allow.",
    )
    quiet_from = models.TimeField(
        null=True, blank=True, help_text="From then on it does not run by itself."
    )
    quiet_until = models.TimeField(
        null=True, blank=True, help_text="Until then, the next morning if it is earlier."
    )
    paused_at = models.DateTimeField(null=True, editable=False)
    paused_by = models.CharField(max_length=150, blank=True, editable=False)
    tokens = models.FloatField(default=0, editable=False)
    refilled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["flow"]
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_have_both_ends",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                violation_error_message="Quiet hours need a beginning and an end.",
            )
        ]

    def __str__(self) -> str:
        return self.flow

    def is_quiet(self, at: time) -> bool:
        """Whether the time of day lies in the quiet hours, which may go over midnight."""
        begins, ends = self.quiet_from, self.quiet_until
        if begins is None or ends is None or begins == ends:
            return False
        if begins < ends:
            return begins <= at < ends
        return at >= begins or at < ends


class NotificationCallback(models.Model):
    """Our address at Marketing Cloud's notification service, and the key that signs what comes.

    One row: creating → created → verified → subscribed. While it is being created, the service
    calls the address, which is how `verification_key` comes here.
    """

    class Status(models.TextChoices):
        CREATING = "creating", "Being registered"
        CREATED = "created", "Waiting to be verified"
        VERIFIED = "verified", "Verified"
        SUBSCRIBED = "subscribed", "Subscribed"
        BROKEN = "broken", "Not working"

    name = models.CharField(max_length=60, unique=True)
    url = models.URLField(max_length=300)
    callback_id = models.CharField(max_length=64, blank=True)
    verification_key = SecretField(blank=True, editable=False)
    signature_key = SecretField(blank=True, editable=False)
    previous_key = SecretField(
        blank=True, editable=False, help_text="Good for a while after a new key was made."
    )
    previous_until = models.DateTimeField(null=True, editable=False)
    subscription_id = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATING)
    created_at = models.DateTimeField()
    last_received_at = models.DateTimeField(null=True)
    refused = models.PositiveIntegerField(
        default=0, help_text="Messages whose signature was wrong."
    )
    message = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_status_display().lower()})"


class Notification(models.Model):
    """A message of the notification service as it came, kept before anything is made of it.

    The same body sent again is the same row.
    """

    received_at = models.DateTimeField()
    body = models.TextField()
    body_hash = models.CharField(max_length=64, unique=True)
    events = models.PositiveIntegerField(default=0)
    processed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-received_at"]
        indexes = [
            # What waits to be looked at.
            models.Index(
                fields=["id"], condition=Q(processed_at__isnull=True), name="notification_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S} {self.events}"
