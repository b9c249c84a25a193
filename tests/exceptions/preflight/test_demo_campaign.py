"""The demo's campaign: checked by the cluster like any other, once."""

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from connectors.sandbox.running import RunningSandbox
from exceptions.preflight import tasks
from exceptions.preflight.models import Preflight, PreflightRun
from integration.accounts.models import User


@pytest.fixture
def mark(marketing: User) -> User:
    marketing.username = "mark"
    marketing.save()
    return marketing


def test_the_demo_has_a_checked_campaign_with_something_to_map(prima: RunningSandbox, mark: User):
    call_command("demo_campaign")
    call_command("demo_campaign")

    run = PreflightRun.objects.get()
    tasks.check(run.pk)
    run.refresh_from_db()
    assert (run.state, run.verdict) == ("done", "no_go")
    assert run.contacts > 0
    assert run.findings.filter(subject="WARRANTY-3Y", code="unknown_sku").exists()
    assert run.findings.filter(subject="FESTIVE10", code="bad_discount").exists()


def test_without_its_person_nothing_is_made(db: None):
    with pytest.raises(CommandError):
        call_command("demo_campaign")
    assert not Preflight.objects.exists()


@override_settings(PRODUCTION=True)
def test_it_has_no_place_in_production(db: None):
    with pytest.raises(CommandError):
        call_command("demo_campaign")
    assert not Preflight.objects.exists()
