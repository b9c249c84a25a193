"""The consent ledger: what happened, what follows from it, and who must not be written to."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from integration.consent import rules


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    SMS = "sms", "Text message"
    PHONE = "phone", "Telephone"
    MOBILE = "mobile", "Mobile telephone"
    POST = "post", "Post"
    THIRD_PARTY = "third_party", "Third parties"
    ALL = rules.ALL, "Every channel"


class Action(models.TextChoices):
    OPT_IN = rules.OPT_IN, "Opt-in"
    OPT_OUT = rules.OPT_OUT, "Opt-out"
    OBJECTION = rules.OBJECTION, "Objection"
    EXPIRE = rules.EXPIRE, "Expiry"
    BOUNCE = rules.BOUNCE, "Bounce"


class State(models.TextChoices):
    """Of an address, for a channel and purpose. Everything but `opted_in` is a restriction."""

    OPTED_IN = "opted_in", "Opted in"
    OPTED_OUT = "opted_out", "Opted out"
    OBJECTED = "objected", "Objected"
    EXPIRED = "expired", "Expired"
    BOUNCED = "bounced", "Bounced"


class Basis(models.TextChoices):
    CONSENT = "consent", "Consent"
    SOFT_OPT_IN = "soft_opt_in", "Soft opt-in"
    CORPORATE = "corporate", "Corporate subscriber"
    NONE = "", "None"


class Source(models.TextChoices):
    SFMC = "sfmc", "Marketing Cloud"
    PRIMA = "prima", "Prima"
    DESK = "desk", "This desk"


class Wording(models.Model):
    """What people were told when they consented. A version never changes; a new text is a new one."""

    name = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    locale = models.CharField(max_length=12, default="en-GB")
    text = models.TextField(help_text="Exactly what was shown or read out.")
    added_by = models.CharField(max_length=150)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "-added_at"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="one_text_per_wording_version")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class ConsentAddress(models.Model):
    """The address behind a hash, for as long as the person's data is kept."""

    address_hash = models.CharField(max_length=64, primary_key=True)
    address = models.CharField(max_length=320, blank=True)
    first_seen_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="erased_address_is_empty", condition=Q(erased_at=None) | Q(address="")
            )
        ]

    def __str__(self) -> str:
        return self.address or "(erased)"


class ConsentEvent(models.Model):
    """Something that happened to somebody's consent. The database refuses to change or delete one.

    There is no personal data in it but the keyed hash of the address; address, network address and
    browser are kept beside it and can be erased. `counts_at` is the moment from which it counts;
    empty for an opt-in without evidence, and `unsupported` says why.
    """

    event_id = models.CharField(max_length=120, unique=True)
    customer_uid = models.UUIDField(null=True, db_index=True)
    address_hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=12, choices=Channel)
    purpose = models.CharField(max_length=40, default=rules.MARKETING)
    action = models.CharField(max_length=10, choices=Action)
    basis = models.CharField(max_length=12, choices=Basis, blank=True)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    counts_at = models.DateTimeField(null=True)
    unsupported = models.CharField(max_length=250, blank=True)
    source_system = models.CharField(max_length=10, choices=Source)
    source = models.CharField(max_length=80, blank=True, help_text="Where it was captured.")
    source_ref = models.CharField(max_length=250, blank=True)
    method = models.CharField(max_length=80, blank=True)
    wording = models.ForeignKey(Wording, null=True, on_delete=models.PROTECT, related_name="+")
    wording_named = models.CharField(
        max_length=120, blank=True, help_text="As the other system named it."
    )
    locale = models.CharField(max_length=12, blank=True)
    actor = models.CharField(max_length=150)
    evidence_ref = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            # A person's page, and the rebuilding of a state.
            models.Index(fields=["address_hash", "channel", "purpose"], name="consent_event_scope")
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.get_channel_display()}"

    @property
    def told_from(self) -> str:
        """The system, and where in it: "Prima (prima portal)"; the desk's own are from the desk."""
        system = self.get_source_system_display()
        return system if self.source in ("", self.source_system) else f"{system} ({self.source})"


