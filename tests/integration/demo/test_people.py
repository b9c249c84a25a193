"""The demo people: one for each role, a second one of finance, passwords told once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from integration.accounts.models import User
from integration.audit.trail import verify

pytestmark = pytest.mark.django_db


def _told(**options: bool) -> dict[str, str]:
    out = StringIO()
    call_command("demo_people", stdout=out, **options)
    rows = [line.split() for line in out.getvalue().splitlines() if line.startswith("  ")]
    return {row[0]: row[1] for row in rows}


def test_passwords_are_told_once_and_again_only_when_made_anew() -> None:
    # when
    first, second = _told(), _told()

    # then
    assert set(first) == {"olive", "fiona", "frank", "carla", "mark", "ada", "audrey"}
    assert len(set(first.values())) == 7
    assert set(second.values()) == {"(as"}
    assert User.objects.get(username="ada").check_password(first["ada"])
    assert sorted(role for user in User.objects.all() for role in user.roles) == [
        "admin",
        "auditor",
        "controller",
        "finance",
        "finance",
        "marketing",
        "operations",
    ]

    # when
    anew = _told(reset=True)

    # then
    assert anew["ada"] != first["ada"]
    assert User.objects.get(username="ada").check_password(anew["ada"])
    assert verify().entries == 14


def test_production_has_no_demo_people(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="no place in production"):
        call_command("demo_people")
    assert not User.objects.exists()
