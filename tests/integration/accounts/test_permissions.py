"""Who may do what: the roles, Django's questions to them, and the gate of every page."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from integration.accounts.gate import requires
from integration.accounts.models import User
from integration.accounts.roles import May, Role


@pytest.mark.parametrize(
    ("role", "permission", "answer"),
    [
        (Role.ADMIN, "mapping.change_productmapping", True),
        (Role.ADMIN, "mapping.delete_productmapping", True),
        (Role.ADMIN, "mapping.view_productmapping", True),
        (Role.ADMIN, "mapping.add_discountrelease", False),
        (Role.ADMIN, "sync.change_connection", True),
        (Role.ADMIN, "sync.change_syncitem", False),
        (Role.ADMIN, "accounts.add_user", True),
        (Role.ADMIN, "accounts.delete_user", False),
        (Role.ADMIN, "audit.view_auditentry", True),
        (Role.ADMIN, "audit.change_auditentry", False),
        (Role.AUDITOR, "mapping.view_productmapping", True),
        (Role.AUDITOR, "mapping.change_productmapping", False),
        (Role.AUDITOR, "accounts.view_user", True),
        (Role.AUDITOR, "accounts.change_user", False),
        (Role.AUDITOR, "audit.view_auditentry", True),
        (Role.OPERATIONS, "mapping.view_productmapping", False),
        (Role.OPERATIONS, "mapping.change_productmapping", False),
        (Role.FINANCE, "audit.view_auditentry", False),
        (Role.ADMIN, "nonsense", False),
        (Role.ADMIN, "mapping.approve_productmapping", False),
    ],
)
def test_roles_answer_the_questions_of_the_admin_site(
    role: Role, permission: str, answer: bool
) -> None:
    assert User(username="x", roles=[role.value]).has_perm(permission) is answer


def test_only_admins_and_auditors_enter_the_admin_site() -> None:
    entering = {role for role in Role if User(roles=[role.value]).is_staff}
    assert entering == {Role.ADMIN, Role.AUDITOR}


def test_a_person_shut_out_may_nothing() -> None:
    person = User(roles=[Role.ADMIN.value], is_active=False)
    assert not person.is_staff
    assert not person.may(May.VIEW_CASES)


def test_an_unknown_role_allows_nothing() -> None:
    assert not User(roles=["emperor"]).may(May.VIEW_CASES)


def test_the_auditor_changes_nothing() -> None:
    auditor = User(roles=[Role.AUDITOR.value])
    assert {permission for permission in May if auditor.may(permission)} == {
        May.VIEW_CASES,
        May.VIEW_CUSTOMERS,
        May.VIEW_CAMPAIGNS,
        May.EXPORT,
        May.SEE_PAYLOADS,
        May.VIEW_RECONCILIATION,
        May.VIEW_CONSENT,
        May.SEE_AUDIT,
        May.VIEW_ADMIN,
    }


def test_the_gate_refuses_in_words(marketing: User) -> None:
    # given
    page = requires(May.DECIDE_APPROVALS)(lambda request: HttpResponse("in"))
    request = RequestFactory().get("/")
    request.user = marketing

    # then
    with pytest.raises(PermissionDenied, match=r"Your roles do not let you decide approvals\."):
        page(request)


def test_the_gate_opens_for_the_role(finance: User) -> None:
    # given
    page = requires(May.DECIDE_APPROVALS)(lambda request: HttpResponse("in"))
    request = RequestFactory().get("/")
    request.user = finance

    # then
    assert page(request).status_code == 200


def test_the_head_of_the_admin_site_offers_each_thing_once(
    admin_person: User, client_for: Callable[[User], Client]
) -> None:
    page = client_for(admin_person).get(reverse("admin:index")).content.decode()

    assert page.count('class="theme-toggle"') == 1
    assert "View site" in page
