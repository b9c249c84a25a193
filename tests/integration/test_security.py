"""What every answer carries, and who gets in where."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from integration.accounts.models import User
from integration.env import ROOT

Signed = Callable[[User], Client]
OPEN = {"sign-in", "sign-out"}
COMPLETE = {
    "SECRET_KEY": "x-9" * 7 + "abcdefghijklmnopqrstuvwxyz0123456789!",
    "SECRET_BOX_KEYS": Fernet.generate_key().decode(),
    "SUPPRESSION_KEY": "y-8" * 7 + "abcdefghijklmnopqrstuvwxyz0123456789!",
    "DATABASE_URL": "postgres://desk@127.0.0.1:5432/desk",
    "ALLOWED_HOSTS": "desk.example",
}


def test_every_page_forbids_inline_code_frames_and_guessing(client: Client, db: None) -> None:
    # when
    answer = client.get(reverse("sign-in"))

    # then
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]


def test_pages_of_ours_hold_no_inline_code(client: Client, db: None) -> None:
    page = client.get(reverse("sign-in")).content.decode()
    assert " style=" not in page
    assert " onclick=" not in page
    assert page.count("<script") == page.count("<script src=")


def _named(
    patterns: list[URLPattern | URLResolver], space: str = ""
) -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found += _named(pattern.url_patterns, inner)
        elif pattern.name:
            found.append((f"{space}{pattern.name}", pattern))
    return found


def test_only_the_door_is_open_without_signing_in() -> None:
    opened = {
        name
        for name, pattern in _named(get_resolver().url_patterns)
        if not getattr(pattern.callback, "login_required", True)
        and not name.startswith(("admin:", "inbound", "api-"))
    }
    assert opened == OPEN


@pytest.mark.parametrize("name", ["home", "audit", "audit-export", "my-account", "admin:index"])
def test_who_is_not_signed_in_sees_nothing(client: Client, db: None, name: str) -> None:
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("sign-in"))


def test_the_description_of_the_api_is_for_those_signed_in(
    client: Client, auditor: User, client_for: Signed
) -> None:
    assert client.get(reverse("api-schema")).status_code == 403
    assert client_for(auditor).get(reverse("api-schema")).status_code == 200


def test_the_admin_site_has_no_door_of_its_own(
    client: Client, marketing: User, client_for: Signed
) -> None:
    answer = client.get("/admin/login/")
    assert answer.headers["Location"].startswith(reverse("sign-in"))
    refused = client_for(marketing).get("/admin/", follow=True)
    assert refused.status_code == 403
    assert "The admin site is for admins and auditors." in refused.content.decode()


def test_a_form_of_another_site_is_refused_in_words(db: None) -> None:
    # when
    answer = Client(enforce_csrf_checks=True).post(reverse("sign-in"), {"username": "x"})

    # then
    assert answer.status_code == 403
    assert "Nothing was" in answer.content.decode()


def _outside_of_tests() -> dict[str, str]:
    """The environment without what the browser tests add to it."""
    return {
        name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"
    }


def _deploy_check(**environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level=WARNING"],
        cwd=ROOT,
        env={**_outside_of_tests(), "PRODUCTION": "true", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_settings_pass_the_deployment_check() -> None:
    # when
    ran = _deploy_check(**COMPLETE, BEHIND_PROXY="true")

    # then
    assert ran.returncode == 0, ran.stderr


def test_pages_that_would_lead_to_themselves_for_ever_are_warned_of() -> None:
    ran = _deploy_check(**COMPLETE, BEHIND_PROXY="false")
    assert ran.returncode == 1
    assert "SSL_REDIRECT is on, but BEHIND_PROXY is not" in ran.stderr
