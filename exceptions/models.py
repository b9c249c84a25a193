"""Cases: what a person must look at, every sighting of it and everything done about it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from exceptions.preflight.models import (
    Preflight,
    PreflightFinding,
    PreflightResult,
    PreflightRun,
)
from integration.core import searching

__all__ = [
    "ACTIVE",
    "Approval",
    "BulkJob",
    "CaseEvent",
    "ExceptionCase",
    "Occurrence",
    "Preflight",
    "PreflightFinding",
    "PreflightResult",
    "PreflightRun",
    "Status",
]


class Status(models.TextChoices):
    OPEN = "open", "Open"
    WAITING = "waiting", "Awaiting approval"
    SNOOZED = "snoozed", "Snoozed"
    RESOLVED = "resolved", "Resolved"
    DISMISSED = "dismissed", "Dismissed"


ACTIVE = (Status.OPEN, Status.WAITING, Status.SNOOZED)
OCCURRENCE_TEXTS = ("external_id", "label")


class ExceptionCase(models.Model):
    """One root cause, however many records it stops.

    `fingerprint` names the cause within its kind. `version` grows with every decision and every
    change of status, not with new occurrences, and a stale one is refused. Counts and money of
    what waits are kept beside the occurrences by intake.
    """

    kind = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    title = models.CharField(max_length=250)
    facts = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    resolution = models.CharField(max_length=250, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="cases",
    )
    snoozed_until = models.DateTimeField(null=True, blank=True)
    regressions = models.PositiveIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    open_count = models.PositiveIntegerField(default=0)
    value_waiting = models.JSONField(default=dict, help_text="Currency to amount as text.")
    sort_currency = models.CharField(
        max_length=10, blank=True, help_text="That of most of its orders; sort_value is in it."
    )
    sort_value = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["sort_currency", "-sort_value", "first_seen_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "fingerprint"],
                condition=Q(status__in=[status.value for status in ACTIVE]),
                name="one_open_case_per_fingerprint",
            )
        ]
        indexes = [
            # A queue: its active cases, by currency and most money first.
            models.Index(
                fields=["kind", "status", "sort_currency", "-sort_value"], name="case_queue"
            ),
            # Intake looks for closed cases of the same cause.
            models.Index(fields=["kind", "fingerprint"], name="case_fingerprint"),
            # My cases.
            models.Index(fields=["assignee", "status"], name="case_assignee"),
            # The search.
            searching.index("title", name="case_texts"),
            # The task that wakes snoozed cases.
            models.Index(
                fields=["snoozed_until"], condition=Q(status="snoozed"), name="case_snoozed"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Occurrence(models.Model):
    """One record behind a case. Open until the record goes through or a person closes it.

    A `dismissed` one stays closed when the same record is seen again with the same problem.
    """

    case = models.ForeignKey(ExceptionCase, on_delete=models.CASCADE, related_name="occurrences")
    system = models.CharField(max_length=10)
    object = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    label = models.CharField(max_length=200, blank=True)
    message = models.TextField()
    facts = models.JSONField(default=dict)
    pointers = models.JSONField(default=list)
    target_pointers = models.JSONField(default=list)
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=10, blank=True)
    source_payload = models.JSONField(null=True)
    target_payload = models.JSONField(null=True)
    sightings = models.PositiveIntegerField(default=1)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=250, blank=True, help_text="What healed or closed it.")
    dismissed = models.BooleanField(default=False)

    class Meta:
        ordering = ["-amount", "first_seen_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "system", "object", "external_id"],
                condition=Q(closed_at__isnull=True),
                name="one_open_occurrence_per_record",
            )
        ]
        indexes = [
            # Everything wrong with one record: its page, and what a pass heals.
            models.Index(
                fields=["system", "object", "external_id"],
                condition=Q(closed_at__isnull=True),
                name="occurrence_record",
            ),
            # The search.
            searching.index(*OCCURRENCE_TEXTS, name="occurrence_texts"),
            # Whether a sighting was dismissed for this very record.
            models.Index(fields=["external_id"], name="occurrence_external_id"),
            # Home: new sightings of the last days.
            models.Index(fields=["first_seen_at"], include=["case"], name="occurrence_recent"),
            # Home: what waits behind each kind, and how much.
            models.Index(
                fields=["case", "external_id"],
                include=["currency", "amount"],
                condition=Q(closed_at__isnull=True),
                name="occurrence_open",
            ),
            # The list of cases, by currency, and which there are to choose from.
            models.Index(fields=["currency", "case"], name="occurrence_currency"),
        ]

    def __str__(self) -> str:
        return self.label or self.external_id


class CaseEvent(models.Model):
    """The timeline of a case: transitions, comments, actions. Never changed."""

    case = models.ForeignKey(ExceptionCase, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=150)
    action = models.CharField(max_length=40)
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, blank=True)
    note = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            # The 14-day trend on the home page.
            models.Index(fields=["at"], name="event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.action}"


class Approval(models.Model):
    """A change above a limit: one person proposes, another of finance decides."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    case = models.ForeignKey(ExceptionCase, on_delete=models.CASCADE, related_name="approvals")
    action = models.CharField(max_length=40)
    payload = models.JSONField()
    summary = models.CharField(max_length=300)
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals"
    )
    proposed_at = models.DateTimeField()
    reason = models.CharField(max_length=250)
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="decisions"
    )
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                name="approval_by_a_second_person",
                condition=Q(decider__isnull=True)
                | Q(state="withdrawn")
                | ~Q(decider=F("proposer")),
            ),
            models.CheckConstraint(
                name="approval_decided_has_decider",
                condition=Q(state="proposed") | Q(decider__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state="proposed"),
                name="one_open_proposal_per_case",
            ),
        ]

    def __str__(self) -> str:
        return self.summary


class BulkJob(models.Model):
    """Work over many records in the background, with its progress."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    title = models.CharField(max_length=250)
    action = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    case = models.ForeignKey(
        ExceptionCase, null=True, on_delete=models.SET_NULL, related_name="jobs"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    healed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    results = models.JSONField(default=list, help_text="Rows that did not go through, and why.")
    undo = models.JSONField(default=list, help_text="What the rows were before, to take it back.")
    lease_until = models.DateTimeField(
        null=True, help_text="Until when one worker has it; after that another goes on with it."
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title
