"""The first admin, made at the command line."""

import pytest
from django.core.management import CommandError, call_command

from integration.accounts.models import User
from integration.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def make(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    call_command("createsuperuser", interactive=False, username="ada", email="ada@desk.example")


def test_the_first_admin_is_made_and_the_trail_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    make(monkeypatch, "four words are better")

    ada = User.objects.get()
    assert ada.roles == ["admin"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_name) == ("person added", "the command line")
    assert entry.target_id == str(ada.pk)


@pytest.mark.parametrize("password", ["", "short", "password1234"])
def test_a_password_nobody_else_may_have_is_refused_here_too(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    with pytest.raises(CommandError, match="DJANGO_SUPERUSER_PASSWORD: This password"):
        make(monkeypatch, password)
    assert not User.objects.exists()
    assert not AuditEntry.objects.exists()
