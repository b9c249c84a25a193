"""Campaigns to be checked before they are sent, every run of the checks and what each run found."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class Preflight(models.Model):
    """A campaign as it is meant to be sent.

    `skus` is a list of {"sku", "units"}; `units` is null where the uptake decides. `promotions` is
    a list of {"code", "type", "value", "scope"} in the words of the order tables.
    """

    name = models.CharField(max_length=120)
    campaign = models.CharField("campaign key", max_length=64, blank=True)
    send_on = models.DateField("day of sending")
    currency = models.CharField(max_length=3, default="GBP")
    skus = models.JSONField(default=list)
    promotions = models.JSONField(default=list)
    audience = models.CharField("data extension of the audience", max_length=60, blank=True)
    uptake = models.DecimalField(
        "expected uptake in percent",
        max_digits=5,
        decimal_places=2,
        default=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class Verdict(models.TextChoices):
    GO = "go", "Go"
    CARE = "care", "Go with care"
    NO_GO = "no_go", "No-go"


class PreflightRun(models.Model):
    """One run of all checks. `plan` is the campaign as it was then."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    preflight = models.ForeignKey(Preflight, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    plan = models.JSONField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    verdict = models.CharField(max_length=6, choices=Verdict, blank=True)
    message = models.TextField(blank=True, help_text="Why it failed, in words.")
    contacts = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["preflight", "number"], name="one_run_per_number"),
            models.UniqueConstraint(
                fields=["preflight"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_run_of_a_campaign_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.preflight} #{self.number}"


class PreflightResult(models.Model):
    """What one check of a run came to, in a sentence and in figures (name to text)."""

    run = models.ForeignKey(PreflightRun, on_delete=models.CASCADE, related_name="results")
    check_slug = models.CharField(max_length=40)
    verdict = models.CharField(max_length=6, choices=Verdict)
    sentence = models.CharField(max_length=300)
    figures = models.JSONField(default=list)
    findings_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "check_slug"], name="one_result_per_check")
        ]

    def __str__(self) -> str:
        return f"{self.check_slug}: {self.get_verdict_display()}"


class PreflightFinding(models.Model):
    """One thing that would fail: about which SKU, promotion or contact, and why.

    `code` and `facts` name the cause as cases do, so that the page can open its remedy. Of the
    contact no more is kept than `message` says, and `impersonal` says the same without it.
    """

    run = models.ForeignKey(PreflightRun, on_delete=models.CASCADE, related_name="findings")
    check_slug = models.CharField(max_length=40)
    severity = models.CharField(max_length=6, choices=Verdict, default=Verdict.NO_GO)
    subject = models.CharField(max_length=120)
    label = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    message = models.TextField()
    impersonal = models.TextField(
        blank=True, help_text="The message for those who may not see personal data."
    )
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [
            # The list of a check, and the comparison with the run before.
            models.Index(fields=["run", "check_slug", "subject", "code"], name="finding_of_check"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.message}"
