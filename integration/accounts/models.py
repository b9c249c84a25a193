"""People who sign in."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from integration.accounts.roles import May, Role, allowed
from integration.core.secrets import SecretField


class User(AbstractUser):
    """A person. What they may do follows from their roles alone."""

    roles = ArrayField(
        models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role]),
        default=list,
        blank=True,
    )
    totp_secret = SecretField(blank=True, default="")
    totp_confirmed_at = models.DateTimeField(null=True, blank=True)
    totp_last_step = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def may(self, permission: May) -> bool:
        return self.is_active and permission in allowed(self.roles)
