"""The admin site in a browser: nothing of it is blocked by the policy of the pages, and axe finds nothing."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reconciliation.models import StatementFile
from tests.browser.axe import violations
from tests.factories.books import statement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LISTS = [
    "audit_auditentry", "consent_wording", "identity_customerlink", "ownership_fieldpolicy",
    "mapping_productmapping", "mapping_sourcetable", "reconciliation_statementfile",
    "reconciliation_exchangerate", "sync_notificationcallback", "accounts_user",
]  # fmt: skip
FORMS = ["mapping_productmapping", "reconciliation_exchangerate", "accounts_user"]


@pytest.mark.slow
def test_no_list_and_no_form_of_the_admin_site_has_a_serious_violation(sign_in, admin_person):
    statement("bank.xml")
    statement("stripe.csv")
    StatementFile.objects.filter(name="stripe.csv").update(gateway="stripe")
    page = sign_in(admin_person)
    pages = [
        *[reverse(f"admin:{name}_changelist") for name in LISTS],
        *[reverse(f"admin:{name}_add") for name in FORMS],
    ]
    found = {}
    for address in pages:
        page.goto(address)
        if serious := violations(page):
            found[address] = serious

    assert found == {}


def test_a_day_is_chosen_from_the_calendar_and_nothing_is_blocked(sign_in, admin_person):
    page = sign_in(admin_person)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(reverse("admin:mapping_productmapping_add"))
    calendar = page.locator("#calendarbox0")
    expect(calendar).to_be_hidden()

    page.locator(".datetimeshortcuts a").nth(1).click()
    expect(calendar).to_be_visible()
    box, link = calendar.bounding_box(), page.locator(".datetimeshortcuts a").nth(1).bounding_box()
    calendar.get_by_role("link", name="15", exact=True).click()

    expect(page.locator(".vDateField").first).not_to_have_value("")
    assert box
    assert link
    assert abs(box["y"] - link["y"]) < 200
    assert said == []
