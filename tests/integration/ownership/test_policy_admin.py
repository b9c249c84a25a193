"""The field policy in admin: dates that do not overlap, import, history, and who may change it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from integration.audit.models import AuditEntry
from integration.ownership.models import ContactPolicy, FieldPolicy
from integration.ownership.policy import Policy

pytestmark = pytest.mark.django_db
LIST = "admin:ownership_fieldpolicy_changelist"
VALUES = {
    "field": "email",
    "owner": "prima",
    "on_other": "put_back",
    "value_domain": "",
    "valid_from": "2026-01-01",
    "valid_to": "",
    "note": "",
}


def email() -> FieldPolicy:
    row, _ = FieldPolicy.objects.get_or_create(
        field="email", defaults={"owner": "sfmc", "on_other": "propose"}
    )
    return row


def test_an_admin_changes_the_owner_of_a_field_and_the_trail_knows(client_for, admin_person):
    row = email()

    page = client_for(admin_person).post(
        reverse("admin:ownership_fieldpolicy_change", args=[row.pk]), VALUES
    )

    assert page.status_code == 302
    assert Policy.on(timezone.localdate()).rules["email"].owner == "prima"
    entry = AuditEntry.objects.get(action="field policy changed")
    assert entry.details["before"]["owner"] == "sfmc"
    history = client_for(admin_person).get(
        reverse("admin:ownership_fieldpolicy_history", args=[row.pk])
    )
    assert "put_back" in history.content.decode()


def test_the_form_asks_for_the_field_first_and_for_its_dates_last(client_for, admin_person):
    page = client_for(admin_person).get(reverse("admin:ownership_fieldpolicy_add"))

    names = list(page.context["adminform"].form.fields)
    assert names == list(VALUES)


@pytest.mark.parametrize("who", ["operations", "marketing", "finance", "auditor"])
def test_others_change_no_policy(who, request, client_for):
    row = email()

    page = client_for(request.getfixturevalue(who)).post(
        reverse("admin:ownership_fieldpolicy_change", args=[row.pk]), VALUES
    )

    assert page.status_code in (302, 403)
    row.refresh_from_db()
    assert row.owner == "sfmc"
    assert not AuditEntry.objects.exists()


def test_a_field_has_one_policy_a_day():
    email()
    second = FieldPolicy(field="email", owner="hub", on_other="fill", valid_from="2026-06-01")

    with pytest.raises(ValidationError, match="already has a policy"):
        second.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_a_policy_holds_on_its_days_only():
    FieldPolicy.objects.filter(field="phone").delete()
    FieldPolicy.objects.create(
        field="phone", owner="hub", on_other="fill", valid_from="2020-01-01", valid_to="2020-12-31"
    )
    assert Policy.on(timezone.localdate()).rules["phone"].owner == "prima"
    assert Policy.on(timezone.localdate().replace(year=2020, month=5)).rules["phone"].owner == "hub"


def test_the_policy_is_exported(client_for, admin_person):
    email()
    url = reverse("admin:ownership_fieldpolicy_export")

    page = client_for(admin_person).post(url, {"format": "0", "resource": ""})

    told = page.content.decode()
    assert told.startswith("field,owner,on_other,value_domain,valid_from,valid_to,note")
    assert "email,sfmc,propose" in told


def test_for_whom_accounts_are_opened_is_one_row(client_for, admin_person):
    ContactPolicy.objects.get_or_create()
    ContactPolicy.objects.update(opens_accounts="nobody")

    page = client_for(admin_person).get(reverse("admin:ownership_contactpolicy_add"))

    assert page.status_code == 403
    assert Policy.on(timezone.localdate()).opens_accounts == "nobody"
