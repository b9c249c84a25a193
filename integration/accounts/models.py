"""People who sign in, their recovery codes, and the count of wrong attempts."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from integration.accounts.permissions import permits, permits_any_of
from integration.accounts.roles import May, Role, allowed
from integration.core.secrets import SecretField


class People(BaseUserManager["User"]):
    """Makes people; nobody is above the roles."""

    def create_user(
        self, username: str, password: str | None = None, *, roles: list[str], **fields: Any
    ) -> "User":
        fields["email"] = self.normalize_email(fields.get("email", ""))
        person = User(username=User.normalize_username(username), roles=roles, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """What `manage.py createsuperuser` makes: a person with the admin role, no more."""
        return self.create_user(username, password, roles=[Role.ADMIN.value], **fields)


class User(AbstractBaseUser):
    """A person. What they may do follows from their roles alone."""

    username = models.CharField(
        "user name",
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "Somebody has this user name already."},
    )
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    email = models.EmailField("e-mail", blank=True)
    is_active = models.BooleanField(
        "may sign in",
        default=True,
        help_text="Untick to shut a person out. People are never deleted: the trail names them.",
    )
    date_joined = models.DateTimeField("added", default=timezone.now)
    roles = ArrayField(
        models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role]),
        default=list,
        blank=True,
    )
    totp_secret = SecretField(blank=True, default="")
    totp_confirmed_at = models.DateTimeField(null=True, blank=True)
    totp_last_step = models.BigIntegerField(default=0)

    objects = People()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        ordering = ["username"]
        verbose_name = "person"
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.username

    def may(self, permission: May) -> bool:
        return self.is_active and permission in allowed(self.roles)

    # What Django's own admin asks.
    @property
    def is_staff(self) -> bool:
        return self.may(May.VIEW_ADMIN)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return permits(self.may, perm)

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return permits_any_of(self.may, app_label)


class RecoveryCode(models.Model):
    """A code that stands in for the second factor once. Only its hash is kept."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Recovery code of {self.person_id}"


class AttemptCount(models.Model):
    """Attempts since the last success for one account, one address or both together."""

    key = models.CharField(max_length=64, unique=True, help_text="A hash of what is counted.")
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Old counts are pruned.
            models.Index(fields=["last_at"], name="attempt_age"),
        ]

    def __str__(self) -> str:
        return f"{self.count} attempts"