class ConsentEvidence(models.Model):
    """What proves an event and is personal data: erased with the person."""

    event = models.OneToOneField(ConsentEvent, on_delete=models.CASCADE, related_name="evidence")
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"Evidence of event {self.event_id}"


class ConsentState(models.Model):
    """What follows from the events of one address, channel and purpose. Can be rebuilt from them."""

    address_hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=12, choices=Channel)
    purpose = models.CharField(max_length=40)
    opt_in_at = models.DateTimeField(null=True)
    opt_out_at = models.DateTimeField(null=True)
    objection_at = models.DateTimeField(null=True)
    expire_at = models.DateTimeField(null=True)
    bounce_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash", "channel", "purpose"], name="one_state_per_scope"
            )
        ]
        indexes = [
            # Counts on the consent desk.
            models.Index(fields=["channel", "state"], name="consent_state_counts")
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.purpose}: {self.get_state_display()}"

    def standing(self) -> rules.Standing:
        return rules.Standing(
            self.opt_in_at, self.opt_out_at, self.objection_at, self.expire_at, self.bounce_at
        )


class Suppression(models.Model):
    """An address that must not be written to. It survives erasure, mergers and restored backups.

    A later evidenced opt-in outweighs it; it is never deleted.
    """

    address_hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=12, choices=Channel)
    purpose = models.CharField(max_length=40)
    reason = models.CharField(max_length=10, choices=Action)
    since = models.DateTimeField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash", "channel", "purpose", "reason"],
                name="one_suppression_per_scope",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.get_reason_display()}"


class Propagation(models.Model):
    """An event on its way to one of the systems, step by step, each with its time.

    The row is the truth: a worker claims it with a lease, and whoever takes over goes on at the
    first step without a time. `contacts` are the contact keys or account codes it was written to,
    `journeys` what they were taken out of.
    """

    class Step(models.TextChoices):
        WRITE = "write", "To be written"
        LEAVE = "leave", "Leaving journeys"
        CONFIRM = "confirm", "To be confirmed"
        DONE = "done", "Confirmed"
        NOBODY = "nobody", "Nobody there has the address"

    event = models.ForeignKey(ConsentEvent, on_delete=models.PROTECT, related_name="propagations")
    target = models.CharField(max_length=10, choices=Source)
    step = models.CharField(max_length=8, choices=Step, default=Step.WRITE)
    is_restriction = models.BooleanField()
    seen_at = models.DateTimeField()
    suppressed_at = models.DateTimeField(null=True)
    sending_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    contacts = ArrayField(models.CharField(max_length=120), default=list)
    ended = ArrayField(
        models.CharField(max_length=120),
        default=list,
        help_text="The contacts, in capitals, whose subscription our own writing ends.",
    )
    ended_at = models.DateTimeField(null=True, help_text="When that was answered.")
    in_doubt = ArrayField(
        models.CharField(max_length=120),
        default=list,
        help_text="Those who may have ended it themselves while our writing had no answer.",
    )
    journeys = models.JSONField(default=list)
    round = models.PositiveSmallIntegerField(
        default=0, help_text="How often it began again because the other side said otherwise."
    )
    said_at = models.DateTimeField(
        null=True, help_text="The moment that is told when it began again."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    reported_at = models.DateTimeField(null=True, help_text="When it became a case.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "target"], name="one_propagation_per_system")
        ]
        indexes = [
            # The claim, and the oldest one on the desk.
            models.Index(
                fields=["target", "not_before", "id"],
                condition=~Q(step__in=["done", "nobody"]),
                name="propagation_due",
            ),
            # Percentiles of the lag on the desk.
            models.Index(fields=["confirmed_at"], name="propagation_confirmed"),
            # Whose unsubscription, just told, our own writing may have been.
            GinIndex(fields=["ended", "in_doubt"], name="propagation_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.get_target_display()}: {self.get_step_display()}"
