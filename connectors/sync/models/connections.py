"""How to reach the remote systems, and how fast."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from integration.core.secrets import SecretField


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
