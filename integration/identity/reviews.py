"""What awaits a person's decision about identity, what they decided, and reports of linking."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Candidate(models.Model):
    """A contact and an account that may be one customer. Only a person makes a link of it.

    `several`: another account fits equally well, so that nothing was written. `reasons` are words.
    """

    class State(models.TextChoices):
        OPEN = "open", "To be decided"
        ACCEPTED = "approved", "Linked"
        REJECTED = "refused", "Not the same"
        LAPSED = "dismissed", "No longer suggested"

    contact_key = models.CharField(max_length=120)
    account_code = models.CharField(max_length=20)
    score = models.PositiveSmallIntegerField()
    several = models.BooleanField(default=False)
    step = models.CharField(max_length=40, blank=True)
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    found_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-score", "contact_key", "account_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact_key", "account_code"],
                condition=Q(state="open"),
                name="one_open_candidate",
            ),
            models.CheckConstraint(
                name="candidate_decided_with_a_date",
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [
            # The review queue, best first.
            models.Index(
                fields=["-score", "id"], condition=Q(state="open"), name="candidate_queue"
            ),
            # What becomes of an account's candidates when it is linked.
            models.Index(fields=["account_code"], name="candidate_account"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_key} and {self.account_code}"


class Distinction(models.Model):
    """Two keys that a person said are not the same customer. It holds until it is taken back.

    A key is written "sfmc:CK-1" or "prima:ACME01", in upper case, the smaller one first: it does
    not matter from which side it was said.
    """

    one = models.CharField(max_length=130)
    other = models.CharField(max_length=130)
    reason = models.CharField(max_length=250, blank=True)
    decided_by = models.CharField(max_length=150)
    decided_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_distinction_per_pair",
            ),
            models.CheckConstraint(name="distinction_of_two", condition=~Q(one=models.F("other"))),
        ]
        indexes = [
            # Decisions about a key that stands second.
            models.Index(fields=["other"], name="distinction_other"),
        ]

    def __str__(self) -> str:
        return f"{self.one} is not {self.other}"


class LinkRun(models.Model):
    """One linking of a whole estate, or a look at what it would do."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    is_dry = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    started_by = models.CharField(max_length=150)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    figures = models.JSONField(default=dict)
    message = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(state__in=["waiting", "running"]),
                name="one_linking_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        started = timezone.localtime(self.started_at)
        return f"{'Look' if self.is_dry else 'Linking'} of {started:%-d %b %Y, %H:%M}"


class LinkOutcome(models.Model):
    """What a linking found for one contact, or for an account that no contact belongs to."""

    class Outcome(models.TextChoices):
        LINKED = "linked", "Linked"
        SUGGESTED = "suggested", "Suggested"
        AMBIGUOUS = "ambiguous", "Could be several"
        CONTACT_ALONE = "contact_alone", "Contact without account"
        ACCOUNT_ALONE = "account_alone", "Account without contact"

    run = models.ForeignKey(LinkRun, on_delete=models.CASCADE, related_name="outcomes")
    outcome = models.CharField(max_length=13, choices=Outcome)
    contact_key = models.CharField(max_length=120, blank=True)
    account_code = models.CharField(max_length=20, blank=True)
    step = models.CharField(max_length=40, blank=True)
    score = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]
        indexes = [
            # The lists of a report.
            models.Index(fields=["run", "outcome", "id"], name="outcome_list"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_key} {self.account_code} {self.outcome}".strip()
