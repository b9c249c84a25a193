"""Secrets at rest: unreadable in the database, and encrypted anew when the key changes."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from integration.accounts.models import User


def _stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT totp_secret FROM accounts_user")
        return str(cursor.fetchone()[0])


def test_rotation_encrypts_with_the_newest_key_and_retires_the_old(
    finance: User, settings: Settings
) -> None:
    # given
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SECRET_BOX_KEYS = [old]
    finance.totp_secret = "JBSWY3DPEHPK3PXP"
    finance.save()
    assert "JBSWY3DPEHPK3PXP" not in _stored()

    # when
    settings.SECRET_BOX_KEYS = [new, old]
    told = StringIO()
    call_command("rotate_secrets", stdout=told)

    # then
    assert "person, totp secret: 1 encrypted anew" in told.getvalue()
    settings.SECRET_BOX_KEYS = [new]
    assert User.objects.get().totp_secret == "JBSWY3DPEHPK3PXP"
    settings.SECRET_BOX_KEYS = [old]
    with pytest.raises(ImproperlyConfigured, match="Put the key it was written with back"):
        User.objects.get()
