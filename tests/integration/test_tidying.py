"""What is let go of once a day, and what is not."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_q.models import Task

from integration.accounts.models import AttemptCount
from integration.tidying import tidy

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def session(key: str, days: int) -> None:
    Session.objects.create(session_key=key, expire_date=NOW + timedelta(days=days))


def broke_off(name: str, days_ago: int, *, success: bool = False) -> None:
    at = NOW - timedelta(days=days_ago)
    Task.objects.create(id=name, name=name, func="x", started=at, stopped=at, success=success)


def test_sessions_that_are_over_go_and_others_stay() -> None:
    session("over", -1)
    session("goes on", 1)

    tidy()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["goes on"]


def test_tasks_that_broke_off_are_kept_for_a_quarter() -> None:
    broke_off("old", 91)
    broke_off("new", 89)
    broke_off("well", 91, success=True)

    tidy()

    assert set(Task.objects.values_list("id", flat=True)) == {"new", "well"}


def test_wrong_attempts_nobody_counts_any_more_go() -> None:
    for key, minutes in (("old", 61), ("new", 30)):
        AttemptCount.objects.create(key=key, last_at=NOW - timedelta(minutes=minutes))

    tidy()

    assert [row.key for row in AttemptCount.objects.all()] == ["new"]
