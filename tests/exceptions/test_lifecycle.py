"""What may happen to a case, who changed it, and two people who never undo each other."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exceptions import lifecycle
from exceptions.models import ACTIVE, CaseEvent, ExceptionCase, Status
from exceptions.problems import NotPossible, Stale
from integration.accounts.models import User
from integration.audit.models import AuditEntry
from tests.factories.cases import case_of

pytestmark = pytest.mark.django_db


def test_a_step_is_an_event_and_an_audit_entry(operations: User, finance: User) -> None:
    case = case_of("unknown_sku")

    changed = lifecycle.assign(case, finance, actor=operations, version=case.version)

    assert (changed.assignee, changed.version) == (finance, case.version + 1)
    event = case.events.latest("id")
    assert (event.actor, event.action, event.note) == (operations, "assigned", f"to {finance}")
    assert AuditEntry.objects.get(action="case assigned").target_id == str(case.pk)


def test_the_second_of_two_people_is_told_what_the_first_did(
    operations: User, finance: User
) -> None:
    case = case_of("unknown_sku")
    lifecycle.assign(case, finance, actor=operations, version=case.version)

    with pytest.raises(Stale) as refusal:
        lifecycle.dismiss(case, "Tests", actor=finance, version=case.version)

    assert f"{operations} assigned it to {finance}" in refusal.value.message
    case.refresh_from_db()
    assert case.status == Status.OPEN


def test_somebody_who_cannot_work_on_cases_is_not_assigned_one(
    operations: User, auditor: User
) -> None:
    case = case_of("unknown_sku")

    with pytest.raises(NotPossible, match="cannot work on cases"):
        lifecycle.assign(case, auditor, actor=operations, version=case.version)

    assert not CaseEvent.objects.filter(action="assigned").exists()


def test_a_snoozed_case_wakes_when_its_time_has_come(operations: User, time_machine) -> None:
    case = case_of("unknown_sku")
    until = timezone.now() + timedelta(days=2)
    lifecycle.snooze(case, until, actor=operations, version=case.version)

    assert lifecycle.wake_due() == 0
    time_machine.move_to(until + timedelta(minutes=1))
    assert lifecycle.wake_due() == 1

    case.refresh_from_db()
    assert (case.status, case.snoozed_until) == (Status.OPEN, None)
    assert case.events.latest("id").actor_name == "Prima desk"
    assert lifecycle.wake_due() == 0


def test_a_snooze_into_the_past_is_refused(operations: User) -> None:
    case = case_of("unknown_sku")

    with pytest.raises(NotPossible, match="future"):
        lifecycle.snooze(case, timezone.now(), actor=operations, version=None)


def test_dismissing_closes_the_orders_with_the_reason_and_reopening_brings_them_back(
    operations: User,
) -> None:
    case = case_of("unknown_sku", "CO-1", "CO-2")

    dismissed = lifecycle.dismiss(case, " Test\norders ", actor=operations, version=case.version)

    assert dismissed.status == Status.DISMISSED
    assert dismissed.resolution == f"Dismissed by {operations}: Test orders"
    assert set(case.occurrences.values_list("closed_by", flat=True)) == {dismissed.resolution}
    dismissed.refresh_from_db()
    assert (dismissed.open_count, dismissed.value_waiting) == (0, {})

    reopened = lifecycle.reopen(dismissed, "Not tests", actor=operations, version=None)

    assert (reopened.status, reopened.open_count) == (Status.OPEN, 2)
    assert reopened.value_waiting == {"GBP": "200.0000"}


def test_a_reason_is_needed(operations: User) -> None:
    case = case_of("unknown_sku")

    with pytest.raises(NotPossible, match="Say why"):
        lifecycle.dismiss(case, "  ", actor=operations, version=None)


def test_a_case_with_waiting_orders_is_not_resolved_by_hand(operations: User) -> None:
    with pytest.raises(NotPossible, match="still wait"):
        lifecycle.resolve(case_of("unknown_sku"), "Done", actor=operations, version=None)


def test_a_comment_collides_with_nobody(operations: User) -> None:
    case = case_of("unknown_sku")

    lifecycle.comment(case, "Asked marketing", actor=operations)

    case.refresh_from_db()
    assert case.version == 1
    assert case.events.latest("id").note == "Asked marketing"


@pytest.mark.parametrize("name", sorted(lifecycle.MOVES))
def test_a_step_is_possible_only_from_its_states(name: str, operations: User) -> None:
    case = case_of("unknown_sku")
    for status in Status:
        ExceptionCase.objects.filter(pk=case.pk).update(status=status)
        allowed = status in lifecycle.MOVES[name].sources
        before = CaseEvent.objects.count()
        if allowed:
            lifecycle._step(case, name, operations, None)
        else:
            with pytest.raises(NotPossible, match=str(status.label).lower()):
                lifecycle._step(case, name, operations, None)
        assert CaseEvent.objects.count() == before + allowed


def test_the_active_states_are_those_of_the_constraint() -> None:
    assert set(ACTIVE) == {Status.OPEN, Status.WAITING, Status.SNOOZED}
