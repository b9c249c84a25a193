"""People on the admin site: added, given roles and shut out, always with an entry in the trail."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from integration.accounts.models import User
from integration.audit.models import AuditEntry

Signed = Callable[[User], Client]
NEW = {
    "username": "nora",
    "first_name": "Nora",
    "last_name": "Bell",
    "email": "nora@desk.example",
    "is_active": "on",
    "roles": ["finance", "marketing"],
    "new_password": "plain sailing home",
}


def test_an_admin_adds_a_person_with_roles_and_a_password(
    admin_person: User, client_for: Signed
) -> None:
    # when
    answer = client_for(admin_person).post(reverse("admin:accounts_user_add"), NEW)

    # then
    assert answer.status_code == 302
    listed = client_for(admin_person).get(reverse("admin:accounts_user_changelist"))
    assert "get full name" not in listed.content.decode().lower()
    nora = User.objects.get(username="nora")
    assert nora.roles == ["finance", "marketing"]
    assert nora.check_password("plain sailing home")
    entry = AuditEntry.objects.get(action="person added")
    assert (entry.actor, entry.target_id) == (admin_person, str(nora.pk))
    assert entry.details["after"]["roles"] == ["finance", "marketing"]
    assert "plain sailing home" not in str(entry.details)


def test_a_weak_password_and_a_role_that_does_not_exist_are_refused(
    admin_person: User, client_for: Signed
) -> None:
    # when
    wrong = {**NEW, "new_password": "nora", "roles": ["emperor"]}
    answer = client_for(admin_person).post(reverse("admin:accounts_user_add"), wrong)

    # then
    assert answer.status_code == 200
    assert not User.objects.filter(username="nora").exists()
    assert not AuditEntry.objects.filter(action="person added").exists()


def test_a_change_of_roles_says_before_and_after(
    admin_person: User, marketing: User, client_for: Signed
) -> None:
    # when
    client_for(admin_person).post(
        reverse("admin:accounts_user_change", args=[marketing.pk]),
        {**NEW, "username": "mark", "roles": ["operations"], "new_password": ""},
    )

    # then
    marketing.refresh_from_db()
    assert marketing.roles == ["operations"]
    details = AuditEntry.objects.get(action="person changed").details
    assert (details["before"]["roles"], details["after"]["roles"]) == (
        ["marketing"],
        ["operations"],
    )


@pytest.mark.parametrize("who", ["operations", "finance", "marketing", "auditor"])
def test_nobody_else_changes_people(
    request: pytest.FixtureRequest, client_for: Signed, who: str
) -> None:
    # given
    person = request.getfixturevalue(who)
    client = client_for(person)
    change = reverse("admin:accounts_user_change", args=[person.pk])

    # when
    answers = [
        client.post(change, {**NEW, "roles": ["admin"]}),
        client.post(reverse("admin:accounts_user_add"), NEW),
    ]

    # then
    assert all(answer.status_code in (302, 403) for answer in answers)
    assert User.objects.count() == 1
    assert User.objects.get().roles == person.roles


def test_nobody_deletes_people(admin_person: User, marketing: User, client_for: Signed) -> None:
    delete = reverse("admin:accounts_user_delete", args=[marketing.pk])
    assert client_for(admin_person).post(delete, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=marketing.pk).exists()


def test_the_auditor_reads_people_and_the_trail(auditor: User, client_for: Signed) -> None:
    client = client_for(auditor)
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 200
    assert client.get(reverse("admin:audit_auditentry_changelist")).status_code == 200
    assert client.get(reverse("admin:accounts_user_add")).status_code == 403
