"""Field policy, what was last agreed for each customer, proposals, and differences found."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from integration.mapping.models import EffectiveMapping, ValueMapping, exactly, span
from integration.ownership.fields import FIELDS, label_of

FIELD_CHOICES = [(field.slug, field.label) for field in FIELDS.values()]


class Keeper(models.TextChoices):
    PRIMA = "prima", "Prima"
    SFMC = "sfmc", "Marketing Cloud"
    HUB = "hub", "This desk"


class FieldPolicy(EffectiveMapping):
    """Who keeps a field of the customer, and what a change elsewhere does, from when until when.

    On days without a row the field has its usual policy. `value_domain` names the value mappings
    that translate Marketing Cloud's words for it into Prima's.
    """

    class OnOther(models.TextChoices):
        PUT_BACK = "put_back", "Put back"
        PROPOSE = "propose", "Propose to the owner"
        FILL = "fill", "Fill if the owner's is empty, else put back"

    field = models.CharField(max_length=20, choices=FIELD_CHOICES)
    owner = models.CharField(max_length=8, choices=Keeper)
    on_other = models.CharField("a change elsewhere", max_length=10, choices=OnOther)
    value_domain = models.CharField(
        "mapped values", max_length=20, choices=ValueMapping.Domain, blank=True
    )

    class Meta:
        ordering = ["field", "-valid_from"]
        verbose_name_plural = "field policies"
        constraints = [
            ExclusionConstraint(
                name="field_policy_no_overlap",
                expressions=[
                    (exactly("field"), RangeOperators.OVERLAPS),
                    (span(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=(
                    "This field already has a policy on some of these days. End the other first."
                ),
            ),
            models.CheckConstraint(
                name="field_policy_dates",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="The last day must not be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()}: {self.get_owner_display()}"


class ContactPolicy(models.Model):
    """For which leads the desk opens accounts in Prima. One row."""

    class Opens(models.TextChoices):
        EVERYBODY = "everybody", "For every lead"
        COMPANIES = "companies", "For leads that are companies"
        NOBODY = "nobody", "For nobody"

    opens_accounts = models.CharField(
        "open accounts", max_length=10, choices=Opens, default=Opens.EVERYBODY
    )

    class Meta:
        verbose_name_plural = "contact policy"

    def __str__(self) -> str:
        return "Contact policy"


class Standing(models.Model):
    """What was last settled between a contact and its account. Tokens only, no values.

    `known` is {system: {field: token}}; `written` {system: {field: [token, before, moment]}}; `hub`
    has the values of fields that this desk keeps.
    """

    contact_key = models.CharField(max_length=120, unique=True)
    account_code = models.CharField(max_length=20)
    known = models.JSONField(default=dict)
    written = models.JSONField(default=dict)
    hub = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["contact_key"]

    def __str__(self) -> str:
        return f"{self.contact_key} {self.account_code}"


class Proposal(models.Model):
    """A change by a system that does not keep the field. A person accepts or rejects it.

    `token` is what the proposed value compares by. `version` grows with every change of the row.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        OVERTAKEN = "overtaken", "Overtaken"

    contact_key = models.CharField(max_length=120)
    account_code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200, blank=True)
    field = models.CharField(max_length=20, choices=FIELD_CHOICES)
    source = models.CharField("changed in", max_length=8, choices=Keeper)
    owner = models.CharField("kept by", max_length=8, choices=Keeper)
    current = models.CharField(max_length=500, blank=True)
    proposed = models.CharField(max_length=500, blank=True)
    token = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=250, blank=True)
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="When both systems said the same again."
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact_key", "field"],
                condition=Q(settled_at__isnull=True),
                name="one_proposal_under_way",
            ),
            models.CheckConstraint(
                name="proposal_decided_by_somebody",
                condition=~Q(state__in=["accepted", "rejected"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes = [
            # The list of proposals, and how many wait.
            models.Index(fields=["state", "-created_at"], name="proposal_state"),
        ]

    def __str__(self) -> str:
        return f"{label_of(self.field)} of {self.name or self.contact_key}"


class Drift(models.Model):
    """A field that the systems do not agree about, from when it was found until it was healed."""

    class State(models.TextChoices):
        UNDER_WAY = "under_way", "Being written"
        PROPOSED = "proposed", "Waits for a person"
        STUCK = "stuck", "Does not hold"
        CONSENT = "consent", "Held back by consent"
        GONE = "gone", "Missing on one side"

    contact_key = models.CharField(max_length=120)
    account_code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200, blank=True)
    field = models.CharField(max_length=20)
    owner = models.CharField("kept by", max_length=8, choices=Keeper, blank=True)
    sfmc_value = models.CharField("in Marketing Cloud", max_length=500, blank=True)
    prima_value = models.CharField("in Prima", max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    healed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-first_seen_at", "contact_key", "field"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact_key", "field"],
                condition=Q(healed_at__isnull=True),
                name="one_open_drift",
            )
        ]
        indexes = [
            # The drift page: what is open, by field and state.
            models.Index(fields=["healed_at", "state"], name="drift_open"),
        ]

    def __str__(self) -> str:
        return f"{label_of(self.field)} of {self.name or self.contact_key}"


class Comparison(models.Model):
    """One comparison of all pairs: counts for the trend. `by_field` and `by_state` count open ones."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=150, default="schedule")
    pairs = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    healed = models.PositiveIntegerField(default=0)
    by_field = models.JSONField(default=dict)
    by_state = models.JSONField(default=dict)

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
