"""The rows that carry every sync: cursors, runs, items and what was said."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from connectors.sync.cursor_titles import cursor_title
from integration.schedules import title_of


class Cursor(models.Model):
    """How far a feed has been read; moved only together with what it covers."""

    flow = models.CharField(max_length=60, unique=True)
    value = models.TextField(blank=True)
    moved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return cursor_title(self.flow)


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
        return f"{title_of(self.flow)}, {timezone.localtime(self.started_at):%-d %b %Y, %H:%M}"


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

    ON_THE_WAY = ("waiting", "working", "sending")
    """Of these states: it goes on by itself. Python writes it as SQL has it after IN."""

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
            # What waits and what is held of each flow, among years of what went through.
            models.Index(
                fields=["flow", "state", "created_at"],
                condition=Q(state__in=["waiting", "held"]),
                name="item_backlog",
            ),
            # Counts by state on the home page.
            models.Index(fields=["flow", "state"], name="item_state"),
        ]

    def __str__(self) -> str:
        return f"{title_of(self.flow)}: {self.external_id}"


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
